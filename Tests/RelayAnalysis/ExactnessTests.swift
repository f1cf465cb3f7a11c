import Foundation
import MailTypes
import PolicyWorlds
import RelayPolicy
import TestSupport
import Testing

@testable import RelayAnalysis

/// The classes against the plain evaluator. With `ANALYSIS_POLICIES=10000` in the environment so many random policies
/// are tried, a thousand requests each.
@Suite("who can relay, against the plain evaluator")
struct ExactnessTests {
    static let policies =
        ProcessInfo.processInfo.environment["ANALYSIS_POLICIES"].flatMap(UInt64.init) ?? (isOptimised ? 2000 : 300)

    @Test("a request is relayed by a rule if and only if it is in exactly one class, which is that rule's")
    func classesAreExact() throws {
        var permitted = 0
        for seed in 1...Self.policies {
            var world = World(seed: seed)
            let policy = world.policy
            // Half of them with each login's senders written out.
            let grants = try policy.grants(at: now).flatMap { seed % 2 == 0 ? [$0] : $0.byOwner(under: [policy]) }
            for _ in 0..<(Self.policies > 5000 ? 1000 : 200) {
                let request = world.request()
                // What is refused for its form never meets a rule.
                guard let path = policy.canonicalPath(of: request.forwardPath, from: request.reversePath) else { continue }
                let holding = grants.filter { $0.requests.contains(request, to: path, under: [policy]) }
                let expected = policy.relayRule(for: request)
                if expected != nil { permitted += 1 }
                guard holding.map({ policy.relay[$0.rule].name }) == (expected.map { [$0] } ?? []) else {
                    Issue.record("seed \(seed): \(request) is relayed by \(expected ?? "nothing"), and is in \(holding.map(\.requests))")
                    return
                }
            }
        }
        #expect(permitted > Int(Self.policies) * 5, "the samples are worth nothing")
    }

    @Test("every witness is in its class and is permitted by its rule")
    func witnessesHold() throws {
        for seed in 1...Self.policies {
            let policy = World(seed: seed).policy
            for grant in try policy.grants(at: now) {
                guard let path = policy.canonicalPath(of: grant.witness.forwardPath, from: grant.witness.reversePath) else {
                    Issue.record("seed \(seed): \(grant.witness) is refused for its form")
                    return
                }
                if policy.relayRule(for: grant.witness) != policy.relay[grant.rule].name
                    || !grant.requests.contains(grant.witness, to: path, under: [policy])
                {
                    Issue.record("seed \(seed): \(grant.witness) for \(grant.requests)")
                    return
                }
            }
        }
    }
}
