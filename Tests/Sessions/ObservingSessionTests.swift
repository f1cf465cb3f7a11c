import MailProtocols
import MailTypes
import RelayPolicy
import Testing

@testable import Sessions

/// `observe` on a listener or the node (Meaning 13), as a session carries it out.
@Suite("a session that observes")
struct ObservingSessionTests {
    private static func policy(byNode: Bool) -> Policy {
        var policy = Site.policy()
        policy.refuse = [SessionNamesTests.rule(.reject, "bad") { $0.from = policy.relay[0].conditions.from }]
        policy.observes = byNode
        policy.listeners = [Policy.Listener(name: "watched", requiresTLS: true, observes: !byNode)]
        return policy
    }

    private static func session(
        _ client: IPAddress, byNode: Bool = false, told: Set<String> = ["mta"], policy: Policy? = nil
    ) -> GatewaySession {
        let terms = GatewayTerms(
            policy: CompiledPolicy(policy ?? self.policy(byNode: byNode)), hostname: "gate.test", toldUpstreams: told)
        var request = RelayRequest(client: client, forwardPath: WrittenPath(.postmaster), now: Site.now)
        request.listener = "watched"
        var session = GatewaySession(terms: terms, request: request, announced: .everything)
        _ = session.say("EHLO c.test")
        _ = session.say("MAIL FROM:<a@b.test>")
        return session
    }

    private static func offer(_ action: GatewaySession.Action) -> RecipientOffer? {
        if case .offer(let offer) = action { offer } else { nil }
    }

    private static func decisions(of session: inout GatewaySession) -> [RecipientRecord] {
        session.takeEvents().compactMap { if case .decided(let record) = $0 { record } else { nil } }
    }

    @Test(
        "every recipient goes to the local route, told, as it was written",
        arguments: [
            "x@ours.test", "x@branch.test", "y@victim.test", "y%victim.test@ours.test", "victim.test!y@ours.test",
            "@ours.test,@a.test:y@victim.test", "y@victim.test@ours.test", "\"y@victim.test\"@ours.test", ".y@ours.test",
            "IMCEASMTP-y+40victim+2Etest@ours.test", "|cat@ours.test", "y@[192.0.2.1]", "SRS0=a=b=c=d@ours.test", "postmaster",
        ], [true, false])
    func everythingPasses(path: String, byNode: Bool) {
        for client in [Site.stranger, Site.office] {
            var session = Self.session(client, byNode: byNode)
            let offer = Self.offer(session.say("RCPT TO:<\(path)>"))
            #expect(offer?.upstream == "mta" && offer?.tellsClient == true, "\(path)")
            guard let offer else { return }
            let sent = offer.asWritten?.spelling ?? Array(offer.forwardPath.wireForm.dropFirst().dropLast())
            #expect(String(decoding: sent, as: UTF8.self) == path)
        }
    }

    @Test("what is no path is refused all the same: no server is sent what may end a command")
    func syntax() {
        var session = Self.session(Site.stranger)
        for path in ["<x@ours.test", "<x y@ours.test>", "<x@ours.test.>", "<\u{1}@ours.test>", "x@ours.test", "<>"] {
            #expect(session.say("RCPT TO:\(path)").code == 501, "\(path)")
        }
    }

    @Test("one message may go to our domain and elsewhere, and each decision says what it would have been")
    func oneMessage() {
        var session = Self.session(Site.stranger)
        for path in ["x@ours.test", "y@victim.test", "x@branch.test"] {
            #expect(Self.offer(session.say("RCPT TO:<\(path)>")) != nil, "\(path)")
            #expect(session.recipientAnswered(.accepted(Reply(250, "2.1.5", "Ok"))).code == 250)
        }
        let decided = Self.decisions(of: &session).map(\.decision)
        #expect(decided.map(\.reason) == [.observed, .observed, .observed])
        #expect(decided.map { $0.wouldHaveBeen?.reason } == [.tlsRequired, .tlsRequired, .tlsRequired])
        #expect(session.say("DATA").code == nil)
    }

    @Test("the server's own refusal is the client's reply, and stands beside what it would have been")
    func refusedBehind() {
        var session = Self.session(Site.stranger)
        _ = session.say("RCPT TO:<y@victim.test>")
        #expect(session.recipientAnswered(.refused(Reply(554, "5.7.1", "Relay access denied"))).code == 554)
        let record = Self.decisions(of: &session).first
        #expect(record?.decision.verdict == .permit && record?.decision.reason == .observed)
        #expect(record?.outcome?.code == 554)
    }

    @Test("a server that is not told gets nothing, of anybody", arguments: [[], ["out"]] as [Set<String>])
    func notTold(told: Set<String>) {
        for client in [Site.stranger, Site.office] {
            var session = Self.session(client, told: told)
            for path in ["x@ours.test", "y@victim.test"] { #expect(session.say("RCPT TO:<\(path)>").code == 451) }
        }
    }

    @Test("neither a ban nor the suspicion that an address is shared refuses anything there")
    func bans() {
        for client in [Site.stranger, Site.office] {
            var session = Self.session(client)
            let moment = Moment(now: Site.now, clientIsBanned: true, addressIsShared: true) { "ID" }
            let action = session.received(Array("RCPT TO:<y@victim.test>".utf8), isLast: true, at: moment)
            #expect(Self.offer(action)?.upstream == "mta")
        }
    }

    @Test("no limit of a rule is charged")
    func limits() {
        var policy = Site.twoLimitedRules
        policy.observes = true
        var session = Self.session(Site.office, policy: policy)
        for _ in 1...3 {
            #expect(Self.offer(session.say("RCPT TO:<a@one.test>"))?.upstream == "mta")
            _ = session.recipientAnswered(.accepted(Reply(250, "2.1.5", "Ok")))
        }
    }

    @Test("nothing goes to another route in any session of up to four commands, whatever the server says")
    func neverElsewhere() {
        let commands = [
            "EHLO c.test", "MAIL FROM:<a@b.test>", "RCPT TO:<x@branch.test>", "RCPT TO:<y@victim.test>",
            "RCPT TO:<y%victim.test@ours.test>", "DATA", "RSET",
        ]
        let answers: [RecipientAnswer] = [
            .accepted(Reply(250, "2.1.5", "Ok")), .refused(Reply(550, "5.1.1", "No")), .unavailable,
        ]
        var plays = [Site.stranger, Site.office].map { Self.session($0) }
        var offered = 0
        for _ in 1...4 {
            plays = plays.flatMap { play in
                commands.flatMap { command -> [GatewaySession] in
                    var next = play
                    guard next.wantsLine else { return [] }
                    guard let offer = Self.offer(next.say(command)) else { return [next] }
                    offered += 1
                    #expect(offer.upstream == "mta" && offer.tellsClient)
                    return answers.map { answer in
                        var answered = next
                        _ = answered.recipientAnswered(answer)
                        return answered
                    }
                }
            }
        }
        #expect(offered > 1000)
    }

    @Test("RCPT is written as the client wrote it")
    func written() throws {
        let path = try WrittenPath(parsing: Array("<@a.test:u@v.test@ours.test>".utf8))
        var server = UpstreamSession(hostname: "gate.test")
        _ = server.received(Reply(220, "2.0.0", "hello"))
        _ = server.received(Reply(code: 250, lines: [Array("hello".utf8), Array("PIPELINING".utf8)]))
        let offer = RecipientOffer(
            upstream: "mta", reversePath: .null, mailParameters: MailParameters(), forwardPath: path.path, asWritten: path,
            parameters: RecipientParameters())
        #expect(server.offer(offer) == [.send(Array("MAIL FROM:<>\r\nRCPT TO:<@a.test:u@v.test@ours.test>\r\n".utf8))])
    }
}
