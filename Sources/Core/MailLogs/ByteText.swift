// Finding words in a line, which is bytes: a client may have put anything into it.

extension ArraySlice<UInt8> {
    /// Where `text` stands first.
    func first(_ text: StaticString) -> Range<Int>? {
        text.withUTF8Buffer { needle in
            guard count >= needle.count else { return nil }
            for start in startIndex...(endIndex - needle.count) where self[start] == needle[0] {
                if self[start..<start + needle.count].elementsEqual(needle) { return start..<start + needle.count }
            }
            return nil
        }
    }

    /// Where `text` stands last.
    func last(_ text: StaticString) -> Range<Int>? {
        var found: Range<Int>?
        var rest = self
        while let range = rest.first(text) {
            found = range
            rest = self[range.upperBound...]
        }
        return found
    }

    func begins(_ text: StaticString) -> Bool { text.withUTF8Buffer { starts(with: $0) } }

    /// What stands between `opening` and the next `closing`.
    func between(_ opening: StaticString, _ closing: StaticString) -> ArraySlice<UInt8>? {
        guard let start = first(opening)?.upperBound, let end = self[start...].first(closing) else { return nil }
        return self[start..<end.lowerBound]
    }

    /// The word at the front, without the space behind it, which goes too.
    mutating func nextWord() -> ArraySlice<UInt8> {
        let word = prefix { $0 != UInt8(ascii: " ") }
        self = self[word.endIndex...].dropFirst()
        return word
    }

    var text: String { String(decoding: self, as: UTF8.self) }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isAlphanumeric: Bool { isDigit || (0x41...0x5a).contains(self) || (0x61...0x7a).contains(self) }
}
