import AnalysisRecords
import ConfigImport
import RelayAnalysis

/// An audit for people: the verdict, who can relay in the terms of the original, what to mend.
public struct ConfigAuditText: Sendable {
    public let lines: [String]

    public init(_ audit: ConfigAudit, ignoring ignored: [AuditFinding: IgnoreList.Entry]) {
        var lines = ["\(audit.imported.system.title): \(Self.verdict(audit))"]
        if let reading = audit.imported.notes.reading { lines.append(reading) }
        lines += Self.grants(audit)
        for finding in audit.findings {
            lines.append("")
            if let ignored = ignored[finding] {
                lines.append("ignored until \(ignored.until) (\(ignored.because)): \(finding.message) [\(finding.id)]")
            } else {
                lines += Self.lines(finding)
            }
        }
        if !audit.imported.notes.opaque.isEmpty {
            lines += ["", "Not understood, and taken for a hole until somebody says what it does:"]
            lines += audit.imported.notes.opaque.map { "  \($0.at): \($0.text)\n      \($0.why)" }
        }
        self.lines = lines
    }

    private static func verdict(_ audit: ConfigAudit) -> String {
        switch audit.verdict {
        case .open: "open. Strangers can relay."
        case .closed: "closed. No stranger can relay."
        case .cannotTell: "cannot tell. No hole was found, but parts were not understood."
        }
    }

    private static func grants(_ audit: ConfigAudit) -> [String] {
        guard let grants = audit.answer.grants else { return ["", "Who can relay could not be told within the effort."] }
        guard !grants.isEmpty else { return ["", "Nobody relays."] }
        var lines = ["", "Who can relay:"]
        var seen: Set<String> = []
        let words = GrantWords(of: audit.policy.policy)
        for grant in RelayAnswerText.widestFirst(grants) {
            let gist = GrantText(grant, in: words).gist
            let rule = audit.policy.source(ofPermit: grant.rule)
            let line = "  \(rule?.meaning ?? gist) (\(rule.map { "\($0.origin)" } ?? ""))\n      \(gist)"
            if seen.insert(line).inserted { lines.append(line) }
        }
        return lines
    }

    private static func lines(_ finding: AuditFinding) -> [String] {
        var lines = ["\(finding.severity.rawValue): \(finding.message) [\(finding.id)]", "  at:  \(finding.at)", "  why: \(finding.why)"]
        if let fix = finding.fix {
            let parts = fix.split(separator: "\n", omittingEmptySubsequences: false)
            lines += parts.enumerated().map { ($0 == 0 ? "  fix: " : "       ") + $1 }
        }
        if finding.confidence != .certain { lines.append("  how sure: \(finding.confidence.rawValue)") }
        return lines
    }
}

/// Findings and what was not understood as comma-separated values (RFC 4180).
public enum ConfigAuditCSV {
    public static func text(_ audit: ConfigAudit, ignoring ignored: [AuditFinding: IgnoreList.Entry]) -> String {
        var rows = [["id", "severity", "at", "message", "why", "fix", "ignored until"]]
        rows += audit.findings.map {
            [$0.id, $0.severity.rawValue, "\($0.at)", $0.message, $0.why, $0.fix ?? "", ignored[$0].map { "\($0.until)" } ?? ""]
        }
        rows += audit.imported.notes.opaque.map { ["not-understood", "opaque", "\($0.at)", $0.text, $0.why, "", ""] }
        return rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func field(_ text: String) -> String {
        text.utf8.contains { ",\"\r\n".utf8.contains($0) } ? "\"" + text.replacing("\"", with: "\"\"") + "\"" : text
    }
}
