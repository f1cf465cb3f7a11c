/// One line of a source as a terminal can show it, with carets under the place that is meant.
///
/// Tabs are one space each, as the language counts them. Characters that a terminal would obey or hide
/// (controls, bidirectional marks) are shown as U+FFFD, so that a file cannot forge what is printed about it.
/// Wide characters count two cells and combining ones none, so that the carets stand where they should.
struct Excerpt {
    private(set) var text = ""
    private(set) var carets = ""

    /// A longer line is cut to this many cells around the caret.
    private static let widest = 160
    /// How much of a cut line is kept before the caret.
    private static let lead = 60

    /// Nil if `source` has no line of that number.
    init?(of source: String, at location: SourceLocation) {
        guard let line = Self.line(location.line, of: source) else { return nil }
        let scalars = Array(line.unicodeScalars)
        // A place behind the end is the end, where something is missing.
        let start = min(max(location.column, 1) - 1, scalars.count)
        let marked = start..<min(start + min(max(location.length, 1), scalars.count), scalars.count)
        let first = scalars.count > Self.widest ? max(0, start - Self.lead) : 0
        var cells = 0
        if first > 0 { append("…", width: 1, mark: " ", &cells) }
        for index in first..<scalars.count {
            let (shown, width) = Self.cell(for: scalars[index])
            guard cells + width <= Self.widest else {
                text += "…"
                break
            }
            let mark = index < start ? " " : marked.contains(index) ? "^" : ""
            append(shown, width: width, mark: mark, &cells)
        }
        if !carets.contains("^") { carets += "^" }
    }

    private mutating func append(_ scalar: Unicode.Scalar, width: Int, mark: String, _ cells: inout Int) {
        text.unicodeScalars.append(scalar)
        carets += String(repeating: mark, count: width)
        cells += width
    }

    /// `text` with everything replaced that a terminal would not simply show.
    static func harmless(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 >= 0x7f }) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars { shown.unicodeScalars.append(cell(for: scalar).shown) }
        return shown
    }

    static func withoutTrailingSpaces(_ text: String) -> String {
        var text = text
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The text of a line, without its line end (LF or CRLF).
    private static func line(_ number: Int, of source: String) -> String? {
        let bytes = source.utf8
        var start = bytes.startIndex
        for _ in 1..<max(number, 1) {
            guard let lineFeed = bytes[start...].firstIndex(of: 0x0a) else { return nil }
            start = bytes.index(after: lineFeed)
        }
        var end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.endIndex
        if end > start {
            let last = bytes.index(before: end)
            if bytes[last] == 0x0d { end = last }
        }
        return String(source[start..<end])
    }

    private static func cell(for scalar: Unicode.Scalar) -> (shown: Unicode.Scalar, width: Int) {
        if scalar == "\t" { return (" ", 1) }
        if (0x20...0x7e).contains(scalar.value) { return (scalar, 1) }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse:
            return ("\u{FFFD}", 1)
        case .nonspacingMark, .enclosingMark:
            return (scalar, 0)
        default:
            return (scalar, isWide(scalar) ? 2 : 1)
        }
    }

    /// The blocks that terminals show two cells wide (Unicode Standard Annex 11, in large strokes).
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff,
            0xfe30...0xfe6f, 0xff01...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f680...0x1f6ff,
            0x1f900...0x1f9ff, 0x20000...0x3fffd:
            true
        default:
            false
        }
    }
}
