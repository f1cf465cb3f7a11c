import MailProtocols
import MailTypes
import Testing

@testable import Sessions

@Suite("the gateway's session")
struct GatewaySessionTests {
    @Test(
        "a command out of its order is refused and changes nothing",
        arguments: [
            (["MAIL FROM:<a@b.test>"], 503), (["EHLO c.test", "RCPT TO:<x@ours.test>"], 503),
            (["EHLO c.test", "DATA"], 503), (["EHLO c.test", "MAIL FROM:<a@b.test>", "MAIL FROM:<a@b.test>"], 503),
            (["EHLO c.test", "MAIL FROM:<a@b.test>", "DATA"], 503),
            (["EHLO c.test", "MAIL FROM:<bad", "RCPT TO:<x@ours.test>"], 503),
            (["EHLO c.test", "MAIL FROM:<a@b.test>", "RSET", "RCPT TO:<x@ours.test>"], 503),
            (["EHLO c.test", "MAIL FROM:<a@b.test>", "EHLO c.test", "RCPT TO:<x@ours.test>"], 503),
        ])
    func order(commands: [String], code: Int) {
        var session = Site.session(Site.stranger)
        for command in commands.dropLast() { _ = session.say(command) }
        #expect(session.say(commands.last ?? "").code == UInt16(code))
    }

    @Test("a stranger's foreign recipient never reaches the protected server, his local one does")
    func stranger() {
        var session = Site.session(Site.stranger)
        _ = session.say("EHLO c.test")
        _ = session.say("MAIL FROM:<a@b.test>")
        #expect(session.say("RCPT TO:<y@victim.test>").code == 550)
        guard case .offer(let offer) = session.say("RCPT TO:<info@ours.test>") else {
            Issue.record("a local recipient was not offered")
            return
        }
        #expect(offer.upstream == "mta")
        #expect(offer.forwardPath.wireForm == Array("<info@ours.test>".utf8))
    }

    @Test("one transaction has one protected server; a recipient of another gets 452")
    func otherServer() {
        var session = Site.session(Site.stranger)
        _ = session.say("EHLO c.test")
        _ = session.say("MAIL FROM:<a@b.test>")
        _ = session.say("RCPT TO:<x@ours.test>")
        _ = session.recipientAnswered(.accepted(Reply(250, "2.1.5", "Ok")))
        #expect(session.say("RCPT TO:<x@branch.test>").code == 452)
    }

    @Test("a relay client's transaction goes whole to the elsewhere route")
    func relayClient() {
        var session = Site.session(Site.office)
        _ = session.say("EHLO c.test")
        _ = session.say("MAIL FROM:<a@b.test>")
        for recipient in ["x@ours.test", "y@abroad.test", "x@branch.test"] {
            guard case .offer(let offer) = session.say("RCPT TO:<\(recipient)>") else {
                Issue.record("\(recipient) was not offered")
                return
            }
            #expect(offer.upstream == "out")
            _ = session.recipientAnswered(.accepted(Reply(250, "2.1.5", "Ok")))
        }
    }

    @Test("the server's refusal of a recipient is passed on as it is, and its 354 is awaited")
    func refusals() {
        var session = Site.session(Site.stranger)
        _ = session.say("EHLO c.test")
        _ = session.say("MAIL FROM:<a@b.test>")
        _ = session.say("RCPT TO:<nobody@ours.test>")
        let refusal = Reply(550, "5.1.1", "No such user here")
        guard case .reply(let reply) = session.recipientAnswered(.refused(refusal)) else {
            Issue.record("no reply")
            return
        }
        #expect(reply == refusal)
        #expect(session.say("DATA").code == 503)
    }

    @Test(
        "commands ahead of a reply that had to be awaited end the session",
        arguments: ["EHLO c.test", "NOOP", "VRFY x", "DATA", "HELP"])
    func pipelining(command: String) {
        var session = Site.session(Site.stranger)
        _ = session.say("EHLO c.test")
        #expect(session.say(command, isLast: false).code == 554)
        #expect(session.isClosed)
    }

    @Test("without EHLO nothing may be pipelined; with it MAIL and RCPT may")
    func pipeliningNeedsEHLO() {
        var plain = Site.session(Site.stranger)
        _ = plain.say("HELO c.test")
        #expect(plain.say("MAIL FROM:<a@b.test>", isLast: false).code == 554)
        var extended = Site.session(Site.stranger)
        _ = extended.say("EHLO c.test")
        #expect(extended.say("MAIL FROM:<a@b.test>", isLast: false).code == 250)
    }

    @Test("commands that bring no message on are counted between two messages")
    func idleCommands() {
        var limits = SessionLimits()
        limits.idleCommands = 3
        var session = GatewaySession.receivingData(Site.stranger, to: "x@ours.test", limits: limits)
        _ = session.data(".\r\n")
        _ = session.outcome(Reply(250, "2.0.0", "queued"))
        #expect(["NOOP", "RSET", "EHLO c.test", "NOOP"].map { session.say($0).code } == [250, 250, 250, 421])
        #expect(session.isClosed)
    }

    @Test("recipients that the protected server refuses are counted as ours are")
    func refusedByTheServer() {
        var limits = SessionLimits()
        limits.refusedRecipients = 1
        var session = Site.session(Site.stranger, limits: limits)
        _ = session.say("EHLO c.test")
        _ = session.say("MAIL FROM:<a@b.test>")
        for code: UInt16 in [550, 421] {
            _ = session.say("RCPT TO:<nobody@ours.test>")
            #expect(session.recipientAnswered(.refused(Reply(550, "5.1.1", "No such user here"))).code == code)
        }
    }

    @Test("a message counts once for each rule that permits a recipient of it, whichever comes first")
    func messagesOfTwoRules() {
        var session = Site.session(Site.office, policy: Site.twoLimitedRules)
        _ = session.say("EHLO c.test")
        _ = session.say("MAIL FROM:<a@b.test>")
        var charges: [LimitCharge] = []
        for recipient in ["x@one.test", "y@two.test", "z@one.test", "z@two.test"] {
            guard case .charge(let charge) = session.say("RCPT TO:<\(recipient)>") else {
                Issue.record("\(recipient) was not charged")
                return
            }
            charges.append(charge)
            _ = session.charged(nil)
            // The first is refused by the server, which does not make the second one of another rule its first.
            let refusal = RecipientAnswer.refused(Reply(550, "5.1.1", "No such user"))
            _ = session.recipientAnswered(charges.count == 1 ? refusal : .accepted(Reply(250, "2.1.5", "Ok")))
        }
        #expect(charges.map(\.rules) == [[0], [1], [0], [1]])
        #expect(charges.map(\.countedBefore) == [[], [0], [0, 1], [0, 1]])
        _ = session.say("DATA")
        _ = session.dataAnswered(Reply(code: 354, lines: [[]]))
        _ = session.data(".\r\n")
        _ = session.outcome(Reply(250, "2.0.0", "queued"))
        let used = session.takeEvents().flatMap { event -> [LimitCharge] in
            if case .finished(let record) = event { record.used } else { [] }
        }
        #expect(used.flatMap(\.rules).sorted() == [0, 1])
    }

    @Test("what nobody announced is refused")
    func unannounced() {
        var session = Site.session(Site.stranger, announced: .least)
        _ = session.say("EHLO c.test")
        for parameters in ["BODY=8BITMIME", "SMTPUTF8", "RET=HDRS", "AUTH=<>", "XYZ=1"] {
            #expect(session.say("MAIL FROM:<a@b.test> \(parameters)").code == 555, "\(parameters)")
        }
        #expect(session.say("MAIL FROM:<ä@b.test>").code == 553)
    }

    @Test("too many bad commands end the session")
    func badCommands() {
        var session = Site.session(Site.stranger)
        for _ in 0..<20 { #expect(session.say("NONSENSE").code == 500) }
        #expect(session.say("NONSENSE").code == 421)
        #expect(session.isClosed)
    }

    @Test("a message that is too large, or goes in circles, is refused at its end and nothing of it stays")
    func refusedMessages() {
        var limits = SessionLimits()
        limits.messageSize = 100
        limits.receivedLines = 3
        var large = GatewaySession.receivingData(Site.stranger, to: "x@ours.test", limits: limits)
        #expect(large.data(String(repeating: "x", count: 200)) == .discard)
        guard case .discardLast(_, let reply) = large.data("\r\n.\r\n") else {
            Issue.record("the end was not seen")
            return
        }
        #expect(reply.code == 552)
        #expect(large.wantsLine)
        limits.messageSize = nil
        var looping = GatewaySession.receivingData(Site.stranger, to: "x@ours.test", limits: limits)
        #expect(looping.data(String(repeating: "Received: a\r\n", count: 4)) == .discard)
        guard case .discardLast(_, let loop) = looping.data("\r\n.\r\n") else {
            Issue.record("the end was not seen")
            return
        }
        #expect(loop.code == 554)
    }

    @Test("bare CR, bare LF and NUL refuse the message and end the session", arguments: ["a\nb", "a\rb", "a\0b", "\n.\r\n"])
    func brokenData(text: String) {
        var session = GatewaySession.receivingData(Site.stranger, to: "x@ours.test")
        guard case .discardAndClose(let reply) = session.data(text) else {
            Issue.record("was taken")
            return
        }
        #expect(reply.code == 554)
        #expect(session.isClosed)
    }

    @Test("250 is said only after the server's; a server that goes away is a 451")
    func outcome() {
        var session = GatewaySession.receivingData(Site.stranger, to: "x@ours.test")
        #expect(session.data("Hello\r\n.\r\n") == .forwardLast(first: [], 10))
        #expect(!session.wantsLine)
        #expect(session.outcome(nil).code == 451)
        var good = GatewaySession.receivingData(Site.stranger, to: "x@ours.test")
        _ = good.data("Hello\r\n.\r\n")
        #expect(good.outcome(Reply(250, "2.0.0", "queued as 1")).code == 250)
    }

    @Test("a server that refuses or vanishes during the data is told of at the end, never as success")
    func interrupted() {
        for reply in [nil, Reply(552, "5.3.4", "Too big"), Reply(250, "2.0.0", "a lie")] {
            var session = GatewaySession.receivingData(Site.stranger, to: "x@ours.test")
            _ = session.data("Hello\r\n")
            session.interrupted(by: reply)
            guard case .discardLast(_, let said) = session.data(".\r\n") else {
                Issue.record("the end was not seen")
                return
            }
            #expect(said.code == (reply?.code == 552 ? 552 : 451))
        }
    }
}
