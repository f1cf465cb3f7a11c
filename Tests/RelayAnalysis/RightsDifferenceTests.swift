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
                // Who may send it as delivery instead has lost nothing.
                let gained = before == nil && after != nil && !old.accepts(request) ? [after!] : []
                let lost = before != nil && after == nil && !new.accepts(request) ? [before!] : []
                changes += gained.count + lost.count
                guard rules(difference.gained, new) == gained, rules(difference.lost, old) == lost else {
                    Issue.record("seed \(seed): \(request): \(before ?? "-") before, \(after ?? "-") after")
                    return
                }
            }
        }
        #expect(changes > 200, "the samples are worth nothing")
    }

    @Test("a request is in one class of other limits if and only if both relay it, by rules that bind otherwise")
    func limitsAreExact() throws {
        var changes = 0
        for seed in 1...Self.pairs {
            var world = World(seed: seed)
            var old = world.policy
            var new = neighbour(old, seed)
            new.tricks = old.tricks
            for index in old.relay.indices { old.relay[index].limits = Self.limits(of: old.relay[index], seed) }
            for index in new.relay.indices { new.relay[index].limits = Self.limits(of: new.relay[index], seed / 2) }
            let difference = try RightsDifference(from: old, to: new, at: now)
            func limits(_ name: String, _ policy: Policy) -> [Limit] { policy.relay.first { $0.name == name }?.limits ?? [] }
            for _ in 0..<100 {
                let request = world.request()
                guard let path = old.canonicalPath(of: request.forwardPath, from: request.reversePath),
                    new.canonicalPath(of: request.forwardPath, from: request.reversePath) == path
                else { continue }
                let found = difference.limits.filter { $0.grant.requests.contains(request, to: path, under: [old, new]) }
                var expected: [String] = []
                if let before = old.relayRule(for: request), let after = new.relayRule(for: request),
                    let effect = LimitEffect(from: limits(before, old), to: limits(after, new))
                {
                    expected = ["\(before) \(after) \(effect)"]
                }
                changes += expected.count
                let said = found.map { "\(old.relay[$0.oldRule].name) \(new.relay[$0.grant.rule].name) \($0.effect)" }
                guard said == expected else {
                    Issue.record("seed \(seed): \(request): \(said), expected \(expected)")
                    return
                }
            }
            for change in difference.limits {
                #expect(old.relayRule(for: change.grant.witness) == old.relay[change.oldRule].name, "seed \(seed)")
                #expect(new.relayRule(for: change.grant.witness) == new.relay[change.grant.rule].name, "seed \(seed)")
            }
        }
        #expect(changes > 200, "the samples are worth nothing")
    }

    /// None, 10, 20 or 30 for each client, by the rule's name and the seed.
    private static func limits(of rule: Rule, _ seed: UInt64) -> [Limit] {
        let number = (UInt64(rule.name) ?? 0) * 7 + seed
        return number % 4 == 0 ? [] : [limit(10 * (number % 4))]
    }

    private static func limit(
        _ count: UInt64, _ unit: Limit.Unit = .recipients, per seconds: Int64 = 3600, each subject: Limit.Subject = .client
    ) -> Limit {
        Limit(count: count, unit: unit, window: .seconds(seconds), subject: subject, thenReject: false, at: place(1))
    }

    static let comparisons: [(old: [Limit], new: [Limit], effect: LimitEffect?)] = [
        ([], [], nil), ([], [limit(10)], .fewer), ([limit(10)], [], .more),
        ([limit(10)], [limit(10)], nil), ([limit(10)], [limit(11)], .more), ([limit(11)], [limit(10)], .fewer),
        ([limit(10)], [limit(10, .messages)], .otherwise), ([limit(10)], [limit(10, each: .sender)], .otherwise),
        // Of one count for all there are two windows in one for a client.
        ([limit(10)], [limit(10, each: .rule)], .otherwise), ([limit(20)], [limit(10, each: .rule)], .fewer),
        // Two windows of a day may meet in one hour, and 25 of an hour in one day.
        ([limit(10)], [limit(10, per: 86400)], .otherwise), ([limit(20)], [limit(10, per: 86400)], .fewer),
        ([limit(250, per: 86400)], [limit(10)], .fewer), ([limit(249, per: 86400)], [limit(10)], .otherwise),
        ([limit(10)], [limit(10), limit(5, each: .sender)], .fewer),
        ([limit(10), limit(5, each: .sender)], [limit(5, each: .sender)], .more),
    ]

    @Test("which limits let more or less through", arguments: comparisons)
    func effects(old: [Limit], new: [Limit], effect: LimitEffect?) {
        #expect(LimitEffect(from: old, to: new) == effect)
    }

    @Test("a mailbox is in what is gained or lost for everybody if and only if one policy alone takes it as delivery")
    func deliveriesAreExact() {
        let names = ["example", "a.example", "b.a.example", "x.b.a.example", "q.example", "c.test"]
        var random = SeededRandom(seed: 1)
        func local() -> LocalDomains {
            var entries: [LocalDomains.Entry] = []
            for name in names {
                for text in [name, "*.\(name)"] where random.once(in: 3) {
                    let mailboxes = random.once(in: 3) ? (random.once(in: 2) ? ["anna@\(name)"] : ["bert@\(name)"]) : nil
                    entries.append(localEntry(text, recipients: mailboxes))
                }
            }
            return LocalDomains(entries)
        }
        var changed = 0
        for round in 0..<2000 {
            let (old, new) = (local(), local())
            let changes = DeliveryChange.all(from: old, to: new)
            for name in names + names.map({ "zz.\($0)" }) {
                for user in ["anna", "bert", "zoe"] {
                    let one = mailbox("\(user)@\(name)")
                    let (before, after) = (old.takes(one), new.takes(one))
                    // A line of names below a domain speaks of those that no other names.
                    let own = changes.filter { $0.domains == .domain(one.domain) }
                    let isNamed = (old.entries + new.entries).contains { !$0.isWildcard && $0.domain == one.domain }
                    let nearest = (old.entries + new.entries).filter { $0.isWildcard && one.domain.isBelow($0.domain) }
                        .max { $0.domain.bytes.count < $1.domain.bytes.count }
                    let mine = isNamed ? own : changes.filter { change in nearest.map { change.domains == .below($0.domain) } ?? false }
                    func says(_ isGained: Bool) -> Bool {
                        mine.contains { $0.isGained == isGained && ($0.mailboxes?.contains(one) ?? true) }
                    }
                    if before != after { changed += 1 }
                    // Where all mailboxes are named, those that were taken before too are among them.
                    let isRight = before == after ? (before || !says(true) && !says(false)) : says(after) && !says(before)
                    if !isRight { Issue.record("round \(round): \(one), \(before) before, \(after) after: \(changes)") }
                }
            }
        }
        #expect(changed > 2000, "the samples are worth nothing")
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

    @Test("a domain that becomes local is lost by nobody who could relay to it")
    func becomesLocal() throws {
        let permit = rule(.permit, "office") { $0.from = addresses("192.0.2.0/24") }
        let old = Policy(local: "ours.example", relay: [permit])
        let new = Policy(local: "ours.example victim.example", relay: [permit])
        for (from, to, isGained) in [(old, new, true), (new, old, false)] {
            let difference = try RightsDifference(from: from, to: to, at: now)
            #expect(difference.gained.isEmpty && difference.lost.isEmpty)
            #expect(difference.deliveries.map(\.domains) == [.domain(domain("victim.example"))])
            #expect(difference.deliveries.map(\.isGained) == [isGained])
        }
    }

    @Test("address forms that are treated otherwise are a difference of their own")
    func addressForms() throws {
        var other = Policy()
        other.tricks.everywhere = [.percent: .asWritten]
        #expect(try !RightsDifference(from: Policy(), to: other, at: now).isEmpty)
    }
}

extension Policy {
    /// Whether the recipient is taken, as delivery or relaying.
    fileprivate func accepts(_ request: RelayRequest) -> Bool { decisionInSession(request).verdict == .permit }
}

extension LocalDomains {
    fileprivate func takes(_ mailbox: Mailbox) -> Bool {
        entry(for: mailbox.domain).map { $0.recipients?.contains(mailbox) ?? true } ?? false
    }
}
