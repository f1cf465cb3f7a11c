import MailProtocols
import MailTypes
import RelayPolicy
import Testing

@testable import Sessions

@Suite("STARTTLS in front")
struct StartTLSTests {
    private static func session(_ client: IPAddress = Site.stranger, requiresTLS: Bool = false, offersTLS: Bool = true)
        -> GatewaySession
    {
        var policy = Site.policy()
        policy.listeners = [.init(name: "public", requiresTLS: requiresTLS)]
        let terms = GatewayTerms(policy: CompiledPolicy(policy), hostname: "gate.test")
        var request = RelayRequest(client: client, forwardPath: WrittenPath(.postmaster), now: Site.now)
        request.listener = "public"
        return GatewaySession(terms: terms, request: request, announced: .everything, offersTLS: offersTLS)
    }

    private static func encrypted(_ client: IPAddress = Site.stranger, requiresTLS: Bool = false) -> GatewaySession {
        var session = session(client, requiresTLS: requiresTLS)
        _ = session.say("EHLO client.test")
        _ = session.say("STARTTLS")
        session.tlsStarted("TLSv1.3", certificates: ["ca.pem"])
        return session
    }

    @Test("it is announced where it is offered, until TLS is in use")
    func announced() {
        var plain = Self.session(offersTLS: false)
        #expect(!plain.say("EHLO client.test").announces("STARTTLS"))
        var session = Self.session()
        #expect(session.say("EHLO client.test").announces("STARTTLS"))
        var encrypted = Self.encrypted()
        #expect(!encrypted.say("EHLO client.test").announces("STARTTLS"))
    }

    @Test("220, and no line is read before the handshake")
    func begins() {
        var session = Self.session()
        _ = session.say("EHLO client.test")
        let action = session.say("STARTTLS")
        guard case .startTLS(let reply) = action else {
            Issue.record("\(action)")
            return
        }
        #expect(reply.code == 220)
        #expect(!session.wantsLine && !session.wantsData && !session.isClosed && session.isStartingTLS)
    }

    @Test("what was said in the clear is forgotten")
    func forgets() {
        var session = Self.encrypted()
        #expect(session.facts.helo == nil && session.facts.tlsVersion == "TLSv1.3")
        #expect(session.facts.certificates == ["ca.pem"])
        #expect(session.say("MAIL FROM:<a@client.test>").code == 503, "EHLO has to be said again")
        _ = session.say("EHLO client.test")
        #expect(session.say("RCPT TO:<reader@ours.test>").code == 503)
        #expect(session.say("MAIL FROM:<a@client.test>").code == 250)
    }

    @Test("a command behind STARTTLS ends the session", arguments: ["STARTTLS", "starttls", "STARTTLS  "])
    func injection(line: String) {
        var session = Self.session()
        _ = session.say("EHLO client.test")
        guard case .replyAndClose(let reply) = session.say(line, isLast: false) else {
            Issue.record("it goes on")
            return
        }
        #expect(reply.code == 554 && session.isClosed)
    }

    @Test(
        "it is refused where it cannot be",
        arguments: [
            ([], "STARTTLS", 503), (["EHLO client.test"], "STARTTLS now", 501),
            (["EHLO client.test", "MAIL FROM:<a@client.test>"], "STARTTLS", 503), (["HELO client.test"], "STARTTLS", 220),
        ])
    func refused(before: [String], line: String, code: UInt16) {
        var session = Self.session()
        for said in before { _ = session.say(said) }
        #expect(session.say(line).code == code)
        #expect(!session.isClosed)
    }

    @Test("it is refused under TLS, and where it is not offered")
    func refusedAlways() {
        var encrypted = Self.encrypted()
        _ = encrypted.say("EHLO client.test")
        #expect(encrypted.say("STARTTLS").code == 503)
        var plain = Self.session(offersTLS: false)
        _ = plain.say("EHLO client.test")
        #expect(plain.say("STARTTLS").code == 502)
        // At an address with TLS from the first byte on.
        var implicit = Self.session(offersTLS: false)
        implicit.tlsStarted("TLSv1.2")
        _ = implicit.say("EHLO client.test")
        #expect(implicit.say("STARTTLS").code == 503)
    }

    @Test("refused ones are counted as bad commands")
    func counted() {
        var session = Self.session(offersTLS: false)
        for _ in 0..<SessionLimits().badCommands { #expect(session.say("STARTTLS").code == 502) }
        #expect(session.say("STARTTLS").code == 421 && session.isClosed)
    }

    @Test("a listener that demands TLS answers MAIL and AUTH with 530, and nothing else")
    func required() {
        var session = Self.session(requiresTLS: true)
        #expect(session.say("EHLO client.test").announces("STARTTLS"))
        #expect(session.say("AUTH PLAIN AAA=").code == 530)
        #expect(session.say("MAIL FROM:<a@client.test>").code == 530)
        #expect(session.say("NOOP").code == 250)
        var encrypted = Self.encrypted(requiresTLS: true)
        _ = encrypted.say("EHLO client.test")
        #expect(encrypted.say("AUTH PLAIN AAA=").code == 502)
        #expect(encrypted.say("MAIL FROM:<a@client.test>").code == 250)
    }

    @Test("the Received line says so", arguments: [("EHLO", "ESMTPS (TLSv1.3)"), ("HELO", "SMTP (TLSv1.3)")])
    func receivedLine(verb: String, wanted: String) {
        var session = Self.encrypted()
        _ = session.say("\(verb) client.test")
        let line = String(decoding: session.receivedLine(at: Site.moment), as: UTF8.self)
        #expect(line.contains(" with \(wanted) id "), "\(line)")
    }

    /// RSET, EHLO and STARTTLS in every order: nothing of a transaction goes over into TLS, and there is one handshake.
    @Test("every session of up to six commands")
    func exhaustive() {
        let commands = ["EHLO c.test", "HELO c.test", "STARTTLS", "MAIL FROM:<a@c.test>", "RCPT TO:<r@ours.test>", "RSET"]
        var sessions = [Self.session(requiresTLS: true)]
        for _ in 1...6 {
            sessions = sessions.flatMap { session in
                commands.map { command in
                    var session = session
                    let wasEncrypted = session.facts.tlsVersion != nil
                    switch session.say(command) {
                    case .startTLS:
                        #expect(!wasEncrypted)
                        session.tlsStarted("TLSv1.3")
                        #expect(session.isBetweenTransactions && !session.mayPipeline && session.facts.helo == nil)
                    case .offer:
                        #expect(wasEncrypted, "a recipient is offered under TLS alone")
                        _ = session.recipientAnswered(.accepted(Reply(250, "2.1.5", "Ok")))
                    default: break
                    }
                    return session
                }
            }
        }
    }
}

extension GatewaySession.Action {
    func announces(_ keyword: String) -> Bool {
        guard case .reply(let reply) = self else { return false }
        return reply.lines.dropFirst().contains { String(decoding: $0, as: UTF8.self) == keyword }
    }
}
