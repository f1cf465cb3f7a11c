extension GuidePage {
    /// The page as `docs/guide/SYSTEM.md`.
    public var markdown: String {
        var lines = ["# \(system.title)", "", summary]
        for section in sections {
            lines += ["", "## \(section.heading)"]
            var number = 0
            for block in section.blocks {
                switch block {
                case .paragraph(let text): lines += ["", text]
                case .code(let text): lines += ["", "```", text, "```"]
                case .item(let text): lines += lines.last?.hasPrefix("- ") == true ? ["- \(text)"] : ["", "- \(text)"]
                case .step(let text, let code):
                    number += 1
                    lines += ["", "\(number). \(text)"]
                    if let code { lines += ["", "   ```"] + code.split(separator: "\n", omittingEmptySubsequences: false).map { "   \($0)" } + ["   ```"] }
                }
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The page for a terminal of `width` columns.
    public func text(width: Int) -> String {
        var lines = [system.title, "", Self.wrapped(summary, width, indent: 0)]
        for section in sections {
            lines += ["", section.heading.uppercased()]
            var number = 0
            for block in section.blocks {
                switch block {
                case .paragraph(let text): lines.append(Self.wrapped(text, width, indent: 2))
                case .code(let text): lines += [""] + Self.indented(text) + [""]
                case .item(let text): lines.append(Self.wrapped(text, width, indent: 4, mark: "  - "))
                case .step(let text, let code):
                    number += 1
                    lines.append(Self.wrapped(text, width, indent: 5, mark: "  \(number). "))
                    if let code { lines += [""] + Self.indented(code) + [""] }
                }
            }
        }
        return Self.withoutDoubledGaps(lines).joined(separator: "\n")
    }

    private static func indented(_ code: String) -> [String] {
        code.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "      \($0)" }
    }

    private static func withoutDoubledGaps(_ lines: [String]) -> [String] {
        var kept: [String] = []
        for line in lines where !(line.isEmpty && kept.last?.isEmpty ?? true) { kept.append(line) }
        return kept
    }

    /// Words on lines of at most `width` columns; the first line begins with `mark`.
    static func wrapped(_ text: String, _ width: Int, indent: Int, mark: String? = nil) -> String {
        let margin = String(repeating: " ", count: indent)
        var lines: [String] = []
        var line = mark ?? margin
        var isEmpty = true
        for word in text.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                (line, isEmpty) = (margin, true)
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
