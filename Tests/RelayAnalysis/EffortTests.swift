import MailTypes
import PolicyWorlds
import RelayPolicy
import TestSupport
import Testing

@testable import RelayAnalysis

/// What an answer may cost, and what is said when it costs more.
@Suite("the effort of an answer")
struct EffortTests {
    /// Rules of random networks of /8 to /28, so that most meet many others, with recipients of few or of own domains.
    private func overlapping(rules: Int, networks: Int, domains: Int?) -> Policy {
        var random = SeededRandom(seed: 1)
        return Policy(relay: (0..<rules).map { number in
            let set = AddressSet(
                (0..<networks).compactMap { _ in
                    let size = UInt32(1) << UInt32(4 + random.below(21))
                    let first = UInt32(truncatingIfNeeded: random.next()) & ~(size - 1)
                    return IPRange(first: IPAddress(v4: first), last: IPAddress(v4: first + (size - 1)))
                })
            let own = (0..<networks).map { "d\(domains.map { random.below($0) } ?? number * networks + $0).example" }
            return rule(random.once(in: 5) ? .reject : .permit, "\(number)") {
                $0.from = Conditions.Addresses(set, text: "some")
                $0.to = patterns(own.joined(separator: " "))
            }
        })
    }

    @Test("a rule is not cut by rules that it has no request in common with")
    func otherDestinations() throws {
        let policy = overlapping(rules: 100, networks: 10, domains: nil)
        let grants = try policy.grants(at: now, effort: 2_000_000)
        #expect(grants.count == policy.relay.count { $0.verb == .permit })
    }

    @Test("classes are as many as the dimension with fewer values has, whatever the order of dimensions")
    func fewerValuesFirst() throws {
        let policy = overlapping(rules: 20, networks: 50, domains: 10)
        let grants = try policy.grants(at: now)
        #expect(grants.count <= 20 * 10)
    }

    @Test("what costs too much ends, names the rule, and is no answer")
    func spent() throws {
        let policy = overlapping(rules: 50, networks: 30, domains: 100)
        let answer = policy.whoCanRelay(at: now, effort: 300_000, isPublicSuffix: { _ in false })
        #expect(answer.grants == nil)
        let spent = try #require(answer.effortSpent)
        let rule = try #require(spent.rule)
        #expect(!spent.others.isEmpty && spent.others.allSatisfy { $0 < rule })
        #expect(throws: EffortSpent.self) { try RightsDifference(from: policy, to: Policy(), at: now, effort: 300_000) }
        #expect(!policy.deadRules(at: now, effort: 10_000).isComplete)
        #expect(throws: EffortSpent.self) { try policy.counterexample(toNever: Narrowing(), at: now, effort: 1000) }
    }

    @Test("a narrow question costs less than the whole")
    func narrowed() throws {
        let policy = overlapping(rules: 100, networks: 30, domains: 300)
        var narrowing = Narrowing()
        narrowing.clients = addressSet("203.0.113.7")
        let effort = 1_200_000
        #expect(throws: EffortSpent.self) { try policy.grants(at: now, effort: effort) }
        _ = try policy.grants(at: now, narrowedTo: narrowing, effort: effort)
    }

    @Test("with any effort the answer is the whole one or none")
    func allOrNothing() throws {
        var spent = 0
        for seed in UInt64(1)...(isOptimised ? 1000 : 100) {
            let policy = World(seed: seed).policy
            let whole = try policy.grants(at: now)
            for effort in [0, 100, 1000, 3000, 10_000] {
                do {
                    let grants = try policy.grants(at: now, effort: effort)
                    #expect(grants == whole, "seed \(seed)")
                } catch is EffortSpent {
                    spent += 1
                }
            }
        }
        #expect(spent > 100, "the efforts are worth nothing")
    }

    // MARK: Strangers

    @Test("the clients without proof are those of the classes without proof")
    func strangersByClasses() throws {
        for seed in 1...ExactnessTests.policies {
            let policy = World(seed: seed).policy
            var expected: [Int: AddressSet] = [:]
            for grant in try policy.grants(at: now) where !grant.requests.needsMoreThanAddress {
                expected[grant.rule] = (expected[grant.rule] ?? AddressSet()).union(grant.requests.clients)
            }
            let all = expected.values.reduce(AddressSet()) { $0.union($1) }
            #expect(try policy.addressesThatRelay(at: now) == all, "seed \(seed)")
            let open = policy.strangers(at: now, isPublicSuffix: { _ in false }).openRules
            #expect(
                Dictionary(uniqueKeysWithValues: open.map { ($0.rule, $0.addresses) })
                    == expected.mapValues { $0.subtracting(.notPublic) }, "seed \(seed)")
        }
    }

    @Test("the coarse reading of strangers is never more hopeful than the exact one")
    func coarse() {
        let test = domain("test")
        func isPublicSuffix(_ domain: Domain) -> Bool { domain == test }
        var open = 0
        for seed in 1...ExactnessTests.policies {
            var policy = World(seed: seed).policy
            if seed % 7 == 0 { policy.relay[0].proofNone = true }
            let exact = policy.strangers(at: now, isPublicSuffix: isPublicSuffix)
            let coarse = policy.coarseStrangers(at: now, isPublicSuffix)
            if exact.answer == .yes {
                open += 1
                #expect(coarse.answer == .cannotTell, "seed \(seed)")
            }
            #expect(coarse.answer != .yes, "seed \(seed)")
            #expect(Set(coarse.rulesWithoutProof).isSuperset(of: exact.rulesWithoutProof), "seed \(seed)")
            for one in exact.openRules {
                let own = coarse.openRules.first { $0.rule == one.rule }?.addresses ?? AddressSet()
                #expect(one.addresses.subtracting(own).isEmpty, "seed \(seed)")
            }
            let hurried = policy.strangers(at: now, effort: 500, isPublicSuffix: isPublicSuffix)
            #expect(hurried.answer == exact.answer || hurried.answer == coarse.answer, "seed \(seed)")
            #expect(exact.answer != .yes || hurried.answer.mayBeYes, "seed \(seed)")
        }
        #expect(open > 20, "the samples are worth nothing")
    }

    @Test("strangers are told with less than the classes cost")
    func strangersOfManyClasses() {
        let policy = overlapping(rules: 30, networks: 20, domains: 60)
        func least(_ suffices: (Int) -> Bool) -> Int { (0..<30).map { 1000 << $0 }.first(where: suffices) ?? .max }
        let strangers = least { policy.strangers(at: now, effort: $0, isPublicSuffix: { _ in false }).isExact }
        let classes = least { (try? policy.grants(at: now, effort: $0)) != nil }
        #expect(strangers < classes)
    }
}
