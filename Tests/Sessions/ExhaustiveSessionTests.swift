import MailProtocols
import MailTypes
import Testing

@testable import Sessions

/// Every session of up to six commands, with every kind of answer that the protected server can give.
@Suite("every session of up to six commands")
struct ExhaustiveSessionTests {
    private static let commands = [
        "EHLO c.test", "MAIL FROM:<a@b.test>", "RCPT TO:<x@ours.test>", "RCPT TO:<y@victim.test>",
        "RCPT TO:<y%victim.test@ours.test>", "DATA", "RSET",
    ]

    /// A session, and what it has offered to the protected server since its transaction began.
    private struct Play {
        var session: GatewaySession
        var accepted = 0
    }

    @Test("a stranger's offers are all to our domain, and data begins only behind an accepted recipient")
    func nothingForeignPasses() {
        var plays = [Play(session: Site.session(Site.stranger))]
        var played = 0
        for _ in 1...6 {
            plays = plays.flatMap { play in Self.commands.flatMap { Self.continuations(of: play, with: $0) } }
            played += plays.count
        }
        #expect(played > 100_000)
    }

    private static func continuations(of play: Play, with command: String) -> [Play] {
        guard play.session.wantsLine else { return [] }
        var next = play
        switch next.session.say(command) {
        case .offer(let offer):
            #expect(offer.forwardPath.wireForm == Array("<x@ours.test>".utf8))
            return answers(to: next)
        case .askForData:
            #expect(next.accepted > 0)
            return dataAnswers(to: next)
        case .resolveNames:
            Issue.record("no rule here asks for a name")
            return []
        case .charge:
            Issue.record("no rule here has a limit")
            return []
        case .endTransaction:
            next.accepted = 0
            return [next]
        case .reply(let reply):
            #expect(reply.code != 354)
            if command.hasPrefix("RCPT TO:<y") { #expect(!reply.isPositive) }
            return [next]
        case .startTLS:
            Issue.record("TLS is not offered here")
            return []
        case .replyAndClose:
            return []
        }
    }

    private static func answers(to play: Play) -> [Play] {
        let answers: [RecipientAnswer] = [
            .accepted(Reply(250, "2.1.5", "Ok")), .refused(Reply(550, "5.1.1", "No")), .unavailable,
        ]
        return answers.map { answer in
            var next = play
            let code = next.session.recipientAnswered(answer).code
            if case .accepted = answer {
                next.accepted += 1
                #expect(code == 250)
            } else {
                #expect(code.map { $0 >= 400 } == true)
            }
            return next
        }
    }

    private static func dataAnswers(to play: Play) -> [Play] {
        var refused = play
        #expect(refused.session.dataAnswered(Reply(451, "4.3.0", "No")).code == 451)
        refused.accepted = 0
        var lost = play
        #expect(lost.session.dataAnswered(nil).code == 451)
        lost.accepted = 0
        var taken = play
        #expect(taken.session.dataAnswered(Reply(code: 354, lines: [[]])).code == 354)
        #expect(taken.session.data("Hello\r\n.\r\n") == .forwardLast(first: [], 10))
        #expect(taken.session.outcome(Reply(250, "2.0.0", "Ok")).code == 250)
        taken.accepted = 0
        return [refused, lost, taken]
    }
}
