import MailTypes
import RelayPolicy
import Testing

/// The numbered paragraphs under "Meaning" on the language page, 1 to 4.
@Suite("Meaning 1 to 4: lists and conditions")
struct MeaningOfListsTests {
    static let office = addresses("192.0.2.0/24")

    @Test(
        "1: what is local is delivery and never meets relay",
        arguments: [
            ("a@ours.example", "permit delivery"), ("a@OURS.example", "permit delivery"),
            ("a@sub.ours.example", "reject deny-rule \"everything\""), ("a@deep.below.wild.example", "permit delivery"),
            ("a@wild.example", "reject deny-rule \"everything\""),
            ("a@notours.example", "reject deny-rule \"everything\""),
            ("a@[192.0.2.1]", "permit delivery"), ("a@[192.0.2.2]", "reject address-trick"),
            ("a@victim.example", "reject deny-rule \"everything\""), ("<postmaster>", "permit delivery"),
        ])
    func delivery(to: String, gist: String) {
        let policy = Policy(
            local: "ours.example *.wild.example [192.0.2.1]", relay: [rule(.reject, "everything")])
        #expect(policy.decide(request(to: to)).gist == gist)
    }

    @Test("1: an exact name wins over a wildcard, a longer wildcard over a shorter one")
    func nearestEntry() {
        var policy = Policy()
        policy.local = LocalDomains([
            local("*.example", via: "short"), local("*.b.example", via: "long"), local("a.b.example", via: "exact"),
        ])
        let upstreams = ["a.example", "x.a.b.example", "c.b.example", "a.b.example", "b.example"].map {
            policy.decide(request(to: "u@\($0)")).destination
        }
        #expect(
            upstreams
                == ["short", "long", "long", "exact", "short"].map { Decision.Destination.delivery(via: $0) })
    }

    @Test(
        "1: where auth is required nothing is delivery, the postmaster included",
        arguments: [
            ("a@ours.example", "x@evil.example", "reject no-rule"),
            ("postmaster@ours.example", "x@evil.example", "reject no-rule"),
            ("<postmaster>", "x@evil.example", "reject no-rule"),
            ("a@ours.example", "anna@ours.example", "permit relay-rule \"staff\""),
            ("<postmaster>", "anna@ours.example", "permit relay-rule \"staff\""),
        ])
    func authRequired(to: String, sender: String, gist: String) {
        var policy = Policy(relay: [rule(.permit, "staff") { $0.sender = patterns("anna@ours.example") }])
        policy.listeners = [Policy.Listener(name: "submission", requiresLogin: true)]
        let decision = policy.decide(request(sender: sender, to: to, login: "anna") { $0.listener = "submission" })
        #expect(decision.gist == gist)
        if decision.verdict == .permit { #expect(decision.destination == .delivery(via: nil)) }
    }

    @Test("2: the first rule that fits decides, and nothing is permitted by default")
    func firstMatch() {
        let policy = Policy(relay: [
            rule(.reject, "kiosk") { $0.from = addresses("192.0.2.66") },
            rule(.permit, "office") { $0.from = Self.office },
            rule(.defer, "lab") { $0.from = addresses("198.51.100.0/24") },
            rule(.permit, "lab too") { $0.from = addresses("198.51.100.0/24") },
        ])
        #expect(policy.decide(request(from: "192.0.2.66")).gist == "reject deny-rule \"kiosk\"")
        #expect(policy.decide(request(from: "192.0.2.67")).gist == "permit relay-rule \"office\"")
        #expect(policy.decide(request(from: "198.51.100.1")).gist == "defer deny-rule \"lab\"")
        let stranger = policy.decide(request(from: "203.0.113.1"))
        #expect(stranger.gist == "reject no-rule")
        #expect(stranger.reply == Reply(550, "5.7.1", "Relaying denied"))
    }

    @Test(
        "2: an empty relay list and a missing one permit nobody",
        arguments: ["192.0.2.1", "127.0.0.1", "::1", "10.0.0.1"])
    func emptyList(client: String) {
        #expect(Policy().decide(request(from: client)).gist == "reject no-rule")
        #expect(Policy().decide(request(from: client, to: "a@ours.example")).gist == "reject no-rule")
    }

    /// One condition, a request that meets it and one that does not.
    struct ConditionCase: CustomTestStringConvertible, Sendable {
        let name: String
        let write: @Sendable (inout Conditions) -> Void
        let meets: @Sendable (inout RelayRequest) -> Void
        var misses: @Sendable (inout RelayRequest) -> Void = { _ in }
        var testDescription: String { name }
    }

    static let conditions: [ConditionCase] = [
        .init(name: "from", write: { $0.from = office }, meets: { $0.client = IPAddress("192.0.2.255")! }),
        .init(
            name: "from, the other family", write: { $0.from = addresses("::/0") },
            meets: { $0.client = IPAddress("2001:db8::1")! }),
        .init(
            name: "from 0.0.0.0/0", write: { $0.from = addresses("0.0.0.0/0") }, meets: { _ in },
            misses: { $0.client = IPAddress("::ffff:0:1")! }),
        .init(
            name: "name", write: { $0.name = .oneOf(exact: [domain("mx.a.example")], below: []) },
            meets: { $0.clientName = .confirmed(domain("MX.a.example")) },
            misses: { $0.clientName = .confirmed(domain("x.mx.a.example")) }),
        .init(
            name: "name *.", write: { $0.name = .oneOf(exact: [], below: [domain("a.example")]) },
            meets: { $0.clientName = .confirmed(domain("x.y.a.example")) },
            misses: { $0.clientName = .confirmed(domain("a.example")) }),
        .init(
            name: "name *., not by characters", write: { $0.name = .oneOf(exact: [], below: [domain("a.example")]) },
            meets: { $0.clientName = .confirmed(domain("x.a.example")) },
            misses: { $0.clientName = .confirmed(domain("nota.example")) }),
        .init(
            name: "name, absent", write: { $0.name = .oneOf(exact: [domain("a.example")], below: []) },
            meets: { $0.clientName = .confirmed(domain("a.example")) }, misses: { $0.clientName = .forged }),
        .init(
            name: "name none", write: { $0.name = .some(.none) }, meets: { $0.clientName = .forged },
            misses: { $0.clientName = .confirmed(domain("a.example")) }),
        .init(
            name: "name none, absent", write: { $0.name = .some(.none) }, meets: { $0.clientName = .absent },
            misses: { $0.clientName = .confirmed(domain("a.example")) }),
        .init(
            name: "local-address", write: { $0.localAddress = office },
            meets: { $0.localAddress = IPAddress("192.0.2.25")! },
            misses: { $0.localAddress = IPAddress("198.51.100.25")! }),
        .init(
            name: "local-address, not given", write: { $0.localAddress = addresses("0.0.0.0/0 ::/0") },
            meets: { $0.localAddress = IPAddress("::1")! }),
        .init(
            name: "listener", write: { $0.listeners = ["inside", "lab"] }, meets: { $0.listener = "lab" },
            misses: { $0.listener = "Lab" }),
        .init(name: "listener, none named", write: { $0.listeners = ["lab"] }, meets: { $0.listener = "lab" }),
        .init(
            name: "helo", write: { $0.helo = .oneOf(exact: [domain("a.example")], below: [domain("b.example")]) },
            meets: { $0.helo = Array("X.B.example".utf8) }, misses: { $0.helo = Array("b.example".utf8) }),
        .init(
            name: "helo, no domain", write: { $0.helo = .oneOf(exact: [domain("a.example")], below: []) },
            meets: { $0.helo = Array("A.EXAMPLE".utf8) }, misses: { $0.helo = Array("a.example\0".utf8) }),
        .init(
            name: "helo verified", write: { $0.helo = .verified }, meets: { $0.heloStatus = .verified },
            misses: { $0.heloStatus = .unverified }),
        .init(name: "helo verified, not asked", write: { $0.helo = .verified }, meets: { $0.heloStatus = .verified }),
        .init(
            name: "helo unverified", write: { $0.helo = .unverified }, meets: { $0.heloStatus = .unverified },
            misses: { $0.heloStatus = .verified }),
        .init(
            name: "helo unverified, not asked", write: { $0.helo = .unverified }, meets: { $0.heloStatus = .unverified }
        ),
        .init(
            name: "login any", write: { $0.login = .init(names: nil) },
            meets: { $0.login = .known(.init(name: "zoe")) }),
        .init(
            name: "login any, POP is another thing", write: { $0.login = .init(names: nil) },
            meets: { $0.login = .known(.init(name: "zoe")) }, misses: { $0.popLogin = .known(.init(name: "zoe")) }),
        .init(
            name: "login NAME", write: { $0.login = .init(names: ["anna", "Bert"]) },
            meets: { $0.login = .known(.init(name: "bERT")) }, misses: { $0.login = .known(.init(name: "berta")) }),
        .init(
            name: "login, only ASCII folds", write: { $0.login = .init(names: ["karl"]) },
            meets: { $0.login = .known(.init(name: "KARL")) },
            misses: { $0.login = .known(.init(name: "\u{212A}arl")) }),
        .init(
            name: "login, bytes and not characters", write: { $0.login = .init(names: ["ren\u{e9}"]) },
            meets: { $0.login = .known(.init(name: "REN\u{e9}")) },
            misses: { $0.login = .known(.init(name: "rene\u{301}")) }),
        .init(
            name: "mechanism", write: { $0.login = .init(names: nil, mechanisms: ["PLAIN", "SCRAM-SHA-256"]) },
            meets: { $0.login = .known(.init(name: "anna", mechanism: "SCRAM-SHA-256")) },
            misses: { $0.login = .known(.init(name: "anna", mechanism: "CRAM-MD5")) }),
        .init(
            name: "mechanism, not said", write: { $0.login = .init(names: nil, mechanisms: ["PLAIN"]) },
            meets: { $0.login = .known(.init(name: "anna", mechanism: "PLAIN")) },
            misses: { $0.login = .known(.init(name: "anna")) }),
        .init(name: "tls any", write: { $0.tls = .any }, meets: { $0.tlsVersion = "TLSv1.3" }),
        .init(
            name: "tls client-certificate", write: { $0.tls = .certificate(["app-ca.pem", "fingerprint:ab"]) },
            meets: { $0.certificates = ["other.pem", "fingerprint:ab"] },
            misses: {
                $0.certificates = ["other.pem"]
                $0.tlsVersion = "TLSv1.3"
            }),
        .init(
            name: "pop", write: { $0.needsPOPLogin = true }, meets: { $0.popLogin = .known(.init(name: nil)) },
            misses: { $0.login = .known(.init(name: "anna")) }),
        .init(
            name: "sender", write: { $0.sender = patterns("anna@ours.example <>") },
            meets: { $0.reversePath = ReversePath(from: "ANNA@ours.example") }),
        .init(
            name: "sender <>", write: { $0.sender = patterns("*@evil.example") }, meets: { _ in },
            misses: { $0.reversePath = .null }),
        .init(
            name: "sender *@*.", write: { $0.sender = patterns("*.evil.example") },
            meets: { $0.reversePath = ReversePath(from: "a@b.evil.example") }),
        .init(
            name: "sender user@*", write: { $0.sender = patterns("root@*") },
            meets: { $0.reversePath = ReversePath(from: "Root@b.example") }),
        .init(
            name: "sender ends-with:", write: { $0.sender = patterns("ends-with:L.example") },
            meets: { _ in }, misses: { $0.reversePath = ReversePath(from: "x@evi.example") }),
        .init(
            name: "to", write: { $0.to = patterns("victim.example") }, meets: { _ in },
            misses: { $0.forwardPath = WrittenPath(to: "y@sub.victim.example") }),
        .init(
            name: "to *.", write: { $0.to = patterns("*.victim.example") },
            meets: { $0.forwardPath = WrittenPath(to: "y@sub.victim.example") }),
    ]

    @Test("3: a rule fits when its condition does", arguments: conditions)
    func condition(_ condition: ConditionCase) {
        let policy = Policy(relay: [rule(.permit, "it", condition.write)])
        #expect(policy.decide(request(condition.meets)).gist == "permit relay-rule \"it\"")
        #expect(policy.decide(request(condition.misses)).gist == "reject no-rule")
    }

    @Test("3: every line must fit, so that one line more never permits more", arguments: conditions)
    func conjunction(_ condition: ConditionCase) {
        let both = Policy(relay: [
            rule(.permit, "it") {
                condition.write(&$0)
                if $0.to == nil { $0.to = patterns("nowhere.example") } else { $0.sender = patterns("no@one.example") }
            }
        ])
        #expect(both.decide(request(condition.meets)).verdict == .reject)
    }

    @Test("3: what is sent on keeps its spelling, but for the domain")
    func spelling() {
        let policy = Policy(relay: [rule(.permit, "all")])
        let decision = policy.decide(request(to: "<Jane.DOE@Victim.EXAMPLE>"))
        #expect(decision.forwardPath?.wireForm == Array("<Jane.DOE@victim.example>".utf8))
    }

    @Test("the rule's reply is given, but never one that says something else than its verb")
    func replies() {
        let (no, later, yes) = (Reply(554, "5.7.1", "No"), Reply(451, "4.7.1", "Later"), Reply(250, "2.0.0", "Yes"))
        let cases: [(Rule.Verb, Reply?, UInt16)] = [
            (.reject, no, 554), (.reject, later, 550), (.reject, yes, 550), (.reject, nil, 550), (.defer, later, 451),
            (.defer, no, 450), (.defer, yes, 450), (.defer, nil, 450), (.permit, no, 250), (.permit, nil, 250),
        ]
        for (verb, reply, code) in cases {
            #expect(Policy(relay: [rule(verb, "it", reply: reply)]).decide(request()).reply.code == code)
            guard verb != .permit else { continue }
            let refusing = Policy(refuse: [rule(verb, "it", reply: reply)])
            #expect(refusing.decide(request(to: "a@ours.example")).reply.code == code)
        }
    }
}
