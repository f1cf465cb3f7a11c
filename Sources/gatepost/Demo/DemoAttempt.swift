/// One message that the demonstration sends twice: straight to the open server, and through the gate.
struct DemoAttempt: Sendable {
    enum Client: String, Sendable {
        case stranger, office

        /// Both are this machine; the source address tells them apart.
        var address: String { self == .stranger ? "127.0.0.9" : "127.0.0.2" }
    }

    let id: String
    let what: String
    let client: Client
    /// As they follow `MAIL FROM:` and `RCPT TO:`.
    let sender: String
    let to: String
    /// Whether this is mail that has to get through.
    let isWanted: Bool
    /// The message's lines, where something in them is the attack.
    var body: String = "Subject: a demonstration\r\n\r\nHello.\r\n"
    /// Nil: the client's own name.
    var helo: String?

    static let all: [DemoAttempt] = strangers + wanted

    private static func stranger(
        _ id: String, _ what: String, sender: String = "<x@evil.test>", to: String, body: String? = nil
    ) -> DemoAttempt {
        var attempt = DemoAttempt(id: id, what: what, client: .stranger, sender: sender, to: to, isWanted: false)
        if let body { attempt.body = body }
        return attempt
    }

    private static let strangers = [
        stranger("plain", "plain relay", to: "<y@victim.test>"),
        stranger("null-sender", "as a bounce, from <>", sender: "<>", to: "<y@victim.test>"),
        stranger("our-sender", "with a sender of ours", sender: "<boss@ours.test>", to: "<y@victim.test>"),
        stranger("percent", "percent hack", to: "<y%victim.test@ours.test>"),
        stranger("bang", "UUCP path", to: "<victim.test!y@ours.test>"),
        stranger("quoted", "address inside quotes", to: "<\"y@victim.test\"@ours.test>"),
        stranger("double-at", "two @", to: "<y@victim.test@ours.test>"),
        stranger("route", "source route", to: "<@ours.test:y@victim.test>"),
        stranger("subdomain", "a domain that ends like ours", to: "<y@notours.test>"),
        stranger(
            "smuggled", "a second message hidden in the first", to: "<info@ours.test>",
            body: "Subject: first\r\n\r\nHello.\n.\r\nMAIL FROM:<x@evil.test>\r\nRCPT TO:<y@victim.test>\r\n"
                + "DATA\r\nSubject: smuggled\r\n\r\nHello.\r\n"),
    ]

    private static let wanted = [
        DemoAttempt(
            id: "inbound", what: "mail for us from outside", client: .stranger, sender: "<friend@abroad.test>",
            to: "<info@ours.test>", isWanted: true),
        DemoAttempt(
            id: "bounce", what: "a bounce for us", client: .stranger, sender: "<>", to: "<info@ours.test>",
            isWanted: true),
        DemoAttempt(
            id: "office", what: "the office sends abroad", client: .office, sender: "<anna@ours.test>",
            to: "<friend@abroad.test>", isWanted: true),
        DemoAttempt(
            id: "office-trick", what: "the office with a percent hack", client: .office, sender: "<anna@ours.test>",
            to: "<y%victim.test@ours.test>", isWanted: false),
    ]
}
