/// A text in sections, as transcriptions of dialogs are written: `[Section]`, then `Key = value`; a comment begins with
/// `;` or `#` at a line's start or after a blank.
public enum SectionedText {
    public enum Line: Hashable, Sendable {
        /// The name as it is written.
        case section(String)
        /// The key in lower case.
        case setting(key: String, value: String)
        /// Neither.
        case other
    }

    /// Every line that says something, with its text and place.
    public static func lines(of file: ConfigFile) -> [(line: Line, text: String, origin: Origin)] {
        file.lines.compactMap { line in
            let text = OldAddressForms.trimmed(withoutComment(line.text))
            return text.isEmpty ? nil : (read(text), text, file.origin(line))
        }
    }

    /// Whether one of these headings stands in it, in any case of letters and with any blanks.
    static func has(_ headings: Set<String>, in file: ConfigFile) -> Bool {
        file.lines.contains { line in
            guard case .section(let name) = read(OldAddressForms.trimmed(withoutComment(line.text))) else { return false }
            return headings.contains(words(name))
        }
    }

    /// In lower case, single spaces between words.
    static func words(_ heading: some StringProtocol) -> String {
        heading.split(whereSeparator: { $0 == " " || $0 == "\t" }).map { $0.lowercased() }.joined(separator: " ")
    }

    private static func read(_ text: String) -> Line {
        if text.hasPrefix("["), text.hasSuffix("]"), text.utf8.count >= 2 {
            return .section(OldAddressForms.trimmed(text.dropFirst().dropLast()))
        }
        guard let sign = text.firstIndex(of: "=") else { return .other }
        return .setting(
            key: OldAddressForms.trimmed(text[..<sign]).lowercased(),
            value: OldAddressForms.trimmed(text[text.index(after: sign)...]))
    }

    static func withoutComment(_ text: String) -> Substring {
        let bytes = text.utf8
        var previous = UInt8(ascii: " ")
        for index in bytes.indices {
            let byte = bytes[index]
            let isSign = byte == UInt8(ascii: ";") || byte == UInt8(ascii: "#")
            if isSign, previous == UInt8(ascii: " ") || previous == UInt8(ascii: "\t") { return text[..<index] }
            previous = byte
        }
        return text[...]
    }
}
