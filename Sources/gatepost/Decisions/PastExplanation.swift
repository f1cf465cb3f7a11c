import DecisionRecords
import JSONText
import MailTypes
import RelayPolicy

/// A kept decision with the rules of today's configuration read again for it.
struct PastExplanation {
    private(set) var record: DecisionRecord
    /// The configuration is another text than decided; nil where that cannot be told.
    private(set) var hasChanged: Bool?
    /// What would be decided today, where that is something else.
    private(set) var today: Decision?

    /// Without rules: they cannot be had.
    init(_ record: DecisionRecord) { self.record = record }

    init(_ record: DecisionRecord, _ policy: Policy, hasChanged: Bool) {
        self.record = record
        self.hasChanged = hasChanged
        // These fell before the rules were read.
        guard !Self.apartFromRules.contains(record.decision.reason) else { return }
        let trial = TrialRequest(
            facts: record.request, sender: record.unreadableReversePath ?? record.request.reversePath.wireForm,
            to: record.forwardPathGiven)
        let explanation = trial.judged(by: policy).explanation
        (self.record.trace, self.record.closest) = (explanation.trace, explanation.closest)
        if Self.isOther(explanation.decision, than: record.decision) { today = explanation.decision }
    }

    private static func isOther(_ now: Decision, than then: Decision) -> Bool {
        // A rule permitted, and what came after it did not.
        if then.reason.isOutsidePolicy { return now.verdict != .permit }
        return (then.verdict, then.reason, then.rule?.name) != (now.verdict, now.reason, now.rule?.name)
    }

    private static let apartFromRules: Set<Reason> = [.protocolError, .upstreamRefused, .shuttingDown, .loginFailed]

    var json: JSONValue {
        guard case .object(var members) = record.json else { return record.json }
        if let hasChanged { members.append(.init("fileHasChanged", .bool(hasChanged))) }
        if let today {
            members.append(
                .init(
                    "today",
                    .object([
                        .init("verdict", .string(today.verdict.rawValue)),
                        .init("reason", .string(today.reason.rawValue)),
                        .init("rule", .optional(today.rule?.name)),
                    ])))
        }
        return .object(members)
    }

    func lines(at now: Instant) -> [String] {
        var lines = DecisionText(record, time: record.time.localText).lines
        if hasChanged == true {
            let rule = today?.rule.map { " by \"\($0.name)\" (\($0.at.lineReference))" } ?? ""
            let verdict = today.map { "today it would be \($0.verdict.rawValue), \($0.reason.rawValue)\(rule)" }
            lines.append("changed   the file has changed since: \(verdict ?? "today it would be the same")")
        } else if let today {
            lines.append(
                "differs   the file is the same, but from the facts that were kept it would be "
                    + "\(today.verdict.rawValue), \(today.reason.rawValue)")
        }
        if let command = permitCommand(at: now) { lines.append("to allow  \(command)") }
        return lines
    }

    /// No rule fitted; or it passed for `observe` alone, and no rule would have.
    private var lacksRule: Bool {
        let decision = record.decision
        return (decision.reason == .observed ? decision.wouldHaveBeen?.reason : decision.reason) == .noRule
    }

    /// The narrowest permit that would do, for a week.
    private func permitCommand(at now: Instant) -> String? {
        guard lacksRule, today?.verdict != .permit,
            case .mailbox(let mailbox)? = record.decision.forwardPath
        else { return nil }
        var week = now
        week.seconds += 7 * 86_400
        return "gatepost permit --from \(record.request.client) --to \(mailbox.domain) --until \(week.day) "
            + "--name \"…\""
    }
}
