import MailTypes
import RelayAnalysis
import RelayPolicy

/// The answer of `who-can-relay` for people, the widest first: a line a class with its rule and risks; or long, with
/// the circumstances of every class and the limits of its rule.
public struct RelayAnswerText {
    /// Classes of one rule that are shown in the short form.
    private static let mostOfARule = 3

    private let policy: Policy
    private let words: GrantWords
    public private(set) var lines: [String]

    public init(_ answer: RelayAnswer, of policy: Policy, isNarrowed: Bool, isLong: Bool = false) {
        self.policy = policy
        words = GrantWords(of: policy)
        lines = [Self.headline(answer.strangersCanRelay)]
        guard let grants = answer.grants else {
            lines += ["", "Who can relay is not known."]
            return
        }
        if grants.isEmpty { lines += ["", isNarrowed ? "Nobody of these can relay." : "Nobody can relay."] }
        let rules = Self.byRule(grants)
        if isLong {
            for grants in rules { addLong(grants) }
        } else if !rules.isEmpty {
            addShort(rules)
        }
    }

    private static func headline(_ answer: StrangersAnswer) -> String {
        switch answer {
        case .yes: "Strangers can relay."
        case .no: "No stranger can relay."
        case .asTheServerBehind: "As the server behind: where `observe` stands, its own relay control decides."
        case .cannotTell: "Strangers may be able to relay: it could not be told within the effort."
        }
    }

    /// Of each rule the widest first, and the rules by their widest.
    private static func byRule(_ grants: [Grant]) -> [[Grant]] {
        var byRule: [[Grant]] = []
        for grant in grants {
            if byRule.last?.first?.rule == grant.rule { byRule[byRule.count - 1].append(grant) } else { byRule.append([grant]) }
        }
        return widestFirst(byRule.map { widestFirst($0) }) { $0[0] }
    }

    /// Classes that differ in circumstances alone are one for people.
    private func byGist(_ grants: [Grant]) -> [(gist: String, grants: [Grant])] {
        var gists: [(gist: String, grants: [Grant])] = []
        for grant in grants {
            let gist = GrantText(grant, in: words).gist
            if let known = gists.firstIndex(where: { $0.gist == gist }) {
                gists[known].grants.append(grant)
            } else {
                gists.append((gist, [grant]))
            }
        }
        return gists
    }

    private mutating func addShort(_ rules: [[Grant]]) {
        var rows: [(rule: String, rest: String)] = []
        for grants in rules {
            let gists = byGist(grants)
            for (gist, own) in gists.prefix(Self.mostOfARule) {
                let text = GrantText(own[0], in: words)
                rows.append((text.rule, gist + (text.risks.isEmpty ? "" : "  [\(text.risks)]")))
            }
            let left = gists.count - Self.mostOfARule
            if left > 0 { rows.append(("", "and \(left) more class\(left == 1 ? "" : "es") of this rule, not as wide: --long")) }
        }
        let width = rows.map(\.rule.count).max() ?? 0
        lines.append("")
        lines += rows.map { $0.rule + String(repeating: " ", count: width - $0.rule.count + 2) + $0.rest }
    }

    private mutating func addLong(_ grants: [Grant]) {
        let first = GrantText(grants[0], in: words)
        lines += ["", first.rule + (first.risks.isEmpty ? "" : "  [\(first.risks)]")]
        for (gist, own) in byGist(grants) {
            for grant in own {
                let circumstances = GrantText(grant, in: words).circumstances
                lines.append("    " + gist + (circumstances.isEmpty ? "" : "  (\(circumstances))"))
            }
        }
        let rule = policy.relay[grants[0].rule]
        for limit in rule.limits {
            lines.append("    at most \(LimitText.text(limit))")
        }
        if let until = rule.until { lines.append("    until \(until)") }
    }

    /// Sorted by `width`, which is asked of each once: of long lists it costs their length.
    public static func widestFirst<Item>(_ items: [Item], of grant: (Item) -> Grant) -> [Item] {
        var shares = Remembered<AddressSet, Double>()
        let widths = items.map { item in width(grant(item)) { clients in shares.value(of: clients) { publicShare(clients) } } }
        return items.indices.sorted { widths[$0] > widths[$1] }.map { items[$0] }
    }

    public static func widestFirst(_ grants: [Grant]) -> [Grant] { widestFirst(grants) { $0 } }

    /// Who need nothing but an address come first, by how many they are.
    private static func width(_ grant: Grant, share: (AddressSet) -> Double) -> Double {
        let requests = grant.requests
        let proofs = [!requests.logins.hasNone, requests.pop == true, !requests.certificates.each.isEmpty, requests.needsName]
        return share(requests.clients) - Double(proofs.count { $0 }) * 2
    }

    private static func publicShare(_ clients: AddressSet) -> Double { clients.subtracting(.notPublic).share }
}

/// The answer as CSV (RFC 4180 §2): a line a class.
public enum RelayAnswerCSV {
    public static func text(_ answer: RelayAnswer, of policy: Policy) -> String {
        let head = ["rule", "at", "client", "login", "pop", "certificate", "name", "sender", "to", "listener", "risks", "witness"]
        let rows = RelayAnswer.records(answer.grants ?? [], of: policy).map { record -> [String] in
            let json = record.json
            func field(_ key: String) -> String {
                switch json[key] {
                case nil, .null?: ""
                case .string(let text)?: text
                case .array(let elements)?:
                    elements.map { if case .string(let text) = $0 { text } else { $0.text } }.joined(separator: " ")
                case let value?: value.text
                }
            }
            return [record.rule.name, record.rule.at.lineReference]
                + ["client", "login", "pop", "certificate", "name", "sender", "to", "listener", "risks", "witness"].map(field)
        }
        return ([head] + rows).map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func quoted(_ field: String) -> String {
        // A spreadsheet takes such a field for a formula; rule names and logins are other people's text.
        let safe = field.first.map { "=+-@".contains($0) } ?? false ? "'" + field : field
        guard safe.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
