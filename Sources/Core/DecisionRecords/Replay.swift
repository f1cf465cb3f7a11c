import MailTypes
import RelayPolicy

/// Past decisions held against a policy: those that would fall otherwise, grouped by client and rule.
///
/// Limits are not counted and bans not kept: what was permitted within a limit is permitted again.
public struct Replay: Sendable {
    private let policy: Policy
    public private(set) var requests = 0
    /// Refused then for what no policy says (`PastDecision.isOutsidePolicy`), and permitted by this one: no flips,
    /// since nobody knows what would have been.
    public private(set) var outsidePolicy = 0
    private var groups: [Group: Int] = [:]
    /// In the order in which they were first met.
    private var found: [Flip] = []

    public init(policy: Policy) { self.policy = policy }

    public mutating func add(_ past: PastDecision) {
        requests += 1
        let now = past.trial.judged(by: policy).explanation.decision
        guard (past.verdict == .permit) != (now.verdict == .permit) else { return }
        if past.isOutsidePolicy {
            outsidePolicy += 1
            return
        }
        let group = Group(
            from: past.verdict, to: now.verdict, client: past.trial.facts.client, ruleThen: past.rule,
            reasonThen: past.reason, ruleNow: now.rule?.name, reasonNow: now.reason)
        if let index = groups[group] {
            found[index].count += 1
        } else {
            groups[group] = found.count
            found.append(Flip(group: group, count: 1, example: past.trial))
        }
    }

    /// The most frequent first.
    public var flips: [Flip] {
        found.enumerated().sorted { ($1.element.count, $0.offset) < ($0.element.count, $1.offset) }.map(\.element)
    }

    /// What the flips of one line have in common.
    public struct Group: Hashable, Sendable {
        public var from: Verdict
        public var to: Verdict
        public var client: IPAddress
        public var ruleThen: String?
        public var reasonThen: String?
        public var ruleNow: String?
        public var reasonNow: Reason
    }

    /// Requests that are permitted under one of the two policies and not under the other.
    public struct Flip: Hashable, Sendable {
        public var group: Group
        public var count: Int
        /// The first of them.
        public var example: TrialRequest
    }
}
