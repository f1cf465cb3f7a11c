import JSONText
import DecisionRecords
import MailTypes
import RelayAnalysis
import RelayPolicy

/// The difference of two policies for people: a class, the rules of both, and a request to try.
public struct RightsDifferenceText {
    public private(set) var lines: [String] = []

    public init(_ difference: RightsDifference, from old: Policy, to new: Policy) {
        if difference.isEmpty {
            lines = ["The same rights."]
            return
        }
        for (sign, changes, policy, other) in [
            ("+", difference.gained, new, "before"), ("-", difference.lost, old, "now"),
        ] {
            for change in changes {
                let text = GrantText(change.grant, of: policy)
                lines.append("\(sign) \(text.line)")
                lines.append("    \(sign == "+" ? "permitted" : "was permitted") by \(text.rule); \(other): \(Self.outcome(change.otherwise))")
                lines.append("    witness: \(TrialRequest.json(of: change.grant.witness).text)")
            }
        }
        if difference.treatsAddressFormsOtherwise {
            lines.append("! `address-tricks` differ: addresses of such forms are refused, resolved or taken otherwise")
        }
    }

    /// `reject, no rule permits it`
    private static func outcome(_ decision: Decision) -> String {
        if let rule = decision.rule { return "\(decision.verdict.rawValue) by \"\(rule.name)\" (\(rule.at.lineReference))" }
        return "\(decision.verdict.rawValue) (\(decision.reason.rawValue))"
    }
}
