import MailTypes
import RelayPolicy
import Testing

@Suite("Meaning 13: what observe keeps from counting is said all the same")
struct ObservingTests {
    private static func refusingConnections(observes: Bool = false, ruleObserves: Bool = false) -> Policy {
        var policy = Policy(relay: [rule(.permit, "all") { $0.from = addresses("198.51.100.0/24") }])
        policy.connectionRules = [
            rule(.reject, "bad net", observes: ruleObserves) { $0.from = addresses("198.51.100.7") },
            rule(.reject, "worse net") { $0.from = addresses("198.51.100.66") },
        ]
        policy.observes = observes
        return policy
    }

    @Test("where everything passes, each recipient says that its connection would have been refused")
    func connectionOnObservingNode() {
        let policy = Self.refusingConnections(observes: true)
        let decision = policy.decide(request())
        #expect(decision.gist == "permit observed")
        #expect(decision.wouldHaveBeen?.rule?.name == "bad net" && decision.wouldHaveBeen?.reason == .denyRule)
        #expect(policy.decide(request(from: "198.51.100.8")).wouldHaveBeen?.rule?.name == "all")
        #expect(policy.decide(request(from: "192.0.2.1")).wouldHaveBeen?.reason == .noRule)
    }

    @Test("so it does where only the rule of the connection observes, and else everything is as it was")
    func observingConnectionRule() {
        let policy = Self.refusingConnections(ruleObserves: true)
        #expect(policy.connectionRefusal(request()) == nil)
        let decision = policy.decide(request())
        #expect(decision.gist == "permit relay-rule \"all\"")
        #expect(decision.observed && decision.wouldHaveBeen?.rule?.name == "bad net")
        let other = policy.decide(request(from: "198.51.100.8"))
        #expect(!other.observed && other.wouldHaveBeen == nil)
        #expect(policy.connectionRefusal(request(from: "198.51.100.66"))?.gist == "reject deny-rule \"worse net\"")
        #expect(!policy.decide(request(from: "198.51.100.66")).observed, "it is refused without observing too")
    }

    @Test("a connection that is refused below a rule that observes says what that one would have said")
    func refusedConnectionBelowAnObserver() {
        var policy = Policy()
        policy.connectionRules = [
            rule(.reject, "new", observes: true) { $0.from = addresses("198.51.100.0/24") },
            rule(.reject, "old") { $0.from = addresses("198.51.100.7") },
        ]
        let refusal = policy.connectionRefusal(request())
        #expect(refusal?.rule?.name == "old")
        #expect(refusal?.observed == true && refusal?.wouldHaveBeen?.rule?.name == "new")
    }

    @Test("the name that such a rule asks for is asked of the DNS, at the recipient and not at the greeting")
    func names() {
        var policy = Policy()
        policy.connectionRules = [rule(.reject, "nameless") { $0.name = .some(.none) }]
        policy.observes = true
        #expect(policy.neededForConnection(of: .clientName, for: request()) == [])
        #expect(CompiledPolicy(policy).needed(of: .clientName, for: request()) == .clientName)
        #expect(policy.neededPlainly(of: .clientName, for: request()) == .clientName)
        #expect(policy.decide(request { $0.clientName = .forged }).wouldHaveBeen?.rule?.name == "nameless")
        policy.observes = false
        #expect(CompiledPolicy(policy).needed(of: .clientName, for: request()) == [], "it was settled at the greeting")
    }

    @Test("without observation the rules count as they stand, and those that observe go on observing")
    func withoutObservation() {
        var policy = Policy(
            refuse: [rule(.reject, "trial", observes: true) { $0.sender = patterns("x@evil.example") }],
            relay: [rule(.permit, "office") { $0.from = addresses("192.0.2.0/24") }])
        policy.listeners = [
            Policy.Listener(name: "watched", requiresTLS: true, observes: true), Policy.Listener(name: "other"),
        ]
        for observes in [true, false] {
            policy.observes = observes
            let rules = policy.withoutObservation
            for listener in ["watched", "other"] {
                #expect(policy.observes(listener: listener) == (observes || listener == "watched"))
                #expect(!rules.observes(listener: listener))
                let decision = rules.decide(request { ($0.listener, $0.tlsVersion) = (listener, "TLSv1.3") })
                #expect(decision.gist == "reject no-rule" && decision.wouldHaveBeen?.rule?.name == "trial")
            }
            #expect(rules.demands(of: request { $0.listener = "watched" })?.reason == .tlsRequired)
        }
    }

    @Test("who passes for observe alone is shown the rules that came closest")
    func closest() {
        var policy = Policy(relay: [rule(.permit, "office") { $0.from = addresses("192.0.2.0/24") }])
        policy.observes = true
        #expect(policy.explain(request()).closest.map(\.rule.name) == ["office"])
        #expect(policy.explain(request(from: "192.0.2.1")).closest.isEmpty, "it would pass all the same")
    }
}
