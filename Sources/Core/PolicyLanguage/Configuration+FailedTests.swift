import Diagnostics
import RelayPolicy

extension Configuration {
    /// An error for each line of `tests` that the policy does not fulfil, in file order. Reading does not try them:
    /// `check` and `reload` do.
    public func failedTests() -> [Diagnostic] { tests.compactMap { $0.failure(under: policy) } }
}

extension PolicyTest {
    /// What was decided instead; nil if the claim holds, or is not proved by this version.
    fileprivate func failure(under policy: Policy) -> Diagnostic? {
        guard case .decision(let verdict, let request, let rule, let asDelivery) = claim else { return nil }
        // The connection and MAIL come first: who is refused there never comes to RCPT.
        let refusal = policy.connectionRefusal(request) ?? policy.demands(of: request)
        let explanation = policy.explain(request)
        let decision = refusal ?? explanation.decision
        let expected: String
        if decision.verdict != verdict {
            expected = verdict.rawValue
        } else if asDelivery, decision.reason != .delivery {
            expected = "delivery"
        } else if let rule, decision.rule?.name != rule {
            expected = "the rule \"\(rule)\""
        } else {
            return nil
        }
        return Diagnostic(
            .error, "this test fails: \(Self.outcome(decision)), expected \(expected)", at: at,
            why: refusal == nil ? Self.why(explanation) : nil, fix: "change the rule, or the test if the rule is right")
    }

    /// `permit by "office LAN" (gatepost.conf:95)`
    private static func outcome(_ decision: Decision) -> String {
        guard let rule = decision.rule else { return "\(decision.verdict.rawValue) (\(decision.reason.rawValue))" }
        return "\(decision.verdict.rawValue) by \"\(rule.name)\" (\(rule.at.lineReference))"
    }

    /// The rule that came closest, where one was to permit.
    private static func why(_ explanation: Explanation) -> String? {
        guard let closest = explanation.closest.first, let because = closest.because else { return nil }
        return "\"\(closest.rule.name)\" (\(closest.rule.at.lineReference)) came closest: \(because)"
    }
}
