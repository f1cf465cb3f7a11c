import MailTypes
import RelayPolicy
import TestSupport
import Testing

@Suite("which facts of the DNS a decision needs")
struct NeededNamesTests {
    private static let both: NameFacts = [.clientName, .heloStatus]

    /// Asks as a session does, until nothing more is needed; what then is still open.
    private static func asking(_ request: RelayRequest, _ needed: (NameFacts) -> NameFacts) -> NameFacts {
        var open = both
        while true {
            let next = needed(open)
            if next.isEmpty { return open }
            open.subtract(next)
        }
    }

    private static func worlds(_ world: SmallWorld, behind request: RelayRequest, _ open: NameFacts) -> [RelayRequest] {
        var request = request
        if open.contains(.clientName) { request.clientName = .temporary(nil) }
        if open.contains(.heloStatus) { request.heloStatus = .temporary }
        return world.worldsBehind(request)
    }

    /// Every fact is had when it is asked for.
    private static let requests = SmallWorld.whence.requests.filter { request in
        if case .temporary = request.clientName { return false }
        return request.heloStatus != .temporary
    }

    @Test("what is not needed changes nothing, and the compiled policy needs what the plain one does", arguments: SmallWorldTests.seeds)
    func soundAndPlain(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let policy = SmallWorld.whence.randomPolicy(&random)
        let compiled = CompiledPolicy(policy)
        for request in Self.requests {
            let open = Self.asking(request) { open in
                let needed = compiled.needed(of: open, for: request)
                if needed != policy.neededPlainly(of: open, for: request) {
                    Issue.record("seed \(seed): \(request) needs \(needed) compiled, and something else plainly")
                }
                return needed
            }
            let decision = compiled.decide(request).gistWithoutReason
            let worlds = Self.worlds(.whence, behind: request, open)
            if let other = worlds.first(where: { compiled.decide($0).gistWithoutReason != decision }) {
                Issue.record("seed \(seed): \(request) is \(decision) without \(open), \(other) is not")
                return
            }
        }
    }

    @Test("a route that does not need them is the same whatever they are", arguments: SmallWorldTests.seeds)
    func relayClient(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let policy = CompiledPolicy(SmallWorld.whence.randomPolicy(&random))
        for request in Self.requests {
            let open = Self.asking(request) { policy.neededForRelayClient(of: $0, for: request) }
            let isOne = policy.isRelayClient(request)
            if Self.worlds(.whence, behind: request, open).contains(where: { policy.isRelayClient($0) != isOne }) {
                Issue.record("seed \(seed): \(request) needs more than all but \(open)")
                return
            }
        }
    }

    @Test("only what is open is asked for")
    func open() {
        let policy = CompiledPolicy(Policy(relay: [rule(.permit, "it") { $0.name = .oneOf(exact: [domain("a.example")], below: []) }]))
        #expect(policy.nameFacts == .clientName)
        #expect(policy.needed(of: .clientName, for: request()) == .clientName)
        #expect(policy.needed(of: [], for: request()) == [])
        #expect(policy.needed(of: .clientName, for: request(to: "a@ours.example")) == [], "delivery meets no rule of relay")
        #expect(policy.needed(of: .clientName, for: request(to: "u%v@ours.example")) == [], "a trick is refused before")
    }

    @Test("for the connection only the name, and only where one of its rules asks")
    func connection() {
        var policy = Policy(relay: [rule(.permit, "it") { $0.name = .oneOf(exact: [domain("a.example")], below: []) }])
        #expect(policy.neededForConnection(of: Self.both, for: request()) == [])
        policy.connectionRules = [
            rule(.reject, "bad net") { $0.from = addresses("198.51.100.7") }, rule(.reject, "nameless") { $0.name = .some(.none) },
        ]
        #expect(policy.neededForConnection(of: Self.both, for: request()) == [], "the rule above decides")
        #expect(policy.neededForConnection(of: Self.both, for: request(from: "192.0.2.1")) == .clientName)
        policy.observes = true
        #expect(policy.neededForConnection(of: Self.both, for: request(from: "192.0.2.1")) == [])
    }

    @Test(
        "what is said in HELO may be certain without the DNS",
        arguments: [
            ("[198.51.100.7]", .verified), ("[198.51.100.8]", .unverified), ("[IPv6:2001:db8::1]", .unverified),
            ("[IPv6:::ffff:198.51.100.7]", .verified), ("a.example", nil), ("localhost", nil), ("-", .unverified), ("a b", .unverified),
            ("10.1", .unverified),
        ] as [(String, RelayRequest.HeloStatus?)])
    func helo(said: String, status: RelayRequest.HeloStatus?) {
        let request = request { $0.helo = Array(said.utf8) }
        #expect(request.heloStatusWithoutDNS == status)
        #expect((request.heloName != nil) == (status == nil))
    }
}

extension Decision {
    /// All but the reason, in which only whether a sender is owned may differ.
    fileprivate var gistWithoutReason: String {
        "\(verdict) \(rule?.name ?? "") \(String(describing: destination)) \(chargedRules) \(reply) \(observed) "
            + "\(wouldHaveBeen.map { "\($0.verdict) \($0.rule?.name ?? "")" } ?? "")"
    }
}
