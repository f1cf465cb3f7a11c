import MailTypes
import RelayPolicy

/// Kept decisions in which `observe` had a part (Meaning 13): those that would have been others without it, grouped by
/// who observed, what would have been said, and the client's network.
///
/// Limits of rules and bans are not counted where a listener observes, so nothing is said of them.
public struct ObservedDecisions: Sendable {
    /// All that were looked at.
    public private(set) var recipients = 0
    /// Of those, the ones that passed for `observe` on a listener or the node.
    public private(set) var passedForListener = 0
    /// Of those, the ones that would have been permitted, or not, all the same.
    public private(set) var same = 0
    /// Refused for what no rule says (a server that was down, a limit): the client comes again, and nobody can tell.
    public private(set) var outsidePolicy = 0
    public private(set) var first: Instant?
    public private(set) var last: Instant?
    private var places: [Group: Int] = [:]
    /// In the order in which they were first met.
    private var found: [Difference] = []

    public init() {}

    /// One without `observe` in it is none of its business.
    public mutating func add(_ record: DecisionRecord) {
        let decision = record.decision
        guard let would = decision.wouldHaveBeen else { return }
        recipients += 1
        first = min(first ?? record.time, record.time)
        last = max(last ?? record.time, record.time)
        if decision.verdict != .permit, decision.reason.isOutsidePolicy {
            outsidePolicy += 1
            return
        }
        if decision.reason == .observed { passedForListener += 1 }
        guard (decision.verdict == .permit) != (would.verdict == .permit) else {
            same += 1
            return
        }
        let group = Group(
            observer: decision.reason == .observed ? .listener : .rule, said: decision.verdict, would: would.verdict,
            reason: would.reason, rule: would.rule?.name, network: IPNetwork(siteOf: record.request.client),
            server: record.outcome.map { $0.isPositive ? .took : .refused })
        let index = places[group] ?? found.count
        if index == found.count {
            places[group] = index
            found.append(Difference(group: group, first: record.time, last: record.time, example: record.id))
        }
        found[index].add(record, would)
    }

    /// Those of the most recipients first.
    public var differences: [Difference] {
        found.enumerated().sorted { ($1.element.recipients, $0.offset) < ($0.element.recipients, $1.offset) }
            .map(\.element)
    }

    /// Whose `observe` it was.
    public enum Observer: String, Hashable, Sendable {
        /// A listener's or the node's: everything passes to the server behind.
        case listener
        /// A rule's, which was skipped.
        case rule
    }

    /// What the server behind said to a recipient that was offered to it.
    public enum ServersWord: String, Hashable, Sendable { case took, refused }

    /// What the decisions of one line have in common.
    public struct Group: Hashable, Sendable {
        public var observer: Observer
        public var said: Verdict
        public var would: Verdict
        /// Why it would have been so.
        public var reason: Reason
        /// The rule that would have decided.
        public var rule: String?
        public var network: IPNetwork
        /// Nil where the server was not asked.
        public var server: ServersWord?
    }

    public struct Difference: Hashable, Sendable {
        public let group: Group
        public private(set) var recipients = 0
        public private(set) var clients: Set<IPAddress> = []
        public private(set) var first: Instant
        public private(set) var last: Instant
        /// The id of the newest.
        public private(set) var example: String
        /// The rule that would have decided, where it stood then.
        public private(set) var rule: Decision.RuleReference?

        fileprivate init(group: Group, first: Instant, last: Instant, example: String) {
            (self.group, self.first, self.last, self.example) = (group, first, last, example)
        }

        fileprivate mutating func add(_ record: DecisionRecord, _ would: Decision.Outcome) {
            recipients += 1
            clients.insert(record.request.client)
            first = min(first, record.time)
            guard record.time >= last else { return }
            (last, example, rule) = (record.time, record.id, would.rule)
        }
    }
}
