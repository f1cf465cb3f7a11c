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
            // Classes of a rule that differ in circumstances alone are one line; the first of them is the witness.
            var gists: [[String]] = []
            var classes: [[String]: [RightsDifference.Change]] = [:]
            for change in changes {
                let text = GrantText(change.grant, of: policy)
                let key = [text.gist, text.rule]
                if classes[key] == nil { gists.append(key) }
                classes[key, default: []].append(change)
            }
            for key in gists {
                guard let own = classes[key], let first = own.first else { continue }
                let circumstances = GrantText(first.grant, of: policy).circumstances
                let note = own.count > 1 ? "(\(own.count) classes)" : circumstances.isEmpty ? "" : "(\(circumstances))"
                lines.append("\(sign) \(key[0])" + (note.isEmpty ? "" : "  " + note))
                lines.append(
                    "    \(sign == "+" ? "permitted" : "was permitted") by \(key[1]); \(other): \(Self.outcome(first.otherwise))")
                lines.append("    witness: \(TrialRequest(first.grant.witness).json.text)")
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
