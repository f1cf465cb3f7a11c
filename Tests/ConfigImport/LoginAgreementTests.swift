import ConfigImport
import Testing
import TestSupport

/// POP before SMTP and iPass: a client's recent login, and little else.
@Suite("POP before SMTP and iPass: policy and emulation")
struct LoginAgreementTests {
    private static let world = RequestWorld(
        clients: ["203.0.113.9", "127.0.0.1", "127.0.0.2", "::1", "::2", "10.1.2.3", "192.0.2.10"],
        further: ["-", "pop", "login=anna", "name=ours.test", "pop name=x.ours.test", "helo=ours.test"],
        senders: ["<>", "a@ours.test", "a@other.test"],
        recipients: RequestWorld.recipients(
            ours: ["ours.test", "second.test", "unlisted.test"], foreign: ["victim.test", "second.test"])
            + ["u%victim.test%ours.test@ours.test", "u@victim.test@ours.test"])

    @Test("agree on POP before SMTP", arguments: 1...30)
    func popBeforeSMTP(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var files: [String: String] = [:]
        let names = ["ours.test", "second.test"].filter { _ in Bool.random(using: &random) }
        switch Int.random(in: 0...3, using: &random) {
        case 0: files["sendmail.mc"] = "\(Bool.random(using: &random) ? "dnl " : "")FEATURE(`popauth')\nCw\(names.joined(separator: " "))\n"
        case 1:
            let asks = Bool.random(using: &random)
            files["sendmail.cf"] = """
                V9/Berkeley
                Cw\(names.joined(separator: " "))
                Kpopauth hash -a<OK> /etc/mail/popauth
                SLocal_check_rcpt
                R$*\t$: $1 $| \(asks ? "$(popauth POP:$&{client_addr} $: ? $)" : "?")
                R$* $| ?\t$: $1
                R$* $| $+\t$#OK
                """
        default: break
        }
        if files.isEmpty || Bool.random(using: &random) { files["pop-before-smtp-conf.pl"] = "$grace = \(seed)*60; # \(seed)\n" }
        if Bool.random(using: &random) { files["dracd.allow"] = "255.255.255.0 192.0.2.0\n0.0.0.0 0.0.0.0\n" }
        // Routes: a policy drops them, Sendmail judges at the host of the first.
        try Agreement.check(
            .popBeforeSMTP, files, on: Self.world.requests(most: 300, &random),
            explained: { $0.recipient.hasPrefix("@unlisted") || $0.recipient.hasPrefix("@") && names.isEmpty
                || names.contains("ours.test") != names.contains("second.test") && $0.recipient.hasPrefix("@") }, seed: seed)
    }

    @Test("agree on iPass", arguments: 1...10)
    func iPass(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var facts = ImportFacts()
        facts.localDomains = ["ours.test", "second.test"].compactMap { .init($0) }
        let lines = (0..<Int.random(in: 0...9, using: &random)).map { "user\($0) 198.51.100.\($0) 1998-03-01T12:00:00Z" }
        // Forms that hide a destination at hosts of others are resolved or refused everywhere; a route over a host of
        // others is dropped by a policy.
        try Agreement.check(
            .iPass, ["ipass.feed": lines.joined(separator: "\n")], facts: facts, on: Self.world.requests(most: 300, &random),
            explained: { $0.recipient.hasSuffix("@unlisted.test") || $0.recipient.hasPrefix("@unlisted") }, seed: seed)
    }
}
