import MailTypes
import RelayPolicy
import Testing

@Suite("Meaning 11, 13, 15 and 16: clients, observe, ownership, demands")
struct MeaningOfPartiesTests {
    @Test(
        "11: a relay client is whoever a live and certain permit fits, but for sender and recipient",
        arguments: [
            (request(from: "192.0.2.1"), true), (request(from: "192.0.2.1", sender: "<>", to: "a@ours.example"), true),
            (request(from: "192.0.2.2"), false), (request(from: "192.0.2.3"), false),
            (request(from: "192.0.2.4"), false),
            (request(from: "192.0.2.4", login: "anna"), true), (request(from: "192.0.2.5"), true),
            (request(from: "192.0.2.5", at: "2026-12-01"), false),
            (request(from: "192.0.2.5") { $0.clockIsBehind = true }, false),
            (request(from: "192.0.2.6") { $0.clientName = .temporary(nil) }, false),
            (request(from: "192.0.2.6") { $0.clientName = .confirmed(domain("a.example")) }, true),
            (request(from: "192.0.2.4") { $0.login = .unknown }, false),
            (request(from: "192.0.2.1") { $0.listener = "observed" }, false),
        ])
    func relayClient(request: RelayRequest, expected: Bool) {
        var policy = Policy(relay: [
            rule(.reject, "stopped by sender") { $0.sender = patterns("x@evil.example") },
            rule(.permit, "by sender") {
                $0.from = addresses("192.0.2.1")
                $0.sender = patterns("anna@ours.example")
                $0.to = patterns("friend.example")
            },
            rule(.reject, "2") { $0.from = addresses("192.0.2.2") },
            rule(.permit, "3", observes: true) { $0.from = addresses("192.0.2.3") },
            rule(.permit, "4") {
                $0.from = addresses("192.0.2.4")
                $0.login = .init(names: nil)
                $0.senderOwnedByLogin = true
            },
            rule(.permit, "5", until: "2026-11-30") { $0.from = addresses("192.0.2.5") },
            rule(.permit, "6") {
                $0.from = addresses("192.0.2.6")
                $0.name = .oneOf(exact: [domain("a.example")], below: [])
            },
        ])
        policy.listeners = [Policy.Listener(name: "observed", observes: true)]
        #expect(policy.isRelayClientPlainly(request) == expected)
        #expect(CompiledPolicy(policy).isRelayClient(request) == expected)
    }

    @Test("13: a rule that observes is skipped, and what it would have done is said")
    func observingRule() {
        let policy = Policy(
            refuse: [rule(.reject, "new", observes: true) { $0.sender = patterns("x@evil.example") }],
            relay: [rule(.permit, "trial", observes: true) { $0.login = .init(names: nil) }, rule(.reject, "rest")])
        let delivered = policy.decide(request(to: "a@ours.example"))
        #expect(delivered.gist == "permit delivery")
        #expect(delivered.observed)
        #expect(delivered.wouldHaveBeen?.reason == .denyRule)
        #expect(delivered.wouldHaveBeen?.rule?.name == "new")

        let relayedToo = policy.decide(request())
        #expect(relayedToo.gist == "reject deny-rule \"rest\"")
        #expect(relayedToo.wouldHaveBeen?.rule?.name == "new", "what refuse observed counts in relay too")

        let relayed = policy.decide(request(sender: "y@good.example", login: "anna"))
        #expect(relayed.gist == "reject deny-rule \"rest\"")
        #expect(relayed.wouldHaveBeen?.rule?.name == "trial")
        #expect(policy.decide(request(sender: "y@good.example") { $0.login = .unknown }).observed, "it may have fitted")
        let untouched = policy.decide(request(sender: "y@good.example"))
        #expect(!untouched.observed && untouched.wouldHaveBeen == nil)
    }

    @Test("13: below the rule that decides, nothing is observed")
    func observingRuleBelow() {
        let policy = Policy(relay: [rule(.permit, "all"), rule(.reject, "new", observes: true)])
        #expect(!policy.decide(request()).observed)
    }

    @Test("13: where the listener or node observes all pass, to the local route only", arguments: [true, false])
    func observingEverything(node: Bool) {
        var policy = Policy(
            refuse: [rule(.reject, "bad") { $0.sender = patterns("bad@evil.example") }], relay: [rule(.permit, "all")])
        policy.local = LocalDomains([local("ours.example", via: "branch", recipients: [])])
        policy.observes = node
        policy.listeners = [
            Policy.Listener(name: "watched", requiresLogin: true, requiresTLS: true, observes: !node)
        ]
        let cases = [
            ("bad@evil.example", "a@ours.example", Reason.tlsRequired),
            ("x@y.example", "u%v@ours.example", .tlsRequired),
            ("x@y.example", "y@victim.example", .tlsRequired),
        ]
        for (sender, to, reason) in cases {
            let request = request(sender: sender, to: to) { $0.listener = "watched" }
            let decision = policy.decide(request)
            #expect(decision.gist == "permit observed")
            #expect(decision.destination == .delivery(via: nil))
            #expect(decision.forwardPath == request.forwardPath.path)
            #expect(decision.observed && decision.wouldHaveBeen?.reason == reason)
            #expect(decision.chargedRules.isEmpty)
            #expect(policy.demands(of: request) == nil)
        }
    }

    static let ownership = [
        "anna": patternSet("anna@ours.example *@anna.example"), "bert": patternSet("bert@ours.example"),
    ]

    /// Lines of the rule, AUTH login, POP login (`-` none, `?` unknown, `true` without a name), sender, expected.
    static let owners: [(lines: String, login: String, pop: String, sender: String, gist: String)] = [
        ("login", "anna", "-", "ANNA@ours.example", "permit"), ("login", "Anna", "-", "x@anna.example", "permit"),
        ("login", "anna", "-", "bert@ours.example", "reject sender-not-owned"), ("login", "anna", "-", "<>", "permit"),
        ("login", "-", "anna", "anna@ours.example", "reject no-rule"), ("login", "zoe", "-", "<>", "permit"),
        ("login", "zoe", "-", "anna@ours.example", "reject sender-not-owned"),
        ("login", "?", "-", "anna@ours.example", "defer undecided"), ("login", "?", "-", "<>", "defer undecided"),
        ("login", "bert", "anna", "anna@ours.example", "reject sender-not-owned"),
        ("pop", "-", "anna", "anna@ours.example", "permit"), ("pop", "bert", "anna", "anna@ours.example", "permit"),
        ("pop", "anna", "bert", "anna@ours.example", "reject sender-not-owned"), ("pop", "-", "true", "<>", "permit"),
        ("pop", "-", "true", "anna@ours.example", "reject sender-not-owned"), ("pop", "-", "-", "<>", "reject no-rule"),
        ("pop", "-", "?", "anna@ours.example", "defer undecided"),
        ("login pop", "anna", "bert", "anna@ours.example", "permit"),
        ("login pop", "anna", "bert", "bert@ours.example", "permit"),
        ("login pop", "anna", "bert", "carl@ours.example", "reject sender-not-owned"),
        ("login pop", "anna", "-", "anna@ours.example", "reject no-rule"),
        ("login pop", "anna", "?", "anna@ours.example", "defer undecided"),
        ("login pop", "-", "?", "anna@ours.example", "reject no-rule"),
        ("", "anna", "-", "anna@ours.example", "permit"), ("", "anna", "-", "<>", "permit"),
        ("", "-", "-", "<>", "reject sender-not-owned"),
        ("", "-", "anna", "anna@ours.example", "reject sender-not-owned"),
        ("", "?", "-", "anna@ours.example", "defer undecided"),
    ]

    @Test("15: which login owns a sender", arguments: owners)
    func ownership(_ test: (lines: String, login: String, pop: String, sender: String, gist: String)) {
        var policy = Policy(relay: [
            rule(.permit, "it") {
                if test.lines.contains("login") { $0.login = .init(names: nil) }
                $0.needsPOPLogin = test.lines.contains("pop")
                $0.senderOwnedByLogin = true
            }
        ])
        policy.ownership = Self.ownership
        let decision = policy.decide(
            request(sender: test.sender) {
                switch test.login {
                case "-": $0.login = .absent
                case "?": $0.login = .unknown
                default: $0.login = .known(.init(name: test.login))
                }
                switch test.pop {
                case "-": $0.popLogin = .absent
                case "?": $0.popLogin = .unknown
                default: $0.popLogin = .known(.init(name: test.pop == "true" ? nil : test.pop))
                }
            })
        #expect(decision.gist == (test.gist == "permit" ? "permit relay-rule \"it\"" : test.gist))
        if decision.verdict == .reject { #expect(decision.reply.description == "550 5.7.1 Relaying denied") }
    }

    @Test("15: the reason names the sender only when nothing else stopped the permit")
    func senderNotOwned() {
        let rules = [
            rule(.permit, "it") {
                $0.login = .init(names: nil)
                $0.to = patterns("friend.example")
                $0.senderOwnedByLogin = true
            }
        ]
        #expect(
            Policy(relay: rules).decide(request(to: "a@friend.example", login: "anna")).gist
                == "reject sender-not-owned")
        #expect(Policy(relay: rules).decide(request(login: "anna")).gist == "reject no-rule")
        #expect(
            Policy(relay: rules + [rule(.reject, "rest")]).decide(request(to: "a@friend.example", login: "anna")).gist
                == "reject deny-rule \"rest\"")
        #expect(
            Policy(relay: rules + [rule(.permit, "all")]).decide(request(to: "a@friend.example", login: "anna")).gist
                == "permit relay-rule \"all\"")
    }

    @Test(
        "16: a listener's demands come first, TLS before login",
        arguments: [
            ("both", nil, RelayRequest.Fact<RelayRequest.Login>.absent, "reject tls-required"),
            ("both", "TLSv1.3", .absent, "reject login-required"),
            ("both", nil, .known(.init(name: "anna")), "reject tls-required"),
            ("both", "TLSv1.3", .known(.init(name: "anna")), "permit relay-rule \"all\""),
            ("both", "TLSv1.3", .unknown, "defer undecided"), ("tls", nil, .absent, "reject tls-required"),
            ("tls", "TLSv1.3", .absent, "permit relay-rule \"all\""),
            ("plain", nil, .absent, "permit relay-rule \"all\""),
            ("unheard-of", nil, .absent, "permit relay-rule \"all\""), (nil, nil, .absent, "permit relay-rule \"all\""),
        ] as [(String?, String?, RelayRequest.Fact<RelayRequest.Login>, String)])
    func demands(listener: String?, tls: String?, login: RelayRequest.Fact<RelayRequest.Login>, gist: String) {
        var policy = Policy(relay: [rule(.permit, "all")])
        policy.listeners = [
            Policy.Listener(name: "plain"), Policy.Listener(name: "tls", requiresTLS: true),
            Policy.Listener(name: "both", requiresLogin: true, requiresTLS: true),
        ]
        let request = request { ($0.listener, $0.tlsVersion, $0.login) = (listener, tls, login) }
        let decision = policy.decide(request)
        #expect(decision.gist == gist)
        #expect(policy.demands(of: request) == (decision.verdict == .permit ? nil : decision))
        if decision.verdict == .reject { #expect(decision.reply.description.hasPrefix("530 5.7.0 ")) }
    }

    @Test("which facts are worth asking for")
    func neededFacts() {
        let named = rule(.permit, "n") { $0.name = .some(.none) }
        let verified = rule(.reject, "h") { $0.helo = .verified }
        #expect(!CompiledPolicy(Policy(relay: [rule(.permit, "all")])).needsClientName)
        #expect(CompiledPolicy(Policy(relay: [named])).needsClientName)
        #expect(!CompiledPolicy(Policy(relay: [named])).needsHeloStatus)
        #expect(CompiledPolicy(Policy(refuse: [verified])).needsHeloStatus)
        var policy = Policy()
        policy.connectionRules = [named]
        #expect(CompiledPolicy(policy).needsClientName)
    }
}
