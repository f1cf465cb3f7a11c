/// Fields of the Configuration document that say who may send what, by our short names and by the dialog's labels.
enum DominoField: Hashable {
    case allowTo, denyTo, allowFrom, denyFrom, enforcement, exclude, authenticated
    case demandHostName, allowConnections, denyConnections
    case allowSenders, denySenders, allowRecipients, denyRecipients
    case localDomains, denyWins
    /// Says nothing of who may relay.
    case irrelevant

    /// By its name as `SettingsText.plain` makes it; nil if it is not known.
    init?(_ name: String) {
        guard let field = Self.names[name] else { return nil }
        self = field
    }

    /// Whether a field of this name, as `SettingsText.plain` makes it, stands in no other system's files.
    static func isOnlyDominos(_ name: String) -> Bool {
        switch DominoField(name) {
        case .allowTo, .denyTo, .allowFrom, .denyFrom, .enforcement, .authenticated, .denyWins: true
        case .exclude: name != "exclude"
        default: false
        }
    }

    private static let names: [String: DominoField] = {
        let fields: [(DominoField, [String])] = [
            (.allowTo, ["allowto", "allowmessagestobesentonlytothefollowingexternalinternetdomains"]),
            (.denyTo, ["denyto", "denymessagestobesenttothefollowingexternalinternetdomains"]),
            (.allowFrom, ["allowfrom", "allowmessagesonlyfromthefollowinginternethoststobesenttoexternalinternetdomains"]),
            (.denyFrom, ["denyfrom", "denymessagesfromthefollowinginternethoststobesenttoexternalinternetdomains"]),
            (.enforcement, ["enforcement", "performantirelayenforcementfortheseconnectinghosts"]),
            (.exclude, ["exclude", "excludedhosts", "excludetheseconnectinghostsfromantirelaychecks"]),
            (.authenticated, ["authenticatedusers", "exceptionsforauthenticatedusers"]),
            (.demandHostName, ["verifyconnectinghostname", "verifyconnectinghostnameindns"]),
            (
                .allowConnections,
                ["allowconnections", "allowconnectionsonlyfromthefollowingsmtpinternethostnamesipaddresses"]
            ),
            (.denyConnections, ["denyconnections", "denyconnectionsfromthefollowingsmtpinternethostnamesipaddresses"]),
            (
                .allowSenders,
                ["allowsenders", "allowmessagesonlyfromthefollowingexternalinternetaddressesdomains"]
            ),
            (
                .denySenders,
                [
                    "denysenders", "denymessagesfromthefollowingexternalinternetaddressesdomains",
                    "denymessagesfromthefollowinginternetaddressesdomains",
                ]
            ),
            (.allowRecipients, ["allowrecipients", "allowmessagesintendedonlyforthefollowinginternetaddresses"]),
            (.denyRecipients, ["denyrecipients", "denymessagesintendedforthefollowinginternetaddresses"]),
            (
                .localDomains,
                [
                    "localdomains", "localinternetdomains", "localprimaryinternetdomain", "alternateinternetdomainaliases",
                ]
            ),
            (.denyWins, ["smtprelayhostsanddomains", "smtprelayallowhostsanddomains"]),
            (.irrelevant, withoutEffect),
        ]
        return Dictionary(
            fields.flatMap { field, names in names.map { ($0, field) } }, uniquingKeysWith: { first, _ in first })
    }()

    /// What only narrows by something that a client chooses freely or by who is known here (a sender's domain that
    /// exists, a recipient that exists, black lists), and what decides nothing.
    private static let withoutEffect = [
        "verifysendersdomainindns", "verifysenderdomain", "verifythatlocaldomainrecipientsexistinthedominodirectory",
        "verifylocalrecipients", "dnsblacklistfilters", "dnsblacklistsites", "dnswhitelistfilters", "form", "type",
        "servername", "grouporservername", "comments", "revisions", "updatedby", "usethesesettingsasthedefaultsettingsforallservers",
        "maximummessagesize", "smtpgreeting", "smtpinboundpipelining", "description",
    ]
}
