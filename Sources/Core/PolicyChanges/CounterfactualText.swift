import RelayPolicy

/// What would have permitted a request, for people.
///
///     log in as anna
///         "staff, logged in" (gatepost.conf:87) would permit it; the file stays as it is
public struct CounterfactualText {
    /// Classes shown of one change.
    private static let mostGains = 4

    /// Without line ends.
    public private(set) var lines: [String] = []

    public init(_ found: Counterfactuals) {
        if let reason = found.noRuleHelps { lines.append(reason) }
        for suggestion in found.suggestions { add(suggestion) }
        if found.suggestions.isEmpty, found.noRuleHelps == nil {
            lines.append("no small change was found that permits it; write a rule by hand and try again")
        }
    }

    private mutating func add(_ suggestion: Counterfactual) {
        lines.append(suggestion.what)
        let rule = "\"\(suggestion.rule.name)\" (\(suggestion.rule.at.lineReference)) would permit it"
        guard let gain = suggestion.gain else {
            lines.append("    \(rule); the file stays as it is")
            return
        }
        if let command = suggestion.command { lines.append("    \(Self.shell(command))") }
        for line in suggestion.text?.text ?? [] where line != " " { lines.append("    \(line)") }
        if suggestion.isForThisRequestAlone {
            lines.append("    gains: nobody else")
        } else {
            lines.append(
                "    gains: " + (gain.isDangerous ? "DANGER: " : "") + (gain.headline ?? "only who has another proof"))
            for line in gain.lines.prefix(Self.mostGains) { lines.append("        \(line)") }
            let more = gain.lines.count - Self.mostGains
            if more > 0 { lines.append("        and \(more) more; --json has them") }
        }
        for test in suggestion.failedTests {
            lines.append("    against it: the test in \(test.at.lineReference) would fail")
        }
    }

    /// Words as a POSIX shell reads them; paths of strangers are among them.
    public static func shell(_ words: [String]) -> String {
        words.map { word in
            let isPlain =
                !word.isEmpty
                && word.utf8.allSatisfy { byte in
                    (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || "@%+=:,./-_".utf8.contains(byte)
                }
            return isPlain ? word : "'" + word.replacing("'", with: "'\\''") + "'"
        }.joined(separator: " ")
    }
}
