extension Guide {
    static let dominoR4 = GuidePage(
        .dominoR4,
        summary: "The SMTP MTA of Notes and Domino R4, which reads notes.ini.",
        delivered: .open,
        asDelivered: "It relays for everybody.",
        files: [
            .init("notes.ini; the file that SMTPMTA_DENIED_DOMAINS names."),
            .init("To read it:", code: "gatepost audit domino-r4-mta notes.ini --facts facts.json"),
        ],
        steps: [
            .init("Refuse mail for other people's domains.", code: "SMTPMTA_REJECT_RELAYS=1"),
            .init("From 4.6.2 on, keep the outbound side from sending on what came in by SMTP. Mind the name: it does not begin with SMTPMTA_.",
                code: "SMTP_OCH_REJECT_SMTP_ORIGINATED_MESSAGES=1"),
            .init("If users forward their mail elsewhere, keep that.", code: "SMTPMTA_RELAY_FORWARDS=1"),
            .init("If you like: refuse known senders' domains, and clients whose HELO name is not theirs.",
                code: "SMTPMTA_DENIED_DOMAINS=c:\\notes\\denied.txt\nSMTPMTA_HELO_DOMAIN_VERIFY=1"),
            .init("Restart the MTA: tell smtpmta quit, load smtpmta."),
        ],
        losses: [
            "Your own POP3 users cannot send through it, unless SMTPMTA_ALLOW_KNOWN_DOMAINS lets in what is in the Global Domain document.",
            "HELO verification refuses mail from many hosts that are set up carelessly.",
        ],
        limits: [
            "Nothing can be permitted by address.",
            "A denied list without a path, or whose file is missing, denies nobody.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "a refusal: this MTA does not accept relays"),
            .init("The percent hack", from: "x@evil.example", to: "y%victim.example@ours.example", expected: "a refusal"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("This MTA does not accept relays", "SMTPMTA_REJECT_RELAYS works"),
            .init("still relays with SMTPMTA_OCH_REJECT_SMTP_ORIGINATED_MESSAGES", "that spelling has no effect; it begins with SMTP_OCH_"),
            .init("POP3 users cannot send since SMTPMTA_REJECT_RELAYS", "R4 knows no exception by address: let them send through the gate"),
        ],
        needsGate: false,
        gate: "Keep SMTPMTA_REJECT_RELAYS, and send `route clients` to another relay: the MTA cannot tell the gate from a stranger.",
        sureness: "Certain for the first switch, likely for the others.")

    static let dominoConfiguration = GuidePage(
        .dominoConfiguration,
        summary: "Domino 5 and later keep relay controls in the Configuration Settings document.",
        delivered: .depends,
        asDelivered: "Relay is denied to external hosts once the lists say so; an empty document of Domino 5 lets everybody relay.",
        files: [
            .init("Configuration Settings, Router/SMTP, Restrictions and Controls, SMTP Inbound Controls. Write the fields down in this form (their full labels will do too, and AllowTo and DenyFrom), beside notes.ini:",
                code: "LocalDomains = ours.example\nDenyTo = *\nAllowFrom = [192.0.2.*]\nEnforcement = External hosts\nExcludedHosts = [192.0.2.9]\nAuthenticatedUsers = Allow all authenticated users to relay"),
            .init("To read it:", code: "gatepost audit domino-config-doc inbound.txt notes.ini"),
        ],
        steps: [
            .init("“Deny messages to be sent to the following external internet domains”: enter an asterisk.", code: "*"),
            .init("“Allow messages only from the following internet hosts”: your networks, in brackets.", code: "[192.0.2.*]"),
            .init("“Perform Anti-Relay enforcement for these connecting hosts”: External hosts, or All connecting hosts if reverse names cannot be trusted."),
            .init("“Exceptions for authenticated users”: allow all authenticated users to relay, if users send from outside."),
            .init("Domino 6 and later: see that no old SMTPRelayHostsandDomains=1 stands in notes.ini unless you want the order of Domino 5."),
            .init("Let the router read it.", code: "tell router update config"),
        ],
        losses: ["Hosts that are not listed and do not authenticate are refused for every domain but your own."],
        limits: [
            "A domain matches as the end of a name: xyz.example also lets uvwxyz.example. Write @xyz.example for itself alone and .xyz.example for names below it.",
            "Between the two pairs of lists Domino 5 lets a denial win; from 6 on an allowed source reaches a denied destination.",
            "“External” is decided by a reverse lookup, which its owner controls.",
            "Enforcement None ignores all four lists.",
            "5.0 to 5.0.7 sent a quoted recipient on (CVE-2001-1445).",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "554"),
            .init("A quoted address", from: "x@evil.example", to: "\"y@victim.example\"@ours.example", expected: "a refusal"),
            .init("A domain that ends like yours", from: "x@evil.example", to: "y@notours.example", expected: "554"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("554 Relay rejected for policy reasons", "the lists work; this host is in none that allows"),
            .init("554 5.7.1 relay rejected for authenticated users", "exceptions for authenticated users are off"),
            .init("relays for a domain whose name only ends like ours", "domains match as suffixes; write @domain"),
        ],
        gate: "Deny * and allow the gate's address in brackets alone, for all connecting hosts.",
        sureness: "Certain but for the interplay when all four lists are filled, which is likely.")

    static let quickMail = GuidePage(
        .quickMail,
        summary: "CE Software's server for the Macintosh.",
        delivered: .open,
        asDelivered: "It relays until the Relaying box of its SMTP domain says otherwise.",
        files: [
            .init("A dialog alone. Write down what is chosen in this form:",
                code: "[SMTP Domain]\nDomain = ours.example\nRelaying = none"),
            .init("To read it (Relaying is none, local-senders, listed-addresses with Address lines, or all):", code: "gatepost audit quickmail-pro relaying.txt"),
        ],
        steps: [
            .init("Configure, Domain Setup: double-click the entry of type SMTP."),
            .init("In the Relaying box choose that nobody, or only listed addresses, may relay."),
            .init("Press OK, and test: the choices' exact meaning is not documented."),
        ],
        losses: ["Users who send through it from outside."],
        limits: [
            "A choice that goes by the sender lets in whoever writes a local one.",
            "How it takes percent and other hidden forms is not known: only a gate is sure.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "a refusal"),
            .init("With a sender of yours", from: "boss@ours.example", to: "y@victim.example", expected: "a refusal"),
            .init("The percent hack", from: "x@evil.example", to: "y%victim.example@ours.example", expected: "a refusal"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [.init("QuickMail Pro is listed as an open relay", "the Relaying box was never set")],
        needsGate: true,
        gate: "Choose that nobody, or only the gate's address, may relay.",
        sureness: "A guess beyond the place of the box.")

    static let appleShareIP = GuidePage(
        .appleShareIP,
        summary: "Apple's file, web and mail server, Mail Server 6.0 to 6.3.",
        delivered: .open,
        asDelivered: "A host that has no entry follows the default profile, which lets it relay.",
        files: [
            .init("Mail Admin alone. Write its settings down in this form:",
                code: "[Default Host Profile]\nDeliverToLocalOnly = 1\n[Host partner.example]\nDeliverToLocalOnly = 0\n[Mail In]\nRequireLocalFromInUsersAndGroups = 1\n[Anti-Spam]\nRejectIfNameDoesNotMatchAddress = 1\n[Local Domains]\nDomain = ours.example"),
            .init("To read it:", code: "gatepost audit appleshare-ip-6 mail.txt --facts facts.json"),
        ],
        steps: [
            .init("Default host profile, Mail From: “deliver mail from this host to local addresses only (no SMTP relay)”."),
            .init("Delete foreign hosts from the host list: a changed default does not reach hosts that are listed already."),
            .init("Mail In: require local “From” addresses to exist in Users & Groups."),
            .init("6.2 and later, Anti-Spam: check incoming SMTP connections, always check DNS, reject if the name does not match the address."),
            .init("Leave “relay all SMTP mail via” empty."),
        ],
        losses: [
            "Mail from hosts whose names do not match their addresses, much of it wanted.",
            "Users who send with an address that is not in Users & Groups.",
        ],
        limits: [
            "All of it rests on the sender: whoever writes the address of one of your users relays.",
            "A host that stands in the list with relaying on relays for everybody who writes its domain as the sender.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "a refusal"),
            .init("With a sender of yours", from: "boss@ours.example", to: "y@victim.example", expected: "250 if boss is a user: this hole stays"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("fails an open relay test although the recipe was followed", "a sender at the server's own name counts as local; give the host another name than the mail domain, or put a gate in front"),
            .init("the new default profile has no effect", "hosts that are listed already keep theirs"),
        ],
        needsGate: true,
        gate: "Gatepost judges the client and not the sender, which this server cannot.",
        sureness: "Likely: from two articles of its maker; the article that the old guides cite was not found.")
}
