extension Diagnostic {
    /// With source line and caret, as the language page shows; `source` is the text of the file.
    ///
    ///     gatepost.conf:95:14: error: unknown network `ofice`
    ///        |
    ///     95 |     from     ofice except 192.0.2.66
    ///        |              ^^^^^
    ///        = fix: did you mean `office`? (line 19)
    ///
    /// No line feed at the end. Without `source`, or where it has no such line, the three middle lines are left out.
    public func rendered(source: String?) -> String {
        let label = id.map { "\(severity.rawValue) \($0)" } ?? severity.rawValue
        var lines = ["\(at): \(label): \(Excerpt.harmless(message))"]
        let number = String(at.line)
        let gutter = String(repeating: " ", count: number.utf8.count)
        if let source, let excerpt = Excerpt(of: source, at: at) {
            lines.append("\(gutter) |")
            lines.append(Excerpt.withoutTrailingSpaces("\(number) | \(excerpt.text)"))
            lines.append("\(gutter) | \(excerpt.carets)")
        }
        if let why { lines.append("\(gutter) = why: \(Excerpt.harmless(why))") }
        if let fix { lines.append("\(gutter) = fix: \(Excerpt.harmless(fix))") }
        return lines.joined(separator: "\n")
    }
}
