extension Guide {
    static let worldMail = GuidePage(
        .worldMail,
        summary: "QUALCOMM's mail server for Windows NT. Relaying is controlled by address, in a program of its own.",
        delivered: .open,
        asDelivered: "Version 1.0 relays for everybody.",
        files: [
            .init("Its settings stand in the dialog of the Connection Management Center (CMC) and in no text file. Write them down in this form:",
                code: "[SMTP Relay (Non-Local Only)]\nDefault = Denied Access\nAllow = 192.0.2.10\nAllow = 198.51.100.0/255.255.255.0"),
            .init("Your domains stand in none of it; give them as facts (docs/importing.md):", code: "{\"localDomains\": [\"ours.example\"]}"),
            .init("To read it (without a file the settings are asked for):", code: "gatepost audit eudora-worldmail worldmail.txt --facts facts.json"),
        ],
        steps: [
            .init("Install the Connection Management Center."),
            .init("Choose the access control “SMTP Relay (Non-Local Only)”: it is about recipients that are not yours, and leaves inbound mail alone."),
            .init("Set its default to “Denied Access”."),
            .init("List the addresses and networks that may relay as its exceptions."),
        ],
        losses: ["Users away from listed addresses cannot send through it: there is no login."],
        limits: [
            "Addresses alone count: no names, senders or logins.",
            "The other objects govern whole services; denying SMTP itself stops inbound mail.",
            "What it does with percent and other hidden forms is not known.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "a refusal"),
            .init("The percent hack", from: "x@evil.example", to: "y%victim.example@ours.example", expected: "a refusal"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("WorldMail is listed as an open relay", "the CMC is not installed, or its default is Allowed Access"),
            .init("no inbound mail since access was denied", "the SMTP service was denied instead of SMTP Relay (Non-Local Only)"),
        ],
        gate: "Keep the default at “Denied Access” and list the gate's address alone.",
        sureness: "Likely: the CMC's own manual was not found.")

    static let exchange55 = GuidePage(
        .exchange55,
        summary: "The SMTP connector of Exchange 5.0 and 5.5. Its Routing page decides whether foreign mail is sent on.",
        delivered: .open,
        asDelivered: "The installer switches rerouting on, without restrictions: everybody relays.",
        files: [
            .init("Restrictions are values of the registry below HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC\\Parameters: RelayFlags, RelayDenyList, RelayAllowList, RelayLocalIPList. Export that key with regedit. The routing table is in the directory; write it down in this form:",
                code: "# Routing page: reroute = yes\nours.example\t<inbound>\npartner.example\tmail.partner.example"),
            .init("To read it:", code: "gatepost audit exchange-5.5-ims relay.reg routing.txt"),
        ],
        steps: [
            .init("If no POP3 or IMAP4 users send through it: Internet Mail Service, Routing, “Do not reroute incoming SMTP mail”."),
            .init("Else install Service Pack 1 or later (4 closes the encapsulated form), keep rerouting on and press “Routing Restrictions”."),
            .init("Tick “Hosts and clients with these IP addresses” and list your networks, and “that successfully authenticate”.",
                code: "RelayFlags     = 10   (2 allow list + 8 authenticated)\nRelayAllowList = 192.0.2.0;255.255.255.0"),
            .init("Mark each of your domains “should be accepted as inbound” in the routing table."),
            .init("Restart the Internet Mail Service: it reads these values at start only."),
        ],
        losses: [
            "With rerouting off POP3 and IMAP4 users cannot send through it.",
            "A client on the deny list may not relay even if it authenticates.",
        ],
        limits: [
            "“Do not reroute” takes foreign mail and bounces it later, to senders that were forged.",
            "IMCEASMTP- recipients were sent on in spite of restrictions before Service Pack 4.",
            "An entry whose network has bits outside of its mask never fits.",
            "RelayFlags 1 alone is “everybody but these”.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "550"),
            .init("The encapsulated form", from: "x@evil.example", to: "IMCEASMTP-y+40victim+2Eexample@ours.example", expected: "550"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("550 Relaying is prohibited", "restrictions work; this client is on no list and has not logged in"),
            .init("restrictions were set and it still relays", "the service was not restarted, the value has the wrong type, or only RelayFlags 1 is set"),
            .init("queue full of non-delivery reports to strangers", "“Do not reroute” accepts foreign mail and bounces it"),
            .init("IMCEASMTP addresses in the log", "somebody tries the encapsulated form; Service Pack 4 refuses it"),
        ],
        gate: "Allow the gate's address alone (RelayFlags 2, RelayAllowList with the gate and mask 255.255.255.255); the gate refuses encapsulated forms.",
        sureness: "Certain but for restrictions with no criterion ticked, of which two articles say the opposite.")

    static let iisSMTP = GuidePage(
        .iisSMTP,
        summary: "The SMTP virtual server of IIS, which Exchange 2000 and 2003 use.",
        delivered: .closed,
        asDelivered: "“Only the list below”, with an empty list; who authenticates may relay.",
        files: [
            .init("MetaBase.xml (RelayIpList, RelayForAuth of /LM/SMTPSVC/1). RelayIpList is binary; the Relay dialog can be written down instead:",
                code: "[Relay Restrictions]\nMode = only-listed\nRelayForAuth = -1\nEntry = 192.168.1.0/255.255.255.0\nDomain = partner.example\n[Local Domain ours.example]\n[Remote Domain branch.example]\nAllowIncomingMailToBeRelayed = 1"),
            .init("To read it:", code: "gatepost audit iis-smtp relay.txt"),
        ],
        steps: [
            .init("Default SMTP Virtual Server, Properties, Access, Relay: “Only the list below”."),
            .init("List single computers and groups (address and mask). Leave domains out: they need a reverse lookup and slow every connection."),
            .init("Tick “Allow all computers which successfully authenticate to relay” only if users have good passwords and guest is disabled."),
            .init("For domains that you pass on: a remote domain with “Allow incoming mail to be relayed to this domain”."),
        ],
        losses: ["Appliances that are not listed and cannot authenticate lose their way out."],
        limits: [
            "“All except the list below” is open to the world, however long the list.",
            "A null session or a guest account that counts as authenticated relays.",
            "A remote domain's box overrides the list for that destination.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "550 5.7.1"),
            .init("The percent hack", from: "x@evil.example", to: "y%victim.example@ours.example", expected: "550 5.7.1"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("550 5.7.1 Unable to relay", "the client is not listed and has not authenticated"),
            .init("spam goes out although the list is empty", "somebody knows a password: relaying for authenticated computers is on"),
        ],
        gate: "List the gate's address alone and untick the box for authenticated computers; users log in at the gate.",
        sureness: "Certain for the dialog, likely for the binary form.")

    static let receiveConnector = GuidePage(
        .receiveConnector,
        summary: "Since 2007 Exchange takes mail by Receive connectors; a right on one of them is what permits relaying.",
        delivered: .closed,
        asDelivered: "Anonymous clients may bring mail for accepted domains. Authenticated users may send anywhere.",
        files: [
            .init("The connectors as PowerShell shows them, and the accepted domains:",
                code: "Get-ReceiveConnector | fl > connectors.txt\nGet-ReceiveConnector | Get-ADPermission | fl >> connectors.txt\nGet-AcceptedDomain | fl >> connectors.txt"),
            .init("To read it, or the scripts that make them:", code: "gatepost audit exchange-receive-connector connectors.txt"),
        ],
        steps: [
            .init("Find connectors on which anonymous has the relay right.",
                code: "Get-ReceiveConnector | Get-ADPermission | where {$_.ExtendedRights -like \"*Accept-Any-Recipient*\" -and $_.User -like \"*ANONYMOUS*\"}"),
            .init("Take it away where the remote range is wider than your appliances.",
                code: "Get-ReceiveConnector \"Anonymous Relay\" | Remove-ADPermission -User \"NT AUTHORITY\\ANONYMOUS LOGON\" -ExtendedRights \"Ms-Exch-SMTP-Accept-Any-Recipient\""),
            .init("For appliances make a connector of its own with their addresses, one by one.",
                code: "New-ReceiveConnector -Name \"Appliances\" -Custom -Bindings 0.0.0.0:25 -RemoteIPRanges 192.168.5.10,192.168.5.11"),
            .init("Do not use ExternalAuthoritative for it: that also skips the checks for spam."),
        ],
        losses: ["Appliances outside of the listed ranges are refused with 550 5.7.54."],
        limits: [
            "Behind a load balancer or NAT every client has the balancer's address, and with it that connector's rights.",
            "The most specific range wins, so a narrow connector without the right takes it from its clients.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "550 5.7.54"),
            .init("With a sender of yours", from: "boss@ours.example", to: "y@victim.example", expected: "550 5.7.54"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", "no connector gives this client the relay right"),
            .init("550 5.7.1 Unable to relay", "the same of older releases"),
            .init("open relay behind a load balancer", "the relay connector's range contains the balancer's address"),
        ],
        gate: "Make one connector for the gate's address, with the relay right, and let the default connector's range be the gate only.",
        sureness: "Certain.")
}
