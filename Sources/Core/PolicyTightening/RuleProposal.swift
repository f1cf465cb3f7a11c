import MailTypes
import PolicyLanguage
import RelayPolicy

/// What is proposed for one permit.
public struct RuleProposal: Hashable, Sendable {
    /// Index in `Policy.relay`.
    public let rule: Int
    public let outcome: Outcome

    public enum Outcome: Hashable, Sendable {
        /// These conditions instead of its own.
        case narrower(RuleEdit.Conditions)
        /// It was never used.
        case delete
        case keep(Why)
    }

    /// Why a rule stays as it is.
    public enum Why: Hashable, Sendable {
        /// All that it permits was used, or nothing in it can be said in fewer words.
        case used
        /// Not in force: `observe`, or `until` is over.
        case grantsNothing
        /// It asks for facts that no record of permitted mail has, in the language's words.
        case factsNotInLog([String])
        /// The log names it for so many requests that are decided otherwise now.
        case decidedOtherwiseNow(Int)
        /// The narrower lines would not have permitted all that was seen, or more than before.
        case notProved
    }

    /// At most so many addresses and networks are proposed for one rule.
    static let mostAddresses = 16

    init(_ rule: Int, of observations: Observations, at now: Instant) {
        self.rule = rule
        let written = observations.policy.relay[rule]
        let usage = observations.usage[rule]
        if written.observes || written.until.map({ now.day > $0 }) ?? false {
            outcome = .keep(.grantsNothing)
        } else if usage.decidedOtherwiseNow > 0 {
            outcome = .keep(.decidedOtherwiseNow(usage.decidedOtherwiseNow))
        } else if usage.requests == 0 {
            let missing = observations.factsSeen.missing(for: written.conditions)
            outcome = missing.isEmpty ? .delete : .keep(.factsNotInLog(missing))
        } else {
            let conditions = Self.narrower(written.conditions, usage)
            outcome = conditions.isEmpty ? .keep(.used) : .narrower(conditions)
        }
    }

    /// The same rule, kept since its proposal was no good.
    init(keeping rule: Int) { (self.rule, outcome) = (rule, .keep(.notProved)) }

    private static func narrower(_ own: Conditions, _ usage: RuleUsage) -> RuleEdit.Conditions {
        var conditions = RuleEdit.Conditions()
        if let from = own.from?.set {
            let used = AddressSet(usage.addresses.map { IPRange($0) })
            let covered = used.covered(within: from, inValues: mostAddresses)
            if covered != from, covered.ranges.count <= max(mostAddresses, from.ranges.count) {
                conditions.from = covered
            }
        }
        if !own.senderOwnedByLogin { conditions.sender = usage.senders.patterns(within: own.sender?.set.patterns) }
        conditions.to = usage.recipients.patterns(within: own.to?.set.patterns)
        return conditions
    }
}
