/// A text in sections, as transcriptions of dialogs are written: `[Section]`, then `Key = value`; a comment begins with
/// `;` or `#`.
public enum SectionedText {
    public enum Line: Hashable, Sendable {
        /// The name as it is written.
        case section(String)
        /// The key in lower case.
        case setting(key: String, value: String)
        /// Neither.
        case other
    }

    /// Where a comment may begin.
    public enum Comments: Hashable, Sendable {
        case atLineStart
        /// At a line's start or after a blank.
        case anywhere
    }

    /// Every line that says something, with its text and place.
    public static func lines(
        of file: ConfigFile, comments: Comments = .anywhere
    ) -> [(line: Line, text: String, origin: Origin)] {
        file.lines.compactMap { line in
            let trimmed = OldAddressForms.trimmed(line.text)
            if trimmed.first == "#" || trimmed.first == ";" { return nil }
            let text = comments == .anywhere ? OldAddressForms.trimmed(withoutComment(line.text)) : trimmed
            return text.isEmpty ? nil : (read(text), text, file.origin(line))
        }
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

    private static func withoutComment(_ text: String) -> Substring {
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
