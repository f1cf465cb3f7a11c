/// The left side of a mailbox: how it is written and what it says (RFC 5321 §4.1.2).
///
/// All spellings that decode to the same bytes are the same local part, so only the decoded bytes are kept.
enum LocalPart {
    /// RFC 5321 §4.5.3.1.1, for the form on the wire.
    static let longest = 64

    /// Which dots an unquoted local part may have beside single ones between atoms.
    enum Dots {
        /// In a forward-path: one at the beginning is the trick `leading-dot`, which policy judges.
        case leading
        /// In a reverse-path: doubled and trailing ones, as old mobile carriers gave them to their customers.
        case doubledAndTrailing
    }

    /// What `written` says. Without `@` outside quotes; not empty.
    static func decode(_ written: ArraySlice<UInt8>, allowing dots: Dots) throws(SyntaxFault) -> [UInt8] {
        guard let first = written.first else { throw SyntaxFault("empty local part") }
        let decoded: [UInt8]
        if first == UInt8(ascii: "\"") {
            decoded = try dequote(written)
        } else {
            try checkDotString(written, allowing: dots)
            decoded = Array(written)
        }
        guard !isLonger(decoded, than: longest) else { throw SyntaxFault("local part longer than 64 octets") }
        return decoded
    }

    /// `Dot-string`, with the tolerated dots.
    static func checkDotString(_ written: ArraySlice<UInt8>, allowing dots: Dots) throws(SyntaxFault) {
        var previous = UInt8(ascii: ".")
        for (index, byte) in zip(written.indices, written) {
            if byte == UInt8(ascii: ".") {
                if index == written.startIndex {
                    guard dots == .leading else { throw SyntaxFault("leading dot in the local part") }
                } else if previous == byte, dots != .doubledAndTrailing {
                    throw SyntaxFault("doubled dot in the local part")
                }
            } else if !ASCII.isAtext(byte), byte < 0x80 {
                throw SyntaxFault("character that must be quoted in the local part")
            }
            previous = byte
        }
        if previous == UInt8(ascii: "."), dots != .doubledAndTrailing {
            throw SyntaxFault("trailing dot in the local part")
        }
    }

    /// `Quoted-string`: `qtextSMTP`, `quoted-pairSMTP`, and UTF-8 (RFC 6531 §3.3).
    private static func dequote(_ written: ArraySlice<UInt8>) throws(SyntaxFault) -> [UInt8] {
        guard written.count >= 2, written.last == UInt8(ascii: "\"") else {
            throw SyntaxFault("text after the quoted local part")
        }
        var decoded: [UInt8] = []
        var isEscaped = false
        for byte in written.dropFirst().dropLast() {
            if isEscaped {
                guard byte < 0x80 else { throw SyntaxFault("backslash before a character that is not ASCII") }
                decoded.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                throw SyntaxFault("text after the quoted local part")
            } else {
                decoded.append(byte)
            }
        }
        guard !isEscaped else { throw SyntaxFault("quoted local part without its end") }
        guard !decoded.isEmpty else { throw SyntaxFault("empty local part") }
        return decoded
    }

    /// Whether the bytes can stand without quotes.
    static func isDotString(_ decoded: [UInt8]) -> Bool {
        var previous = UInt8(ascii: ".")
        for byte in decoded {
            if byte == UInt8(ascii: ".") {
                if previous == byte { return false }
            } else if !ASCII.isAtext(byte), byte < 0x80 {
                return false
            }
            previous = byte
        }
        return previous != UInt8(ascii: ".")
    }

    /// The least quoting that says the same.
    static func appendWireForm(of decoded: [UInt8], to bytes: inout [UInt8]) {
        if isDotString(decoded) {
            bytes += decoded
        } else {
            appendQuoted(decoded, to: &bytes)
        }
    }

    static func appendQuoted(_ decoded: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in decoded {
            if needsBackslash(byte) { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether the form on the wire is longer than `most`. Quoting at most doubles it, so that mostly nothing is counted.
    static func isLonger(_ decoded: [UInt8], than most: Int) -> Bool {
        2 * decoded.count + 2 > most && wireLength(decoded) > most
    }

    private static func wireLength(_ decoded: [UInt8]) -> Int {
        isDotString(decoded) ? decoded.count : decoded.count + 2 + decoded.count { needsBackslash($0) }
    }

    private static func needsBackslash(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }
}
