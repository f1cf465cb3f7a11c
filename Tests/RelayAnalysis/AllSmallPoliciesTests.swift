import Foundation
import MailTypes
import PolicyWorlds
import RelayPolicy
import TestSupport
import Testing

@testable import RelayAnalysis

/// Every policy of two rules over a small vocabulary, and many of three, at every request of a small universe. In a
/// build without optimisation a sixtieth of the pairs is tried; `ALL_SMALL_POLICIES` in the environment asks for all.
@Suite("all small policies, at every request")
struct AllSmallPoliciesTests {
    private static let triesAll = isOptimised || ProcessInfo.processInfo.environment["ALL_SMALL_POLICIES"] != nil
    private static let mostRules = triesAll ? 3 : 2

    /// Whether a policy of the rules with these numbers is tried.
    private static func tries(_ numbers: [Int]) -> Bool {
        let sum = numbers.reduce(0, +)
        return switch numbers.count {
        case 1: true
        case 2: triesAll || sum % 61 == 0
        default: sum % 8 == 0
        }
    }

    private struct Entry: Sendable {
        var stage: Stage
        var rule: Rule
    }

    private static let conditions: [@Sendable (inout Conditions) -> Void] = [
        { $0.from = addresses("192.0.2.0/31") },
        { $0.from = addresses("192.0.2.1-192.0.2.2") },
        { $0.from = addresses("192.0.2.0/30", except: "192.0.2.1") },
        { $0.name = .some(.none) },
        { $0.name = .oneOf(exact: [domain("a.example")], below: []) },
        { $0.login = .init(names: nil) },
        { $0.login = .init(names: ["anna"]) },
        { $0.needsPOPLogin = true },
        { $0.sender = patterns("<>") },
        { $0.sender = patterns("anna@*") },
        { $0.sender = patterns("ours.example <>") },
        { $0.to = patterns("a.test") },
        { $0.senderOwnedByLogin = true },
        { $0.listeners = ["submission"] },
        { $0.from = addresses("192.0.2.0/31"); $0.sender = patterns("<>") },
        { $0.from = addresses("192.0.2.1-192.0.2.2"); $0.to = patterns("a.test") },
        { $0.login = .init(names: ["anna"]); $0.senderOwnedByLogin = true },
        { $0.needsPOPLogin = true; $0.senderOwnedByLogin = true },
        { $0.name = .oneOf(exact: [], below: [domain("example")]); $0.sender = patterns("anna@ours.example") },
        { _ in },
    ]

    private static let vocabulary: [Entry] = {
        var entries: [Entry] = []
        for (number, write) in conditions.enumerated() {
            entries.append(Entry(stage: .relay, rule: rule(.permit, "p\(number)", write)))
            entries.append(Entry(stage: .relay, rule: rule(.reject, "r\(number)", write)))
        }
        for number in [0, 5, 11] {
            let write = conditions[number]
            entries.append(Entry(stage: .relay, rule: rule(.permit, "over\(number)", until: "2026-11-23", write)))
            entries.append(Entry(stage: .relay, rule: rule(.permit, "last\(number)", until: "2026-11-24", write)))
            entries.append(Entry(stage: .relay, rule: rule(.permit, "watched\(number)", observes: true, write)))
            entries.append(Entry(stage: .relay, rule: rule(.reject, "watched-r\(number)", observes: true, write)))
            entries.append(Entry(stage: .refuse, rule: rule(.reject, "refuse\(number)", write)))
            entries.append(Entry(stage: .refuse, rule: rule(.pass, "pass\(number)", write)))
        }
        entries.append(Entry(stage: .refuse, rule: rule(.reject, "refuse-null") { $0.sender = patterns("<>") }))
        entries.append(Entry(stage: .refuse, rule: rule(.pass, "pass-all") { _ in }))
        entries.append(Entry(stage: .connection, rule: rule(.reject, "gone", conditions[1])))
        return entries
    }()

    private static let requests: [RelayRequest] = {
        var requests = ["192.0.2.0", "192.0.2.1", "192.0.2.2", "192.0.2.3"].map {
            RelayRequest(client: IPAddress($0)!, forwardPath: WrittenPath(to: "far@a.test"), now: now)
        }
        func each(_ values: [(inout RelayRequest) -> Void]) {
            requests = requests.flatMap { request in
                values.map { change in
                    var request = request
                    change(&request)
                    return request
                }
            }
        }
        each([{ $0.clientName = .absent }, { $0.clientName = .confirmed(domain("a.example")) }])
        each([{ _ in }, { $0.login = .known(.init(name: "anna")) }])
        each([{ _ in }, { $0.popLogin = .known(.init(name: "anna")) }])
        each([{ $0.reversePath = .null }, { $0.reversePath = ReversePath(from: "<anna@ours.example>") }])
        each([{ _ in }, { $0.forwardPath = WrittenPath(to: "near@ours.example") }])
        each([{ _ in }, { $0.listener = "submission" }])
        return requests
    }()

    private func policy(_ entries: [Entry]) -> Policy {
        var policy = Policy()
        policy.listeners = [Policy.Listener(name: "submission", requiresLogin: true)]
        policy.ownership = ["anna": patterns("anna@ours.example").set]
        for entry in entries {
            switch entry.stage {
            case .connection: policy.connectionRules.append(entry.rule)
            case .refuse: policy.refuse.append(entry.rule)
            default: policy.relay.append(entry.rule)
            }
        }
        return policy
    }

    /// Nil where the classes say what the rules say, at every request.
    private func disagreement(_ policy: Policy) throws -> RelayRequest? {
        let grants = try policy.grants(at: now)
        return Self.requests.first { request in
            guard let path = policy.canonicalPath(of: request.forwardPath, from: request.reversePath) else { return false }
            let holding = grants.filter { $0.requests.contains(request, to: path, under: [policy]) }
            return holding.map { policy.relay[$0.rule].name } != (policy.relayRule(for: request).map { [$0] } ?? [])
        }
    }

    @Test("the classes are the requests that the rules relay", arguments: vocabulary.indices)
    func classes(first: Int) throws {
        var tried = 0
        func check(_ numbers: [Int]) throws {
            let entries = numbers.map { Self.vocabulary[$0] }
            if Self.tries(numbers) {
                tried += 1
                if let request = try disagreement(policy(entries)) {
                    Issue.record("\(entries.map(\.rule.name)): \(request)")
                    return
                }
            }
            guard numbers.count < Self.mostRules else { return }
            for next in Self.vocabulary.indices { try check(numbers + [next]) }
        }
        try check([first])
        #expect(tried > (Self.triesAll ? Self.vocabulary.count / 5 : 0))
    }

    @Test("what one permits and another does not, of pairs of policies", arguments: vocabulary.indices)
    func differences(first: Int) throws {
        let old = policy([Self.vocabulary[first]])
        for number in Self.vocabulary.indices where Self.triesAll || (first + number) % 8 == 0 {
            let entries = [Self.vocabulary[number], Self.vocabulary[1 + 2 * first % 30]]
            let new = policy(entries)
            let difference = try RightsDifference(from: old, to: new, at: now)
            for request in Self.requests {
                guard let path = old.canonicalPath(of: request.forwardPath, from: request.reversePath) else { continue }
                let (before, after) = (old.relayRule(for: request) != nil, new.relayRule(for: request) != nil)
                func count(_ changes: [RightsDifference.Change]) -> Int {
                    changes.count { $0.grant.requests.contains(request, to: path, under: [old, new]) }
                }
                let expected = (gained: !before && after ? 1 : 0, lost: before && !after ? 1 : 0)
                if (count(difference.gained), count(difference.lost)) != (expected.gained, expected.lost) {
                    Issue.record("\(old.relay.map(\.name)) to \(entries.map(\.rule.name)): \(request)")
                    return
                }
            }
        }
    }
}
