import MailTypes
import RelayPolicy
import TestSupport
import Testing

/// Policies with many rules and long lists, and requests drawn from near their edges.
@Suite("Large worlds, sampled")
struct LargeWorldTests {
    @Test("the compiled policy decides as the plain one", arguments: UInt64(1)...40)
    func compiledIsPlain(seed: UInt64) {
        var world = LargeWorld(seed: seed)
        let compiled = CompiledPolicy(world.policy)
        for _ in 0..<(isOptimised ? 10_000 : 500) {
            let request = world.request()
            let plain = world.policy.decidePlainly(request)
            guard compiled.decide(request) == plain,
                compiled.isRelayClient(request) == world.policy.isRelayClientPlainly(request)
            else {
                Issue.record("seed \(seed): \(request) is \(plain) plainly and \(compiled.decide(request)) compiled")
                return
            }
        }
    }

    @Test("the samples are worth something: permits, rejects and undecided ones are all among them")
    func samplesAreMixed() {
        var verdicts: [String: Int] = [:]
        for seed in UInt64(1)...10 {
            var world = LargeWorld(seed: seed)
            let compiled = CompiledPolicy(world.policy)
            for _ in 0..<500 {
                let decision = compiled.decide(world.request())
                verdicts[decision.reason.rawValue, default: 0] += 1
            }
        }
        for reason in [Reason.delivery, .relayRule, .denyRule, .noRule, .undecided, .addressTrick] {
            #expect(verdicts[reason.rawValue, default: 0] > 50, "\(verdicts)")
        }
    }
}

/// A random policy, and requests that are likely to meet its rules.
struct LargeWorld {
    private(set) var policy = Policy()
    private var random: SeededRandom
    private var edges: [IPAddress] = []
    private let domains: [String]

    private static let locals = ["anna", "bert", "root", "postmaster", "Scanner"]

    init(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        domains = (0..<40).map { _ in
            (0...random.below(3)).map { _ in random.pick(["a", "b", "mail", "x1", "ours"]) }.joined(separator: ".")
                + ".example"
        }
        self.random = random
        policy.local = LocalDomains(
            Set(domains).sorted().filter { _ in self.random.once(in: 6) }.map {
                local(self.random.once(in: 4) ? "*.\($0)" : $0, via: self.random.once(in: 3) ? "branch" : nil)
            } + [local("[192.0.2.1]")])
        policy.tricks.everywhere = [.percent: .resolve]
        policy.ownership = Dictionary(
            uniqueKeysWithValues: Self.locals.map {
                ($0.lowercased(), patternSet("\($0)@\(domains[0]) *.\(domains[1])"))
            })
        policy.listeners = [
            Policy.Listener(name: "public"), Policy.Listener(name: "submission", requiresLogin: true),
        ]
        // More than 64 now and then, so that a set of rules is more than one word.
        let count = seed % 10 == 0 ? 150 : 2 + self.random.below(14)
        policy.relay = (0..<count).map { rule($0, [.permit, .permit, .permit, .reject, .defer]) }
        policy.refuse = (0..<self.random.below(6)).map { rule($0, [.reject, .reject, .pass, .defer]) }
    }

    private mutating func rule(_ index: Int, _ verbs: [Rule.Verb]) -> Rule {
        var conditions = Conditions()
        if !random.once(in: 4) { conditions.from = Conditions.Addresses(addressSet(), text: "some") }
        if random.once(in: 3) { conditions.sender = patterns() }
        if random.once(in: 3) { conditions.to = patterns() }
        if random.once(in: 12) { conditions.localAddress = Conditions.Addresses(addressSet(), text: "some") }
        if random.once(in: 10) { conditions.listeners = random.some(["public", "submission"]) }
        if random.once(in: 8) { conditions.login = .init(names: random.once(in: 2) ? nil : random.some(Self.locals)) }
        if random.once(in: 12) { conditions.needsPOPLogin = true }
        if random.once(in: 10) { conditions.senderOwnedByLogin = true }
        if random.once(in: 12) { conditions.tls = .any }
        if random.once(in: 12) { conditions.name = hostNames() }
        if random.once(in: 12) { conditions.helo = random.once(in: 2) ? .verified : .unverified }
        let verb = random.pick(verbs)
        return Rule(
            name: "\(index)", at: place(index + 1), verb: verb, conditions: conditions,
            limits: random.once(in: 3) ? [hourly(1)] : [],
            until: verb == .permit && random.once(in: 8) ? CalendarDay("2026-12-31") : nil,
            observes: random.once(in: 20))
    }

    private mutating func addressSet() -> AddressSet {
        let ranges = (0...random.below(12)).map { _ -> IPRange in
            let isV4 = !random.once(in: 3)
            // Few significant bits, so that ranges of several rules meet and nest.
            let start = UInt128(random.below(64))
            let size = UInt128(random.below(16))
            func address(_ offset: UInt128) -> IPAddress {
                isV4
                    ? IPAddress(v4: UInt32(truncatingIfNeeded: offset << 26))
                    : IPAddress(v6: offset << 122)
            }
            let last = start + size >= 63 ? (isV4 ? IPAddress(v4: .max) : IPAddress(v6: .max)) : address(start + size)
            edges += [address(start), last]
            return IPRange(first: address(start), last: last)!
        }
        return AddressSet(ranges)
    }

    private mutating func patterns() -> Conditions.Patterns {
        let written = (0...random.below(10)).map { _ -> String in
            let domain = random.pick(domains)
            switch random.below(8) {
            case 0: return "<>"
            case 1: return "\(random.pick(Self.locals))@*"
            case 2: return "*.\(domain)"
            case 3: return "ends-with:\(domain.dropFirst(random.below(3)))"
            case 4, 5: return "\(random.pick(Self.locals))@\(domain)"
            default: return domain
            }
        }
        return Conditions.Patterns(patternSet(written.joined(separator: " ")), text: "some")
    }

    private mutating func hostNames() -> Conditions.HostNames {
        random.once(in: 4)
            ? .none : .oneOf(exact: [domain(random.pick(domains))], below: [domain(random.pick(domains))])
    }

    mutating func request() -> RelayRequest {
        var made = RelayRequest(client: client(), forwardPath: forwardPath(), now: Instant("2026-12-31T12:00:00Z")!)
        if !random.once(in: 4) { made.reversePath = ReversePath(from: "\(random.pick(Self.locals))@\(name())") }
        if random.once(in: 3) { made.login = random.pick([.known(.init(name: random.pick(Self.locals))), .unknown]) }
        if random.once(in: 5) { made.popLogin = random.pick([.known(.init(name: "anna")), .unknown]) }
        if random.once(in: 2) { made.listener = random.pick(["public", "submission"]) }
        if random.once(in: 2) { made.localAddress = client() }
        if random.once(in: 2) { made.tlsVersion = "TLSv1.3" }
        if random.once(in: 3) { made.heloStatus = random.pick([.verified, .unverified, .temporary]) }
        if random.once(in: 2) {
            made.clientName = random.pick([
                .confirmed(domain(name())), .temporary(nil), .temporary(domain(name())), .forged,
            ])
        }
        if random.once(in: 10) { made.clockIsBehind = true }
        if random.once(in: 10) { made.now = Instant("2027-01-01")! }
        return made
    }

    /// On an edge of some range, or beside it.
    private mutating func client() -> IPAddress {
        guard !edges.isEmpty, !random.once(in: 8) else {
            return IPAddress(v4: UInt32(truncatingIfNeeded: random.next()))
        }
        let edge = random.pick(edges)
        let value = random.pick([edge.value, edge.value &+ 1, edge.value &- 1])
        return edge.family == .v4 ? IPAddress(v4: UInt32(truncatingIfNeeded: value)) : IPAddress(v6: value)
    }

    private mutating func forwardPath() -> WrittenPath {
        switch random.below(20) {
        case 0: WrittenPath(to: "<postmaster>")
        case 1: WrittenPath(to: "\(random.pick(Self.locals))%\(name())@\(name())")
        case 2: WrittenPath(to: "a!b@\(name())")
        case 3: WrittenPath(to: "u@[192.0.2.1]")
        default: WrittenPath(to: "\(random.pick(Self.locals))@\(name())")
        }
    }

    /// A domain of the rules, or one above, below or beside it.
    private mutating func name() -> String {
        let domain = random.pick(domains)
        return switch random.below(6) {
        case 0: "x.\(domain)"
        case 1: "x\(domain)"
        default: domain
        }
    }
}
