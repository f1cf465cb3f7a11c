extension Guide {
    static let mercury = GuidePage(
        .mercury,
        summary: "David Harris's mail server for NetWare (relay control since NLM 1.40) and Windows (since Mercury/32 2.11).",
        delivered: .depends,
        asDelivered: """
            Normal mode: mail from a sender in one of its domains goes anywhere, and anyone can write such a sender. \
            Installers of later versions ask. `Relay : 1` takes everything from everybody.
            """,
        files: [
            .init("MERCURY.INI: the sections [MercuryS] (the SMTP server) and [Domains]. Whatever stands behind # is a comment."),
            .init("To read it:", code: "gatepost audit mercury MERCURY.INI"),
        ],
        steps: [
            .init(
                "In [MercuryS] switch relaying off, and count addresses alone.",
                code: "Relay : 0\nStrict_Relay : 1"),
            .init(
                "Name the clients that may send anywhere. A zero in the last octet is the whole network.",
                code: "Allow : 192.0.2.0         # the office\nAllow : 198.51.100.5      # a single machine"),
            .init("Check that [Domains] has every domain that you take mail for, virtual ones too.", code: "[Domains]\nserver : ours.example"),
            .init(
                "Only if all mail reaches you by a backup MX that has an Allow line: refuse everybody else the connection. Put it last.",
                code: "Refuse : 0.0.0.0"),
            .init("Restart Mercury."),
        ],
        losses: [
            "Users away from the networks of Allow lines cannot send through it, unless SMTP authentication is on.",
            "`Refuse : 0.0.0.0` keeps out all mail that does not come from an Allow line, inbound mail too.",
        ],
        limits: [
            "In normal mode a forged local sender relays; only strict mode stops that.",
            "What it does with user%domain and other hidden destinations is not documented.",
            "Releases before 4 take the first Allow or Refuse that fits, later ones the one for the fewest addresses: keep narrow lines before wide ones.",
        ],
        trials: [
            .init("A stranger's relaying", from: "x@evil.example", to: "y@victim.example", expected: "553"),
            .init("With a forged local sender", from: "boss@ours.example", to: "y@victim.example", expected: "553"),
            .init("The percent hack", from: "x@evil.example", to: "y%victim.example@ours.example", expected: "a refusal"),
            .init("Mail for you", from: "friend@abroad.example", to: "info@ours.example", expected: "250"),
        ],
        symptoms: [
            .init("553 We do not relay non-local mail", "relaying is off, and this client has no Allow line"),
            .init("no mail arrives from outside since Refuse was added", "Refuse : 0.0.0.0 closes the port to everybody without an Allow line"),
            .init("listed as an open relay although Relay is 0", "normal mode trusts a local sender; set Strict_Relay : 1"),
        ],
        gate: "Keep strict mode, give the gate's address the only Allow line, and list your networks in Gatepost instead.",
        sureness: """
            The rules of decision are from the manual and are certain. That the narrowest entry applies in version 4 is \
            likely; how older releases read the list is a guess.
            """)
}
