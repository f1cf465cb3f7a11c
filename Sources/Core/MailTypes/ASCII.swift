/// Questions about single bytes. The library's own (`isNumber`, `lowercased`) know all of Unicode, and would
/// take a fullwidth digit for a digit and a Kelvin sign for a `k`.
enum ASCII {
    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    @inline(__always)
    static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    @inline(__always)
    static func isUpper(_ byte: UInt8) -> Bool { byte &- 0x41 < 26 }

    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 { isUpper(byte) ? byte | 0x20 : byte }

    /// The bytes with ASCII letters in lower case; the same array if there is nothing to change.
    static func lowercased(_ bytes: [UInt8]) -> [UInt8] {
        bytes.contains(where: isUpper) ? bytes.map { lowercased($0) } : bytes
    }

    static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// `atext` (RFC 5322 §3.2.3, used by RFC 5321 §4.1.2): letters, digits and ``!#$%&'*+-/=?^_`{|}~``.
    @inline(__always)
    static func isAtext(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2F...0x39, 0x3D, 0x3F, 0x41...0x5A, 0x5E...0x7E: true
        default: false
        }
    }

    /// Whether `bytes` are `word` but for ASCII case; `word` is in lower case.
    static func equal(_ bytes: some Collection<UInt8>, ignoringCase word: StaticString) -> Bool {
        word.withUTF8Buffer { word in
            bytes.count == word.count && zip(bytes, word).allSatisfy { lowercased($0) == $1 }
        }
    }
}
