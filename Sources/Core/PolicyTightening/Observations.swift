import DecisionRecords
import MailTypes
import RelayPolicy

/// The relaying that past decisions show, by the permits of a policy that judges it again.
///
/// Evidence is what was permitted then and is relayed now. All of it is kept, since a proposal has to be judged by it.
public struct Observations: Sendable {
    public let policy: Policy
    /// By index in `Policy.relay`; empty for rules that are no permits.
    public private(set) var usage: [RuleUsage]
    /// Recipients that were permitted then and are relayed now.
    public private(set) var relayed = 0
    /// Permitted then, and neither relayed nor delivered now: `replay` shows them.
    public private(set) var notPermittedNow = 0
    /// Refused then, and relayed now. No use of the right, so a narrower rule may refuse it.
    public private(set) var refusedThen = 0
    /// Decisions from before the time that is looked at.
    public private(set) var tooOld = 0
    public private(set) var first: Instant?
    public private(set) var last: Instant?
    /// Each different request, and how often.
    private(set) var requests: [TrialRequest: Int] = [:]
    private(set) var factsSeen = FactsSeen()

    private let since: Instant?
    private let indexes: [String: Int]
    /// Whether the day of a request can decide.
    private let hasDates: Bool

    /// Nil: no time is too old.
    public init(policy: Policy, since: Instant?) {
        (self.policy, self.since) = (policy, since)
        usage = policy.relay.map { _ in RuleUsage() }
        indexes = Dictionary(policy.relay.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        hasDates = policy.relay.contains { $0.until != nil }
    }

    public mutating func add(_ past: PastDecision) {
        let time = past.trial.facts.now
        if let since, time < since {
            tooOld += 1
            return
        }
        first = min(first ?? time, time)
        last = max(last ?? time, time)
        let judgement = past.trial.judged(by: policy)
        let decision = judgement.explanation.decision
        let isRelayed = decision.verdict == .permit && decision.reason == .relayRule
        guard past.verdict == .permit else {
            if isRelayed { refusedThen += 1 }
            return
        }
        // Of refused mail a log may have more facts, such as HELO in Postfix's.
        factsSeen.add(past.trial.facts)
        if decision.verdict != .permit { notPermittedNow += 1 }
        if let then = past.rule.flatMap({ indexes[$0] }), decision.rule?.name != past.rule {
            usage[then].decidedOtherwiseNow += 1
        }
        guard isRelayed, let path = decision.forwardPath else { return }
        relayed += 1
        for rule in rules(of: judgement.explanation) { usage[rule].add(judgement.request, to: path) }
        var trial = past.trial
        trial.facts.now = hasDates ? Instant(startOf: time.day) : Instant(seconds: 0)
        requests[trial, default: 0] += 1
    }

    /// The permits that fit or may fit: where a fact could not be had all of them together are why it was permitted
    /// (Meaning 7).
    func rules(of explanation: Explanation) -> [Int] {
        explanation.trace.filter { !$0.observed && ($0.undecided || $0.stopped == nil) }
            .compactMap { indexes[$0.rule.name] }
            .filter { policy.relay[$0].verb == .permit }
    }
}
