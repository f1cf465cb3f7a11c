import DecisionRecords
import JSONText
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
        let (wordsOfOld, wordsOfNew) = (GrantWords(of: old), GrantWords(of: new))
        add(difference.gained, "+", "permitted", in: wordsOfNew, "before")
        add(difference.lost, "-", "was permitted", in: wordsOfOld, "now")
        add(difference.limits, from: old, to: new, in: wordsOfNew)
        addDeliveries(difference.deliveries)
        if difference.treatsAddressFormsOtherwise {
            lines.append("! `address-tricks` differ: addresses of such forms are refused, resolved or taken otherwise")
        }
    }

    private mutating func add(
        _ changes: [RightsDifference.Change], _ sign: String, _ permitted: String, in words: GrantWords, _ other: String
    ) {
        for own in Self.alike(changes, by: { GrantText($0.grant, in: words) }) {
            let text = GrantText(own[0].grant, in: words)
            lines += [
                "\(sign) \(text.gist)\(Self.note(text, own.count))",
                "    \(permitted) by \(text.rule); \(other): \(Self.outcome(own[0].otherwise))",
                "    witness: \(TrialRequest(own[0].grant.witness).json.text)",
            ]
        }
    }

    private mutating func add(_ changes: [LimitChange], from old: Policy, to new: Policy, in words: GrantWords) {
        for effect in [LimitEffect.more, .fewer, .otherwise] {
            for before in Set(changes.filter { $0.effect == effect }.map(\.oldRule)).sorted() {
                let rule = old.relay[before]
                let changes = changes.filter { $0.effect == effect && $0.oldRule == before }
                for own in Self.alike(changes, by: { GrantText($0.grant, in: words) }) {
                    let text = GrantText(own[0].grant, in: words)
                    lines += [
                        "\(Self.sign(effect)) \(text.gist)\(Self.note(text, own.count))",
                        "    \(Self.words(effect)): \(LimitText.text(new.relay[own[0].grant.rule].limits)) by \(text.rule); "
                            + "before: \(LimitText.text(rule.limits)) by \"\(rule.name)\" (\(rule.at.lineReference))",
                        "    witness: \(TrialRequest(own[0].grant.witness).json.text)",
                    ]
                }
            }
        }
    }

    private static func sign(_ effect: LimitEffect) -> String {
        switch effect {
        case .more: ">"
        case .fewer: "<"
        case .otherwise: "~"
        }
    }

    private static func words(_ effect: LimitEffect) -> String {
        switch effect {
        case .more: "may send more"
        case .fewer: "may send less"
        case .otherwise: "limited otherwise"
        }
    }

    /// Lists of domains are said in one line.
    private mutating func addDeliveries(_ changes: [DeliveryChange]) {
        for isGained in [true, false] {
            let own = changes.filter { $0.isGained == isGained }
            let (sign, other) = isGained ? ("+", "before") : ("-", "now")
            for isLocal in [false, true] {
                let whole = own.filter { $0.mailboxes == nil && ($0.otherwise != nil) == isLocal }
                guard let first = whole.first else { continue }
                lines.append("\(sign) everybody · to \(GrantText.short(whole.lazy.map(\.domains.description))), as delivery")
                lines.append(
                    "    local domains (\(first.entry.at.lineReference)); \(other): "
                        + (first.otherwise.map { "the mailboxes of a list alone (\($0.at.lineReference))" } ?? "not local"))
            }
            for change in own {
                guard let mailboxes = change.mailboxes else { continue }
                lines.append("\(sign) everybody · to \(GrantText.short(mailboxes.map { "\($0)" })), as delivery")
                lines.append(
                    "    recipients of \(change.domains) (\(change.entry.at.lineReference)); \(other): "
                        + (change.otherwise.map { "not in the list (\($0.at.lineReference))" } ?? "not local"))
            }
        }
    }

    /// Classes of a rule that differ in circumstances alone are one line; the first of them is the witness.
    private static func alike<Change>(_ changes: [Change], by text: (Change) -> GrantText) -> [[Change]] {
        var order: [[String]] = []
        var classes: [[String]: [Change]] = [:]
        for change in changes {
            let text = text(change)
            let key = [text.gist, text.rule]
            if classes[key] == nil { order.append(key) }
            classes[key, default: []].append(change)
        }
        return order.compactMap { classes[$0] }
    }

    private static func note(_ text: GrantText, _ count: Int) -> String {
        if count > 1 { return "  (\(count) classes)" }
        return text.circumstances.isEmpty ? "" : "  (\(text.circumstances))"
    }

    /// `reject, no rule permits it`
    private static func outcome(_ decision: Decision) -> String {
        if let rule = decision.rule { return "\(decision.verdict.rawValue) by \"\(rule.name)\" (\(rule.at.lineReference))" }
        return "\(decision.verdict.rawValue) (\(decision.reason.rawValue))"
    }
}
