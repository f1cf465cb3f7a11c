import DecisionRecords
import RelayPolicy

extension DecisionRecord {
    /// What stands against the same request today: the word of the rules, which is `today`, or what refused it then
    /// although they permit it. Nil where nothing does.
    func refusal(today: Decision, by policy: Policy) -> Decision? {
        guard today.verdict == .permit else { return today }
        guard var refusal = decision.verdict == .permit ? refusalBehind : decision, refusal.reason.isOutsidePolicy else {
            return nil
        }
        // As it stands now.
        let rule = policy.relay.firstIndex { $0.name == refusal.rule?.name }
        if refusal.reason == .limit, !(rule.map(today.chargedRules.contains) ?? false) { return nil }
        refusal.rule = rule.map { policy.relay[$0].reference } ?? refusal.rule
        return refusal
    }

    /// The server's, of a recipient that was permitted.
    private var refusalBehind: Decision? {
        guard let outcome, !outcome.isPositive else { return nil }
        var refusal = decision
        (refusal.verdict, refusal.reason) = (outcome.isTransient ? .defer : .reject, .upstreamRefused)
        refusal.reply = outcome
        return refusal
    }
}
