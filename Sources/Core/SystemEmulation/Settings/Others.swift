extension EmulationSetting {
    static let groupWiseGWIA = [
        EmulationSetting(
            "allow", "Allow message relaying", isOpen: true,
            File("relay.txt", "[SMTP Relay]\nDefault = Allow message relaying\n")),
        EmulationSetting(
            "prevent", "Prevent message relaying, with the office's machines as exceptions", isOpen: false,
            File("relay.txt", "[SMTP Relay]\nDefault = Prevent message relaying\nAllow = 192.0.2.10\nAllow = 192.0.2.25\n")),
    ]

    static let groupWiseGWSMTP = [
        EmulationSetting("delivered", "as delivered", isOpen: true, File("GWSMTP.CFG", "/home-f:\\domain\n")),
        EmulationSetting(
            "norouting", "/NOROUTING: nobody relays, the office neither", isOpen: false,
            File("GWSMTP.CFG", "/home-f:\\domain\n/norouting\n")),
    ]

    private static let mxPaths = "DEFINE PATH \"ours.test\" LOCAL\nDEFINE PATH \"old.ours.test\" LOCAL\nDEFINE PATH \"*\" SMTP\n"

    static let mxOpenVMS = [
        EmulationSetting(
            "delivered", "as delivered: relaying allowed", isOpen: true, release: "5.3",
            File("MX_CONFIG.MCP", "SET SMTP/RELAY_ALLOWED/PERCENT_HACK\nDEFINE LOCAL_DOMAIN \"ours.test\"\n" + mxPaths)),
        EmulationSetting(
            "no-inside-list", "NORELAY without inside networks: a forged local sender relays", isOpen: true, release: "5.3",
            File("MX_CONFIG.MCP", "SET SMTP/NORELAY_ALLOWED/NOPERCENT_HACK\nDEFINE LOCAL_DOMAIN \"ours.test\"\n" + mxPaths)),
        EmulationSetting(
            "closed", "NORELAY with the office inside", isOpen: false, release: "5.3",
            File(
                "MX_CONFIG.MCP",
                "SET SMTP/NORELAY_ALLOWED/NOPERCENT_HACK\nSET ROUTER/NOPERCENT_HACK\nDEFINE LOCAL_DOMAIN \"ours.test\"\n" + mxPaths
                    + "DEFINE INSIDE_NETWORK_ADDRESS 192.0.2.0/NETMASK=255.255.255.0\n")),
    ]

    static let dominoR4 = [
        EmulationSetting("delivered", "as delivered", isOpen: true, release: "4.6.7", File("notes.ini", "[Notes]\nServerTasks=Router,SMTPMTA\n")),
        EmulationSetting(
            "rejects-relays", "SMTPMTA_REJECT_RELAYS=1: nobody relays, the office neither", isOpen: false, release: "4.6.7",
            File("notes.ini", "[Notes]\nServerTasks=Router,SMTPMTA\nSMTPMTA_REJECT_RELAYS=1\n")),
    ]

    static let dominoConfiguration = [
        EmulationSetting(
            "no-lists", "the four lists are empty", isOpen: true, release: "5.0.12",
            File("configuration.txt", "LocalDomains = ours.test; old.ours.test\n")),
        EmulationSetting(
            "closed", "every destination denied, the office excluded from the checks", isOpen: false, release: "8.5",
            File(
                "configuration.txt",
                """
                LocalDomains = ours.test; old.ours.test
                Deny messages to be sent to the following external internet domains = *
                Exclude these connecting hosts from anti-relay checks = [192.0.2.*]

                """)),
    ]

    static let quickMail = [
        EmulationSetting(
            "all", "Relaying: all, as long as nobody restricts it", isOpen: true,
            File("quickmail.txt", "[SMTP Domain]\nDomain = ours.test\nDomain = old.ours.test\nRelaying = all\n")),
        EmulationSetting(
            "listed", "Relaying: listed addresses", isOpen: false,
            File(
                "quickmail.txt",
                "[SMTP Domain]\nDomain = ours.test\nDomain = old.ours.test\nRelaying = listed-addresses\nAddress = 192.0.2.0/24\n")),
    ]

    static let appleShareIP = [
        EmulationSetting(
            "delivered", "as delivered: the default profile relays", isOpen: true,
            File("mail.txt", "[Server]\nHost Name = old.ours.test\nDomain = ours.test\n[Default Host Profile]\nDeliverToLocalOnly = 0\n")),
        EmulationSetting(
            "recipe", "the maker's recipe, which a forged local sender passes", isOpen: true,
            File(
                "mail.txt",
                "[Server]\nHost Name = old.ours.test\nDomain = ours.test\n[Default Host Profile]\nDeliverToLocalOnly = 1\n"
                    + "[Mail In]\nRequireLocalFromInUsersAndGroups = 1\n[Anti-Spam]\nRejectIfNameDoesNotMatchAddress = 1\n")),
    ]
}
