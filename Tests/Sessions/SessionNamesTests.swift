import MailProtocols
import MailTypes
import RelayPolicy
import Testing

@testable import Sessions

@Suite("when a session asks the DNS")
struct SessionNamesTests {
    static func session(
        refuse: [Rule] = [], relay: [Rule] = [], connection: [Rule] = [], routes: Policy.Routes = .init(local: "mta", elsewhere: "mta"),
        helo: String? = "c.test"
    ) -> GatewaySession {
        var policy = Site.policy(routes: routes)
        (policy.refuse, policy.relay, policy.connectionRules) = (refuse, policy.relay + relay, connection)
        var session = Site.session(Site.stranger, policy: policy)
        if let helo {
            _ = session.say("EHLO \(helo)")
            _ = session.say("MAIL FROM:<a@b.test>")
        }
        return session
    }

    static func rule(_ verb: Rule.Verb, _ name: String, _ write: (inout Conditions) -> Void) -> Rule {
        var conditions = Conditions()
        write(&conditions)
        return Rule(name: name, at: .init(file: "gatepost.conf", line: 1, column: 1), verb: verb, conditions: conditions)
    }

    static let partner = rule(.permit, "partner") { $0.name = .oneOf(exact: [], below: [Domain("partner.test")!]) }
    static let nameless = rule(.reject, "nameless") { $0.name = .some(.none) }
    static let lying = rule(.reject, "lying") { $0.helo = .unverified }
    static let mx = NameAnswer.clientName(.confirmed(Domain("mx.partner.test")!))

    static func questions(_ action: GatewaySession.Action) -> [NameQuestion]? {
        if case .resolveNames(let questions) = action { questions } else { nil }
    }

    @Test("not for a recipient that no rule with a name can decide")
    func notNeeded() {
        var session = Self.session(relay: [Self.partner])
        guard case .offer = session.say("RCPT TO:<x@ours.test>") else {
            Issue.record("delivery was not offered at once")
            return
        }
        var office = Site.session(Site.office, policy: {
            var policy = Site.policy()
            policy.relay.append(Self.partner)
            return policy
        }())
        _ = office.say("EHLO c.test")
        _ = office.say("MAIL FROM:<a@b.test>")
        guard case .offer = office.say("RCPT TO:<y@victim.test>") else {
            Issue.record("a rule above decides without a name")
            return
        }
    }

    @Test("for relaying that a rule with a name could permit, and then the answer decides")
    func needed() {
        for (answer, code) in [
            (Self.mx, nil), (.clientName(.forged), 550), (.clientName(.absent), 550), (.clientName(.temporary(nil)), 451),
            (.clientName(.temporary(Domain("other.test")!)), 550), (.clientName(.confirmed(Domain("partner.test")!)), 550),
        ] as [(NameAnswer, UInt16?)] {
            var session = Self.session(relay: [Self.partner])
            #expect(Self.questions(session.say("RCPT TO:<y@victim.test>")) == [.clientName(Site.stranger)])
            #expect(session.awaitsNames && !session.wantsLine && !session.isBetweenTransactions)
            let action = session.namesResolved([answer], at: Site.moment)
            #expect(action.code == code)
            if code == nil, case .offer = action {} else { #expect(code != nil) }
        }
    }

    @Test("for a server that is told the client's name, once in a session, and again where it could not be found out")
    func forTelling() {
        var session = Self.session()
        _ = session.say("RCPT TO:<x@ours.test>")
        #expect(session.questionsForTelling() == [.clientName(Site.stranger)])
        session.learned([Self.mx])
        #expect(session.introduction(port: 1, localPort: 25).name == .known(Domain("mx.partner.test")!))
        #expect(session.questionsForTelling() == nil)

        var later = Self.session()
        _ = later.say("RCPT TO:<x@ours.test>")
        _ = later.questionsForTelling()
        later.learned([.clientName(.temporary(nil))])
        #expect(later.introduction(port: 1, localPort: 25).name == .temporarilyUnavailable)
        #expect(later.questionsForTelling() == nil, "not for each recipient")
        _ = later.recipientAnswered(.refused(Reply(450, "4.7.1", "later")))
        _ = later.say("RSET")
        _ = later.say("MAIL FROM:<a@b.test>")
        #expect(later.questionsForTelling() != nil)
    }

    @Test("a name that was asked for a rule is told without asking again")
    func toldAsAskedForRule() {
        var session = Self.session(refuse: [Self.nameless])
        _ = session.say("RCPT TO:<x@ours.test>")
        _ = session.namesResolved([Self.mx], at: Site.moment)
        #expect(session.questionsForTelling() == nil)
        #expect(session.introduction(port: 1, localPort: 25).name == .known(Domain("mx.partner.test")!))
    }

    @Test("once in a session, but for what could not be found out: once in a transaction")
    func once() {
        var session = Self.session(refuse: [Self.nameless])
        #expect(Self.questions(session.say("RCPT TO:<x@ours.test>")) != nil)
        #expect(session.namesResolved([.clientName(.temporary(nil))], at: Site.moment).code == 451)
        #expect(session.say("RCPT TO:<x@ours.test>").code == 451)
        _ = session.say("RSET")
        _ = session.say("MAIL FROM:<a@b.test>")
        #expect(Self.questions(session.say("RCPT TO:<x@ours.test>")) != nil)
        #expect(session.namesResolved([.clientName(.forged)], at: Site.moment).code == 550)
        _ = session.say("RSET")
        _ = session.say("MAIL FROM:<a@b.test>")
        #expect(session.say("RCPT TO:<x@ours.test>").code == 550)
    }

    @Test("for what was said in HELO, anew after each; what is no name needs no question")
    func helo() {
        var session = Self.session(refuse: [Self.lying])
        #expect(Self.questions(session.say("RCPT TO:<x@ours.test>")) == [.helo(Domain("c.test")!, client: Site.stranger)])
        #expect(session.namesResolved([.helo(.unverified)], at: Site.moment).code == 550)
        for (name, code) in [("[198.51.100.7]", nil), ("[198.51.100.8]", 550), ("under_score", 550), ("[IPv6:::1]", 550)] as [(String, UInt16?)] {
            _ = session.say("EHLO \(name)")
            _ = session.say("MAIL FROM:<a@b.test>")
            #expect(session.say("RCPT TO:<x@ours.test>").code == code)
            if code == nil { _ = session.recipientAnswered(.accepted(Reply(250, "2.1.5", "Ok"))) }
        }
        _ = session.say("EHLO d.test")
        _ = session.say("MAIL FROM:<a@b.test>")
        #expect(Self.questions(session.say("RCPT TO:<x@ours.test>")) == [.helo(Domain("d.test")!, client: Site.stranger)])
        if case .offer = session.namesResolved([.helo(.verified)], at: Site.moment) {} else { Issue.record("a verified HELO") }
    }

    @Test("first for `refuse`, then for `relay`; both at once where one rule asks for both")
    func rounds() {
        var session = Self.session(refuse: [Self.lying], relay: [Self.partner])
        #expect(Self.questions(session.say("RCPT TO:<y@victim.test>"))?.count == 1)
        #expect(Self.questions(session.namesResolved([.helo(.verified)], at: Site.moment)) == [.clientName(Site.stranger)])
        if case .offer = session.namesResolved([Self.mx], at: Site.moment) {} else { Issue.record("the partner relays") }
        let both = Self.rule(.permit, "both") {
            $0.name = .oneOf(exact: [], below: [Domain("partner.test")!])
            $0.helo = .verified
        }
        var other = Self.session(relay: [both])
        #expect(Self.questions(other.say("RCPT TO:<y@victim.test>"))?.count == 2)
        #expect(other.namesResolved([Self.mx, .helo(.unverified)], at: Site.moment).code == 550)
    }

    @Test("where the route depends on who the client is, and not where all go to one server")
    func routes() {
        var session = Self.session(relay: [Self.partner], routes: .init(local: "mta", elsewhere: "out"))
        #expect(Self.questions(session.say("RCPT TO:<x@ours.test>")) == [.clientName(Site.stranger)])
        guard case .offer(let offer) = session.namesResolved([Self.mx], at: Site.moment) else {
            Issue.record("delivery was not offered")
            return
        }
        #expect(offer.upstream == "out", "a relay client's transaction goes whole to one route")
        session = Self.session(relay: [Self.partner], routes: .init(local: "mta", elsewhere: "out"))
        _ = session.say("RCPT TO:<x@ours.test>")
        guard case .offer(let offer) = session.namesResolved([.clientName(.temporary(nil))], at: Site.moment) else {
            Issue.record("delivery goes on without the DNS")
            return
        }
        #expect(offer.upstream == "mta")
    }

    @Test("before the greeting for `reject connection`, and for nothing else")
    func connection() {
        var session = Self.session(connection: [Self.nameless], helo: nil)
        #expect(session.questionsForConnection() == [.clientName(Site.stranger)])
        session.learned([.clientName(.forged)])
        #expect(session.terms.policy.policy.connectionRefusal(session.facts)?.reply.code == 554)
        var other = Self.session(refuse: [Self.nameless], helo: nil)
        #expect(other.questionsForConnection() == nil)
        // Known by now: not asked again.
        _ = session.say("EHLO c.test")
        _ = session.say("MAIL FROM:<a@b.test>")
        if case .offer = session.say("RCPT TO:<x@ours.test>") {} else { Issue.record("nothing more is to be asked") }
    }

    @Test("the name that is known stands in the Received line")
    func received() {
        var session = Self.session(relay: [Self.partner])
        _ = session.say("RCPT TO:<y@victim.test>")
        _ = session.namesResolved([Self.mx], at: Site.moment)
        let line = String(decoding: session.receivedLine(at: Site.moment), as: UTF8.self)
        #expect(line.hasPrefix("Received: from c.test (mx.partner.test [198.51.100.7])\r\n"))
    }

    @Test("a deadline ends the session while it waits")
    func ended() {
        var session = Self.session(relay: [Self.partner])
        _ = session.say("RCPT TO:<y@victim.test>")
        _ = session.end(Reply(421, "4.4.2", "Timeout"))
        #expect(session.isClosed && !session.awaitsNames)
    }
}
