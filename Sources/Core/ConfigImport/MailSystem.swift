/// A mail system whose configuration can be read. Raw values are the names that commands take.
public enum MailSystem: String, Hashable, Sendable, CaseIterable {
    case sendmail5 = "sendmail-5"
    case sendmail88 = "sendmail-8.8"
    case sendmail89 = "sendmail-8.9+"
    case popBeforeSMTP = "pop-before-smtp"
    case iPass = "ipass"
    case worldMail = "eudora-worldmail"
    case exchange55 = "exchange-5.5-ims"
    case iisSMTP = "iis-smtp"
    case receiveConnector = "exchange-receive-connector"
    case groupWiseGWIA = "groupwise-gwia"
    case groupWiseGWSMTP = "groupwise-gwsmtp"
    case mercury
    case mxOpenVMS = "mx-openvms"
    case ntMail = "ntmail"
    case dominoR4 = "domino-r4-mta"
    case dominoConfiguration = "domino-config-doc"
    case quickMail = "quickmail-pro"
    case appleShareIP = "appleshare-ip-6"

    /// As its makers wrote it.
    public var title: String {
        switch self {
        case .sendmail5: "Sendmail 5"
        case .sendmail88: "Sendmail 8.8 and the check_rcpt recipes"
        case .sendmail89: "Sendmail 8.9 and later"
        case .popBeforeSMTP: "POP before SMTP for Sendmail"
        case .iPass: "iPass roaming"
        case .worldMail: "Eudora WorldMail Server"
        case .exchange55: "Exchange 5.5 Internet Mail Service"
        case .iisSMTP: "IIS SMTP virtual server (Exchange 2000 and 2003)"
        case .receiveConnector: "Exchange 2007 and later, Receive connectors"
        case .groupWiseGWIA: "GroupWise Internet Agent (GWIA)"
        case .groupWiseGWSMTP: "GroupWise SMTP/MIME gateway (GWSMTP)"
        case .mercury: "Mercury NLM and Mercury/32"
        case .mxOpenVMS: "Message Exchange (MX) for OpenVMS"
        case .ntMail: "NTMail"
        case .dominoR4: "Lotus Notes and Domino R4 SMTP MTA"
        case .dominoConfiguration: "Domino 5 and later, Configuration document"
        case .quickMail: "QuickMail Pro Server"
        case .appleShareIP: "AppleShare IP 6 Mail Server"
        }
    }

    /// Other names that people use for it, in lower case.
    public var aliases: [String] {
        switch self {
        case .sendmail5: ["sendmail5", "sendmail-v5", "ida-sendmail"]
        case .sendmail88: ["sendmail8.8", "sendmail-88", "sendmail88", "check_rcpt"]
        case .sendmail89: ["sendmail", "sendmail-8.9", "sendmail8.9", "sendmail-89", "sendmail89", "sendmail-8", "sendmail8"]
        case .popBeforeSMTP: ["popbeforesmtp", "popauth", "drac", "poprelayd", "pop-auth"]
        case .iPass: ["i-pass"]
        case .worldMail: ["worldmail", "eudora", "cmc"]
        case .exchange55: [
                "exchange-5.5", "exchange5.5", "exchange55", "exchange-55", "exchange-5", "exchange-5.0", "ims", "msexchangeimc",
                "microsoft-exchange-5.5",
            ]
        case .iisSMTP: ["iis", "exchange-2000", "exchange-2003", "exchange2000", "exchange2003", "smtpsvc", "microsoft-exchange-2003"]
        case .receiveConnector:
            [
                "exchange", "receive-connector", "exchange-2007", "exchange-2010", "exchange-2013", "exchange-2016",
                "exchange-2019", "receive-connectors", "microsoft-exchange-server",
            ]
        case .groupWiseGWIA: ["gwia", "groupwise", "novell-groupwise"]
        case .groupWiseGWSMTP: ["gwsmtp", "novell-gwsmtp"]
        case .mercury: ["mercury32", "mercury-32", "mercury/32", "mercury-nlm"]
        case .mxOpenVMS: ["mx", "openvms-mx", "message-exchange", "mx-vms"]
        case .ntMail: ["nt-mail", "gordano"]
        case .dominoR4: ["domino-r4", "domino4", "domino-4", "notes-r4", "notes-4", "notes-4.6", "lotus-notes", "smtpmta"]
        case .dominoConfiguration: ["domino", "domino5", "domino-5", "domino6", "domino-6", "lotus-domino", "notes"]
        case .quickMail: ["quickmail", "qmpro", "quick-mail-pro"]
        case .appleShareIP: ["appleshare", "appleshare-ip", "asip", "asip6"]
        }
    }

    /// By its name or one of its aliases, in any case.
    public init?(named name: String) {
        let name = name.lowercased()
        let system = Self.allCases.first { $0.rawValue == name || $0.aliases.contains(name) }
        guard let system else { return nil }
        self = system
    }
}
