/// Bytes from strangers, made harmless for a line of log or a terminal.
///
/// Every byte that could end a field, a quotation or a line, or start a terminal's control sequence, is written
/// as `\xNN`; so is the backslash itself, which keeps the text reversible. A field that is too long is cut and
/// ends in `\+N`, the number of bytes left out.
public enum EscapedText {
    /// Longer than any mailbox that RFC 5321 §4.5.3.1 allows (64 + 1 + 255).
    static let longest = 320

    /// Nothing but printable ASCII without space, quote and backslash.
    static func append(_ field: some Collection<UInt8>, to line: inout [UInt8]) {
        let shown = field.prefix(longest)
        if shown.allSatisfy(isHarmless) {
            line += shown
        } else {
            for byte in shown { isHarmless(byte) ? line.append(byte) : appendEscape(byte, to: &line) }
        }
        if field.count > longest { line += "\\+\(field.count - longest)".utf8 }
    }

    /// The same for a field that stands in `line` already, from `start` to the end. Mostly it can stay.
    static func escape(_ line: inout [UInt8], from start: Int) {
        if line.count - start <= longest, line[start...].allSatisfy(isHarmless) { return }
        let field = Array(line[start...])
        line.removeSubrange(start...)
        append(field, to: &line)
    }

    private static func isHarmless(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// The bytes that `append` was given, or those it kept if it cut them; nil if it never wrote such text.
    static func unescaped(_ text: [UInt8]) -> (bytes: [UInt8], isCut: Bool)? {
        var bytes: [UInt8] = []
        var rest = text[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            let mark = rest.popFirst()
            if mark == UInt8(ascii: "+") {
                let isNumber = !rest.isEmpty && rest.allSatisfy { (0x30...0x39).contains($0) }
                return isNumber ? (bytes, true) : nil
            }
            let digits = rest.prefix(2)
            guard mark == UInt8(ascii: "x"), digits.count == 2, digits.first != UInt8(ascii: "+"),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return (bytes, false)
    }

    private static func appendEscape(_ byte: UInt8, to line: inout [UInt8]) {
        line += [UInt8(ascii: "\\"), UInt8(ascii: "x"), hexadecimalDigit(byte >> 4), hexadecimalDigit(byte & 15)]
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    /// Text for a terminal: spaces and letters of every script stay, control characters and what turns the
    /// direction of writing become `\u{…}`.
    public static func forTerminal(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return text.unicodeScalars.map { scalar in
            isControl(scalar) ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
        }.joined()
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7f..<0xa0: true
        // Line and paragraph separator, and the marks that embed or override a direction.
        case 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: true
        default: false
        }
    }
}
