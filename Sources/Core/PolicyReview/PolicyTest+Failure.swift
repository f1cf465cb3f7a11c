import DecisionRecords
import Diagnostics
import JSONText
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

extension PolicyTest {
    enum Outcome {
        case holds
        case failed(Diagnostic)
        /// The effort was spent; how bad that is, is for others to say.
        case unproved((Diagnostic.Severity) -> Diagnostic)
    }

    /// Whether it speaks of all requests, not of one.
    var isProof: Bool { if case .decision = claim { false } else { true } }

    func outcome(under policy: Policy, at now: Instant, effort: Int) -> Outcome {
        let narrowing: Narrowing
        switch claim {
        case .decision(let verdict, let request, let rule, let asDelivery):
            return failure(verdict, request, rule, asDelivery, policy).map(Outcome.failed) ?? .holds
        case .only(let addresses):
            var others = Narrowing()
            (others.clients, others.login, others.withoutPOP) = (addresses.complement, Narrowing.Login.none, true)
            narrowing = others
        case .never(let never):
            narrowing = Narrowing(never)
        }
        do throws(EffortSpent) {
            let found = try policy.counterexample(toNever: narrowing, at: now, effort: effort)
            return found.map { .failed(refutation($0, policy)) } ?? .holds
        } catch {
            return .unproved(unproved)
        }
    }

    private func unproved(_ severity: Diagnostic.Severity) -> Diagnostic {
        Diagnostic(
            severity, "this test was not proved, and no request was found that shows it to be false", at: at,
            why: "the rules overlap so much that the effort of the analysis was spent first",
            fix: "--effort N (of `check` and `run`) allows for more; or claim less in one line (a listener, fewer clients), or take rules apart that overlap in several lines")
    }

    /// The request that shows a proof to be impossible.
    private func refutation(_ found: Counterexample, _ policy: Policy) -> Diagnostic {
        let by = found.rule.map { "by \"\(policy.relay[$0].name)\" (\(policy.relay[$0].at.lineReference))" } ?? "as delivery"
        return Diagnostic(
            .error, "this test fails: a request that it rules out is permitted \(by)", at: at,
            why: "for one: \(TrialRequest(found.request).json.text)",
            fix: "change the rule, or the test if the rule is right; `gatepost try --batch` takes the request")
    }

    private func failure(
        _ verdict: Verdict, _ request: RelayRequest, _ rule: String?, _ asDelivery: Bool, _ policy: Policy
    ) -> Diagnostic? {
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

extension Narrowing {
    fileprivate init(_ never: PolicyTest.Never) {
        self.init()
        (clients, senders, recipients, listeners) = (never.clients, never.senders, never.recipients, never.listeners)
        toElsewhere = never.recipients == nil
        switch never.login {
        case nil: break
        case .some(.none): (login, withoutPOP) = (Narrowing.Login.none, true)
        case .any: login = .any
        case .named(let names): login = .named(names)
        }
    }
}
