extension [UInt8] {
    /// Adds words of ours. A `StaticString` is copied in one go; through a `String`'s UTF-8 each costs four times as much,
    /// and a message has some fifty of them.
    @inlinable
    public static func += (bytes: inout [UInt8], words: StaticString) {
        words.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Adds the UTF-8 of `text`.
    @inlinable
    public mutating func append(text: String) {
        var text = text
        text.withUTF8 { append(contentsOf: $0) }
    }

    /// Adds `number` in plain digits.
    public mutating func append(number: UInt64) {
        if number >= 10 { append(number: number / 10) }
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }
}
