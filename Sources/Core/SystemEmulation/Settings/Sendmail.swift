extension EmulationSetting {
    static let sendmail5 = [
        EmulationSetting(
            "delivered", "as delivered; there is no other way", isOpen: true,
            File(
                "sendmail.cf",
                """
                DDours.test
                Cwours.test old.ours.test
                Do.:%@!^=/[]
                S3
                R$+@$+\t\t$:$1<@$2>
                S0
                R$+<@$=w>\t\t$#local$:$1
                R$+<@$+>\t\t$#tcp$@$2$:$1<@$2>
                Mlocal,\tP=/bin/mail, F=rlsDFMmn, S=10, R=20, A=mail -d $u
                Mtcp,\tP=[IPC], F=mDFMueXL, S=14, R=24, A=IPC $h, E=\\r\\n

                """))
    ]

    private static func recipe(_ lines: String...) -> File {
        File(
            "sendmail.mc",
            (["include(`../m4/cf.m4')", "OSTYPE(linux)"] + lines + ["MAILER(local)", "MAILER(smtp)", "Cwours.test old.ours.test", ""])
                .joined(separator: "\n"))
    }

    private static let localIP = File("etc/mail/LocalIP", "192.0.2\n127.0.0.1\n")

    static let sendmail88 = [
        EmulationSetting("none", "without check_rcpt, as delivered", isOpen: true, recipe()),
        EmulationSetting(
            "check_rcpt-1.0", "the first recipe, which a bang path passes", isOpen: true,
            recipe("HACK(use_ip)", "HACK(check_rcpt)"), localIP),
        EmulationSetting(
            "check_rcpt4", "the recipe that takes local parts away again and again", isOpen: true,
            recipe("HACK(use_ip)", "HACK(check_rcpt4)"), localIP),
    ]

    private static func macros(_ features: String...) -> File {
        File(
            "sendmail.mc",
            ([
                "divert(0)dnl", "include(`/usr/share/sendmail/cf/m4/cf.m4')dnl", "OSTYPE(`linux')dnl",
                "define(`confDOMAIN_NAME', `old.ours.test')dnl", "LOCAL_DOMAIN(`ours.test')dnl",
            ] + features + ["MAILER(`local')dnl", "MAILER(`smtp')dnl", ""]).joined(separator: "\n"))
    }

    private static let officeRelays = File("relay-domains", "192.0.2\n")

    static let sendmail89 = [
        EmulationSetting(
            "relay_local_from", "FEATURE(relay_local_from): whoever claims a local sender", isOpen: true,
            macros("FEATURE(`relay_local_from')dnl"), officeRelays),
        EmulationSetting(
            "promiscuous_relay", "FEATURE(promiscuous_relay): everybody", isOpen: true,
            macros("FEATURE(`promiscuous_relay')dnl"), officeRelays),
        EmulationSetting("delivered", "as delivered, with the office in relay-domains", isOpen: false, macros(), officeRelays),
    ]

    static let popBeforeSMTP = [
        EmulationSetting(
            "shared-address", "the stranger shares the address of somebody who has just read mail", isOpen: true,
            macros("FEATURE(`popauth', `hash -a<OK> /etc/mail/popauth')dnl")
        ).withPOPLoginOfStranger(),
        EmulationSetting(
            "delivered", "nobody at the stranger's address has read mail", isOpen: false,
            macros("FEATURE(`popauth', `hash -a<OK> /etc/mail/popauth')dnl")),
    ]

    static let iPass = [
        EmulationSetting(
            "reused-address", "the stranger got the address of a session whose end was lost", isOpen: true,
            File("ipass.feed", "anna@ours.test 203.0.113.9 1998-03-01T12:00:00Z\n")
        ).withPOPLoginOfStranger(),
        EmulationSetting(
            "sessions", "only others' sessions", isOpen: false,
            File("ipass.feed", "anna@ours.test 198.51.100.10 1998-03-01T12:00:00Z\n")),
    ]
}
