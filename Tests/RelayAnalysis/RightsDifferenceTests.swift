import MailTypes
import PolicyWorlds
import RelayPolicy
import TestSupport
import Testing

@testable import RelayAnalysis

@Suite("what one policy permits and another does not")
struct RightsDifferenceTests {
    static let pairs: UInt64 = isOptimised ? 1000 : 120

    /// A policy with one rule less, or with two that changed places: neighbours differ in little.
    private func neighbour(_ policy: Policy, _ seed: UInt64) -> Policy {
        var other = policy
        var random = SeededRandom(seed: seed)
        switch random.below(4) {
        case 0: other.relay.remove(at: random.below(other.relay.count))
        case 1: other.relay.swapAt(0, random.below(other.relay.count))
        case 2: if !other.refuse.isEmpty { other.refuse.removeLast() } else { other.connectionRules = [] }
        default: return World(seed: seed + 100_000).policy
        }
        return other
    }

    @Test("a request is in exactly one class of what is gained or lost if and only if its right changed")
    func isExact() throws {
        var changes = 0
        for seed in 1...Self.pairs {
            var world = World(seed: seed)
            let old = world.policy
            var new = neighbour(old, seed)
            // Address forms are compared apart.
            new.tricks = old.tricks
            let difference = try RightsDifference(from: old, to: new, at: now)
            for _ in 0..<200 {
                let request = world.request()
                guard let path = old.canonicalPath(of: request.forwardPath, from: request.reversePath),
                    new.canonicalPath(of: request.forwardPath, from: request.reversePath) == path
                else { continue }
                let (before, after) = (old.relayRule(for: request), new.relayRule(for: request))
                func rules(_ changes: [RightsDifference.Change], _ policy: Policy) -> [String] {
                    changes.filter { $0.grant.requests.contains(request, to: path, under: [old, new]) }
                        .map { policy.relay[$0.grant.rule].name }
                }
                let gained = before == nil && after != nil ? [after!] : []
                let lost = before != nil && after == nil ? [before!] : []
                changes += gained.count + lost.count
                guard rules(difference.gained, new) == gained, rules(difference.lost, old) == lost else {
                    Issue.record("seed \(seed): \(request): \(before ?? "-") before, \(after ?? "-") after")
                    return
                }
            }
        }
        #expect(changes > 200, "the samples are worth nothing")
    }

    @Test("the witness of a change is permitted by the one and not by the other")
    func witnessesHold() throws {
        for seed in 1...Self.pairs {
            let old = World(seed: seed).policy
            let new = neighbour(old, seed)
            let difference = try RightsDifference(from: old, to: new, at: now)
            for (changes, one, other) in [(difference.gained, new, old), (difference.lost, old, new)] {
                for change in changes {
                    #expect(one.relayRule(for: change.grant.witness) == one.relay[change.grant.rule].name, "seed \(seed)")
                    #expect(other.relayRule(for: change.grant.witness) == nil, "seed \(seed)")
                }
            }
        }
    }

    @Test("the same rights in another text are no difference")
    func sameRights() throws {
        let one = Policy(relay: [
            rule(.permit, "all of it") { $0.from = addresses("192.0.2.0/24") },
            rule(.permit, "staff") { $0.login = .init(names: ["Anna", "bert"]) },
        ])
        let other = Policy(relay: [
            rule(.permit, "bert") { $0.login = .init(names: ["bert"]) },
            rule(.permit, "upper") { $0.from = addresses("192.0.2.128/25") },
            rule(.permit, "anna") { $0.login = .init(names: ["anna"]) },
            rule(.permit, "lower") { $0.from = addresses("192.0.2.0-192.0.2.127") },
        ])
        #expect(try RightsDifference(from: one, to: other, at: now).isEmpty)
    }

    @Test("a rule that is put above a reject gains what the reject kept")
    func gained() throws {
        let reject = rule(.reject, "gone") { $0.sender = patterns("gone@ours.example") }
        let permit = rule(.permit, "office") { $0.from = addresses("192.0.2.0/24") }
        let difference = try RightsDifference(
            from: Policy(relay: [reject, permit]), to: Policy(relay: [permit, reject]), at: now)
        #expect(difference.lost.isEmpty && difference.gained.count == 1)
        let change = try #require(difference.gained.first)
        #expect(change.grant.requests.senders == PathSet(patternList("gone@ours.example")))
        #expect(change.otherwise.rule?.name == "gone")
    }

    @Test("address forms that are treated otherwise are a difference of their own")
    func addressForms() throws {
        var other = Policy()
        other.tricks.everywhere = [.percent: .asWritten]
        #expect(try !RightsDifference(from: Policy(), to: other, at: now).isEmpty)
    }
}
