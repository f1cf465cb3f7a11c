import MailTypes
import RelayAnalysis
import RelayPolicy

/// The answer of `who-can-relay` for people: the widest first, a line a class with its rule under it.
public struct RelayAnswerText {
    /// Classes of one rule that are shown.
    private static let mostOfARule = 6

    public let lines: [String]

    public init(_ answer: RelayAnswer, of policy: Policy, isNarrowed: Bool) {
        var lines: [String] = []
        switch answer.strangersCanRelay {
        case .yes: lines.append("Strangers can relay.")
        case .no: lines.append("No stranger can relay.")
        case .asTheServerBehind: lines.append("As the server behind: where `observe` stands, its own relay control decides.")
        case .cannotTell: lines.append("Strangers may be able to relay: it could not be told within the effort.")
        }
        guard let grants = answer.grants else {
            self.lines = lines + ["", "Who can relay is not known."]
            return
        }
        if grants.isEmpty {
            lines += ["", isNarrowed ? "Nobody of these can relay." : "Nobody can relay."]
        }
        var byRule: [[Grant]] = []
        for grant in grants {
            if byRule.last?.first?.rule == grant.rule { byRule[byRule.count - 1].append(grant) } else { byRule.append([grant]) }
        }
        let sorted = byRule.map { $0.sorted { Self.width($0) > Self.width($1) } }
            .sorted { Self.width($0[0]) > Self.width($1[0]) }
        for grants in sorted {
            let first = GrantText(grants[0], of: policy)
            lines += ["", first.rule + (first.risks.isEmpty ? "" : "  [\(first.risks)]")]
            let own = policy.relay[grants[0].rule]
            // Classes that differ in circumstances alone are one line for people; the first of them is told.
            var gists: [String] = []
            var circumstances: [String: [String]] = [:]
            for grant in grants {
                let text = GrantText(grant, of: policy)
                if circumstances[text.gist] == nil { gists.append(text.gist) }
                circumstances[text.gist, default: []].append(text.circumstances)
            }
            for gist in gists.prefix(Self.mostOfARule) {
                let own = circumstances[gist] ?? []
                let note = own.count > 1 ? "(\(own.count) classes)" : own[0].isEmpty ? "" : "(\(own[0]))"
                lines.append("    " + gist + (note.isEmpty ? "" : "  " + note))
            }
            if gists.count > Self.mostOfARule {
                lines.append("    and \(gists.count - Self.mostOfARule) more lines of this rule; --json has all classes")
            }
            for limit in own.limits {
                lines.append("    at most \(limit.count) \(limit.unit.rawValue) in \(limit.window.components.seconds) seconds for each \(limit.subject.rawValue)")
            }
            if let until = own.until { lines.append("    until \(until)") }
        }
        self.lines = lines
    }

    /// Who need nothing but an address come first, by how many they are.
    public static func width(_ grant: Grant) -> Double {
        let requests = grant.requests
        let open = requests.clients.subtracting(.notPublic)
        let share = max(Double(open.count(.v4)) / 0x1p32, Double(open.count(.v6)) / 0x1p128)
        let proofs = [!requests.logins.hasNone, requests.pop == true, !requests.certificates.each.isEmpty, requests.needsName]
        return share - Double(proofs.count { $0 }) * 2
    }
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
