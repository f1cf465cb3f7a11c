import MailProtocols
import MailTypes
import Testing

@testable import Sessions

@Suite("the gateway as client of a protected server")
struct UpstreamSessionTests {
    private static let offer = RecipientOffer(
        upstream: "mta", reversePath: .null, mailParameters: MailParameters(),
        forwardPath: .mailbox(Mailbox(localPart: Array("x".utf8), domain: Domain("ours.test")!)),
        parameters: RecipientParameters())

    private static func reply(_ code: UInt16, _ lines: String...) -> Reply {
        Reply(code: code, lines: lines.map { Array($0.utf8) })
    }

    private static func ready(_ words: String...) -> UpstreamSession {
        var session = UpstreamSession(hostname: "gate.test")
        _ = session.received(reply(220, "hello"))
        _ = session.received(Reply(code: 250, lines: (["hello"] + words).map { Array($0.utf8) }))
        return session
    }

    private static func sent(_ actions: [UpstreamSession.Action]) -> String {
        actions.map { if case .send(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { "" } }.joined()
    }

    @Test("MAIL and RCPT go in one write where PIPELINING is announced, else one by one")
    func pipelining() {
        var pipelined = Self.ready("PIPELINING")
        #expect(Self.sent(pipelined.offer(Self.offer)) == "MAIL FROM:<>\r\nRCPT TO:<x@ours.test>\r\n")
        var plain = Self.ready()
        #expect(Self.sent(plain.offer(Self.offer)) == "MAIL FROM:<>\r\n")
        #expect(Self.sent(plain.received(Self.reply(250, "ok"))) == "RCPT TO:<x@ours.test>\r\n")
        #expect(plain.received(Self.reply(250, "ok")) == [.recipientAnswered(.accepted(Self.reply(250, "ok")))])
    }

    @Test("a connection is used again only behind RSET answered 250")
    func reuse() {
        for code: UInt16 in [250, 451, 550] {
            var session = Self.ready("PIPELINING")
            _ = session.offer(Self.offer)
            _ = session.received(Self.reply(250, "ok"))
            _ = session.received(Self.reply(550, "no"))
            session.transactionAbandoned()
            #expect(Self.sent(session.offer(Self.offer)).hasPrefix("RSET\r\nMAIL"))
            let actions = session.received(Self.reply(code, "x"))
            #expect(actions.contains { if case .broken = $0 { true } else { false } } == (code != 250))
        }
    }

    @Test("a MAIL that is refused is the answer to its recipient, and the recipient's own reply is swallowed")
    func refusedMail() {
        var session = Self.ready("PIPELINING")
        _ = session.offer(Self.offer)
        #expect(session.received(Self.reply(550, "5.7.1 no")) == [])
        let actions = session.received(Self.reply(503, "5.5.1 no MAIL"))
        #expect(actions == [.recipientAnswered(.refused(Self.reply(550, "5.7.1 no")))])
        #expect(session.isReusable)
    }

    @Test("a server that breaks the protocol ends the connection")
    func broken() {
        func isBroken(_ actions: [UpstreamSession.Action]) -> Bool {
            actions.contains { if case .broken = $0 { true } else { false } }
        }
        var greeting = UpstreamSession(hostname: "gate.test")
        #expect(isBroken(greeting.received(Self.reply(554, "go away"))))
        var unasked = Self.ready()
        #expect(isBroken(unasked.received(Self.reply(250, "surprise"))))
        var odd = Self.ready("PIPELINING")
        _ = odd.offer(Self.offer)
        _ = odd.received(Self.reply(250, "ok"))
        #expect(isBroken(odd.received(Self.reply(354, "what?"))))
        var liar = Self.ready("PIPELINING")
        _ = liar.offer(Self.offer)
        _ = liar.received(Self.reply(250, "ok"))
        _ = liar.received(Self.reply(250, "ok"))
        _ = liar.askForData()
        #expect(isBroken(liar.received(Self.reply(250, "no 354"))))
    }

    @Test("421 is passed on as 451 and ends the connection")
    func closing() {
        var session = Self.ready("PIPELINING")
        _ = session.offer(Self.offer)
        _ = session.received(Self.reply(250, "ok"))
        let actions = session.received(Self.reply(421, "4.3.2 closing"))
        #expect(actions.first == .recipientAnswered(.refused(Self.reply(451, "4.3.2 closing"))))
        #expect(actions.count == 2)
    }

    private static func received(_ text: String, by session: inout UpstreamSession) -> [UpstreamSession.Action] {
        Array(text.utf8).withUnsafeBytes { session.received($0) }
    }

    private static func isBroken(_ actions: [UpstreamSession.Action]) -> Bool {
        if case .broken = actions.last { true } else { false }
    }

    @Test(
        "a reply that was written before its command was sent answers nothing",
        arguments: ["PIPELINING", "SIZE"],
        ["250 ok\r\n250 ok\r\n250 2.0.0 queued\r\n", "250 ok\r\n250 ok\r\n250 2.0", "250 ok\r\n250 ok\r\n250-2.0.0 a\r\n"])
    func repliesTogether(extension: String, text: String) {
        var session = Self.ready(`extension`)
        _ = session.offer(Self.offer)
        let actions = Self.received(text, by: &session)
        #expect(Self.isBroken(actions))
        // Without PIPELINING the recipient had not been sent, so it has no answer at all.
        let accepted = actions.contains { if case .recipientAnswered(.accepted) = $0 { true } else { false } }
        #expect(accepted == (`extension` == "PIPELINING"))
    }

    @Test("an answer that was owed counts, whatever stands behind it", arguments: ["421 4.3.2 closing\r\n", "garbage\r\n"])
    func outcomeBeforeMore(more: String) {
        var session = Self.ready("PIPELINING")
        _ = session.offer(Self.offer)
        _ = Self.received("250 ok\r\n250 ok\r\n", by: &session)
        _ = session.askForData()
        _ = Self.received("354 go\r\n", by: &session)
        #expect(session.mailDataEnded() == [])
        let actions = Self.received("250 queued\r\n" + more, by: &session)
        #expect(actions.first == .outcome(Self.reply(250, "queued")))
        #expect(Self.isBroken(actions))
    }

    @Test("a reply that began before the mail data had ended is no answer to the message")
    func earlyBeginning() {
        var session = Self.ready("PIPELINING")
        _ = session.offer(Self.offer)
        _ = Self.received("250 ok\r\n250 ok\r\n", by: &session)
        _ = session.askForData()
        _ = Self.received("354 go\r\n", by: &session)
        #expect(Self.received("250 que", by: &session) == [])
        #expect(Self.isBroken(session.mailDataEnded()))
    }

    @Test("what a server does not carry any more is for the client's next session to see")
    func lostExtension() {
        var parameters = MailParameters()
        parameters.body = .eightBitMIME
        let offer = RecipientOffer(
            upstream: "mta", reversePath: .null, mailParameters: parameters, forwardPath: Self.offer.forwardPath,
            parameters: RecipientParameters())
        var session = Self.ready("PIPELINING")
        guard case .recipientAnswered(.refused(let reply)) = session.offer(offer).first else {
            Issue.record("an eight-bit message was offered to a server without 8BITMIME")
            return
        }
        #expect(reply.code == 451)
    }

    @Test("a success before the data has ended is a lie, a refusal is believed")
    func early() {
        for code: UInt16 in [250, 552] {
            var session = Self.ready("PIPELINING")
            _ = session.offer(Self.offer)
            _ = session.received(Self.reply(250, "ok"))
            _ = session.received(Self.reply(250, "ok"))
            _ = session.askForData()
            _ = session.received(Self.reply(354, "go"))
            let actions = session.received(Self.reply(code, "x"))
            #expect(actions.contains(.interrupted(Self.reply(code, "x"))) == (code == 552))
        }
    }
}
