/// Byte comparisons that fold ASCII case and nothing else.
enum ASCII {
    static let carriageReturn: UInt8 = 13
    static let lineFeed: UInt8 = 10
    static let space: UInt8 = 32

    static func upper(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
    }

    static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Whether `bytes` begin with `word`, which is in upper case.
    static func hasPrefix(_ bytes: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        // By index: a zipped sequence costs six times as much, and this is asked of every command.
        return word.withUTF8Buffer { word in
            for offset in 0..<count where upper(bytes[bytes.startIndex + offset]) != word[offset] { return false }
            return true
        }
    }

    /// Whether `bytes` are `word`, which is in upper case.
    static func equals(_ bytes: ArraySlice<UInt8>, _ word: StaticString) -> Bool {
        bytes.count == word.utf8CodeUnitCount && hasPrefix(bytes, word)
    }

    /// The number that `bytes` write in plain digits; nil for signs, spaces, nothing, or more than fits.
    static func number(_ bytes: some Collection<UInt8>) -> UInt64? {
        guard !bytes.isEmpty, bytes.count <= 20 else { return nil }
        var value: UInt64 = 0
        for byte in bytes {
            guard isDigit(byte) else { return nil }
            let (shifted, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = shifted.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
            if tooLarge || overflows { return nil }
            value = sum
        }
        return value
    }
}
