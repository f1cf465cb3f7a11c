extension EmulationSetting {
    static let worldMail = [
        EmulationSetting(
            "delivered", "as delivered: the default is Allowed Access", isOpen: true,
            File("worldmail.txt", "[SMTP Relay (Non-Local Only)]\nDefault = Allowed Access\n")),
        EmulationSetting(
            "denied", "Denied Access with the office as an exception", isOpen: false,
            File("worldmail.txt", "[SMTP Relay (Non-Local Only)]\nDefault = Denied Access\nAllow = 192.0.2.0/255.255.255.0\n")),
    ]

    private static let routingTable = File(
        "routing.txt", "# Routing page: reroute = yes\nours.test\t<inbound>\nold.ours.test\t<inbound>\n")

    static let exchange55 = [
        EmulationSetting("installed", "as installed: rerouting on, no restriction", isOpen: true, release: "5.5 SP1", routingTable),
        EmulationSetting(
            "allow-list", "RelayFlags 2 with the office in the allow list", isOpen: false, release: "5.5 SP4", routingTable,
            File(
                "ims.reg",
                "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC\\Parameters]\n"
                    + "\"RelayFlags\"=dword:00000002\n"
                    + "\"RelayAllowList\"=hex(7):31,39,32,2e,30,2e,32,2e,30,3b,32,35,35,2e,32,35,35,2e,32,35,35,2e,30,00,00\n")),
    ]

    static let iisSMTP = [
        EmulationSetting(
            "all-except", "All except the list below", isOpen: true,
            File("relay.txt", "[Relay Restrictions]\nMode = all-except-listed\nEntry = 198.51.100.0/255.255.255.0\n")),
        EmulationSetting(
            "only-listed", "Only the list below", isOpen: false,
            File("relay.txt", "[Relay Restrictions]\nMode = only-listed\nRelayForAuth = -1\nEntry = 192.0.2.0/255.255.255.0\n")),
    ]

    private static func connector(_ ranges: String) -> File {
        File(
            "connectors.ps1",
            """
            New-AcceptedDomain -Name "Ours" -DomainName ours.test -DomainType Authoritative
            New-AcceptedDomain -Name "Host" -DomainName old.ours.test -DomainType Authoritative
            New-ReceiveConnector -Name "Default" -Custom -Bindings 0.0.0.0:25 -RemoteIPRanges 0.0.0.0-255.255.255.255 -PermissionGroups AnonymousUsers
            New-ReceiveConnector -Name "Relay" -Custom -Bindings 0.0.0.0:25 -RemoteIPRanges \(ranges) -PermissionGroups AnonymousUsers
            Get-ReceiveConnector "Relay" | Add-ADPermission -User "NT AUTHORITY\\ANONYMOUS LOGON" -ExtendedRights "Ms-Exch-SMTP-Accept-Any-Recipient"

            """)
    }

    static let receiveConnector = [
        EmulationSetting(
            "wide-range", "the relay connector's range reaches far beyond the site", isOpen: true, connector("192.0.0.0-223.255.255.255")),
        EmulationSetting("office", "the relay connector's range is the office", isOpen: false, connector("192.0.2.0/24")),
    ]

    static let ntMail = [
        EmulationSetting(
            "accepts-all", "Only Accept Local Mail is not ticked", isOpen: true, release: "3.03",
            File("ntmail.txt", "[SMTP]\nOnlyAcceptLocalMail = 0\n")),
        EmulationSetting(
            "only-local", "Only Accept Local Mail, with the office's machines treated as local", isOpen: false, release: "3.03",
            File("ntmail.txt", "[SMTP]\nOnlyAcceptLocalMail = 1\nTreatAsLocal = 192.0.2.10\nTreatAsLocal = 192.0.2.25\n")),
    ]
}
