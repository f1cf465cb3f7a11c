import Diagnostics
import MailTypes
import PolicyLanguage
import RelayPolicy
import TestSupport
import Testing

@Suite("a policy as text")
struct PrintedPolicyTests {
    @Test("read again it is the same policy", arguments: 0..<400)
    func readsBack(seed: Int) throws {
        var generator = PolicyGenerator(seed: UInt64(seed))
        let policy = generator.policy()
        let printed = PrintedPolicy(policy)
        let result = Configuration.read(
            Array(printed.text.utf8), file: "printed.conf", purpose: .policyOnly, now: CorpusPolicies.now
        ) { name in
            printed.lists.first { $0.name == name }.map { .success(Array($0.text.utf8)) }
                ?? .failure(FileProblem("no such file"))
        }
        let read = try #require(
            result.configuration?.policy, "seed \(seed)\n\(printed.text)\n\(CorpusPolicies.rendered(result))")
        #expect(read.withoutPlaces == policy.withoutPlaces, "seed \(seed)\n\(printed.text)")
        #expect(formatted(Array(printed.text.utf8), file: "f").isSuccess)
    }

    @Test("the complete file's policy")
    func complete() throws {
        var policy = try #require(CorpusPolicies.read("complete/gatepost.conf").configuration?.policy)
        let printed = PrintedPolicy(policy)
        (policy.listeners, policy.routes) = ([], Policy.Routes())
        let result = Configuration.read(
            Array(printed.text.utf8), file: "printed.conf", purpose: .policyOnly, now: CorpusPolicies.now
        ) { name in
            printed.lists.first { $0.name == name }.map { .success(Array($0.text.utf8)) }
                ?? .failure(FileProblem("no such file"))
        }
        #expect(result.configuration?.policy.withoutPlaces == policy.withoutPlaces)
    }
}

extension Result {
    fileprivate var isSuccess: Bool { if case .success = self { true } else { false } }
}

/// Policies that the language can say, with everything it can say.
private struct PolicyGenerator {
    private var generator: SeededRandom
    private var names = 0
    private let nowhere = SourceLocation(file: "", line: 1, column: 1)
    private let domains = [
        "a.example", "b.example", "xn--bcher-kva.example", "[192.0.2.1]", "localhost", "c.co.uk", "gmail.com",
    ].compactMap { Domain($0) }

    init(seed: UInt64) { generator = SeededRandom(seed: seed) }

    mutating func policy() -> Policy {
        var policy = Policy()
        policy.observes = generator.once(in: 5)
        policy.local = LocalDomains(localEntries())
        for trick in AddressTrick.allCases where generator.once(in: 4) {
            policy.tricks.everywhere[trick] = generator.pick([.reject, .resolve, .asWritten])
            if generator.once(in: 2) { policy.tricks.at[domains[0], default: [:]][trick] = .asWritten }
        }
        policy.connectionRules = (0..<Int.random(in: 0...1, using: &generator)).map { _ in
            var conditions = Conditions()
            conditions.from = addresses()
            return Rule(name: name(), at: nowhere, verb: .reject, conditions: conditions)
        }
        policy.refuse = (0..<Int.random(in: 0...3, using: &generator)).map { _ in rule([.reject, .defer, .pass]) }
        policy.relay = (0..<Int.random(in: 0...4, using: &generator)).map { _ in rule([.permit, .reject, .defer]) }
        for login in ["anna", "bert o'neill", "é", "#1"] where generator.once(in: 4) {
            policy.ownership[login] = PathPatternSet(
                generator.few([.mailbox(localPart: Array("anna".utf8), domain: domains[0]), .domain(domains[1])]))
        }
        return policy
    }

    private mutating func name() -> String {
        names += 1
        return generator.pick([
            "office LAN", "the \"old\" one", "back\\slash", "{brace} # no comment", "ünïcode", "permit",
        ]) + " \(names)"
    }

    private mutating func localEntries() -> [LocalDomains.Entry] {
        let mailboxes = Set([
            Mailbox(localPart: Array("a b".utf8), domain: domains[0]),
            Mailbox(localPart: Array("info".utf8), domain: domains[0]),
        ])
        var entries: [LocalDomains.Entry] = []
        for domain in domains where generator.once(in: 2) {
            entries.append(
                LocalDomains.Entry(
                    domain: domain, isWildcard: !domain.isLiteral && generator.once(in: 3),
                    upstream: generator.once(in: 3) ? "branch" : nil,
                    recipients: generator.once(in: 4) ? (generator.once(in: 4) ? [] : mailboxes) : nil,
                    at: nowhere))
        }
        return entries
    }

    private mutating func addresses() -> Conditions.Addresses {
        let ranges = [
            "192.0.2.1", "192.0.2.0/24", "198.51.100.1-198.51.100.9", "2001:db8::/32", "::/0", "0.0.0.0/0",
            "255.255.255.255", "2001:db8::1-2001:db8::ffff",
        ]
        .compactMap { try? AddressSet.parse($0) }
        return Conditions.Addresses(
            generator.once(in: 10) ? AddressSet() : AddressSet(generator.few(ranges)), text: "")
    }

    private mutating func patterns() -> Conditions.Patterns {
        let all: [PathPattern] = [
            .null, .mailbox(localPart: Array("anna".utf8), domain: domains[0]),
            .mailbox(localPart: Array("a \"b\\*".utf8), domain: domains[1]),
            .mailbox(localPart: Array("é".utf8), domain: domains[2]), .domain(domains[3]), .domain(domains[4]),
            .below(domains[0]),
            .localPart(Array("root".utf8)), .localPart(Array("a*b".utf8)), .endsWith(Array("xyz.example".utf8)),
        ]
        return Conditions.Patterns(PathPatternSet(generator.once(in: 10) ? [] : generator.few(all)), text: "")
    }

    private mutating func hosts() -> (exact: [Domain], below: [Domain]) {
        generator.once(in: 2) ? ([domains[0]], [domains[1], domains[5]]) : ([domains[1], domains[4]], [])
    }

    private mutating func conditions(proving: Bool) -> Conditions {
        var conditions = Conditions()
        if proving || generator.once(in: 2) { conditions.from = addresses() }
        if generator.once(in: 5) {
            let hosts = hosts()
            conditions.name = generator.pick([
                Conditions.HostNames.none, .oneOf(exact: hosts.exact, below: hosts.below),
            ])
        }
        if generator.once(in: 5) { conditions.localAddress = addresses() }
        if generator.once(in: 5) { conditions.listeners = generator.few(["public", "submission"]) }
        if generator.once(in: 5) {
            let hosts = hosts()
            conditions.helo = generator.pick([.verified, .unverified, .oneOf(exact: hosts.exact, below: hosts.below)])
        }
        if generator.once(in: 4) {
            conditions.login = Conditions.LoginCondition(
                names: generator.once(in: 2)
                    ? nil : generator.few(["anna", "any", "none", "mechanism", "a b", "#1"]),
                mechanisms: generator.once(in: 2) ? nil : generator.few(["PLAIN", "SCRAM-SHA-256"]))
        }
        if generator.once(in: 4) {
            conditions.tls = generator.pick([
                .any, .certificate(generator.few(["ca.pem", "my ca.pem", "fingerprint:\(String(repeating: "ab", count: 32))"])),
            ])
        }
        conditions.needsPOPLogin = generator.once(in: 5)
        if generator.once(in: 2) {
            conditions.sender = patterns()
        } else {
            conditions.senderOwnedByLogin = generator.once(in: 3)
        }
        if generator.once(in: 2) { conditions.to = patterns() }
        return conditions
    }

    private mutating func rule(_ verbs: [Rule.Verb]) -> Rule {
        var rule = Rule(name: name(), at: nowhere, verb: generator.pick(verbs))
        rule.conditions = conditions(proving: rule.verb == .permit)
        rule.observes = generator.once(in: 5)
        if generator.once(in: 4) { rule.owner = "karin" }
        if generator.once(in: 4) { rule.because = "it \"must\" \\ be" }
        switch rule.verb {
        case .permit:
            rule.proofNone = generator.once(in: 5)
            if generator.once(in: 3) { rule.until = CalendarDay("2027-03-31") }
            for _ in 0..<Int.random(in: 0...2, using: &generator) {
                rule.limits.append(
                    Limit(
                        count: UInt64.random(in: 1...1_000_000, using: &generator),
                        unit: generator.pick([.recipients, .messages, .bytes]),
                        window: .seconds(Int64.random(in: 1...100_000, using: &generator)),
                        subject: generator.pick([.client, .login, .certificate, .sender, .rule]),
                        thenReject: generator.once(in: 3), at: nowhere))
            }
        case .reject:
            if generator.once(in: 3) { rule.reply = Reply(550, "5.7.1", "Not \"here\", say {we} # really") }
        case .defer: if generator.once(in: 3) { rule.reply = Reply(450, "4.7.1", "Later") }
        case .pass: break
        }
        return rule
    }
}
