/// An SMTP reply: a code and one or more lines of text (RFC 5321 §4.2).
public struct Reply: Hashable, Sendable {
    /// 200...599.
    public let code: UInt16
    /// Text of each line without code, separator and CRLF; an enhanced status code is part of it.
    public let lines: [[UInt8]]

    public init(code: UInt16, lines: [[UInt8]]) {
        precondition((200...599).contains(code) && !lines.isEmpty, "\(code) with \(lines.count) lines is no reply")
        (self.code, self.lines) = (code, lines)
    }

    /// One line: `550 5.7.1 Relaying denied`.
    public init(_ code: UInt16, _ status: StaticString, _ text: String) {
        // Byte by byte, since several are made for each message; interpolation takes five times as long.
        var line: [UInt8] = []
        line.reserveCapacity(status.utf8CodeUnitCount + 1 + text.utf8.count)
        status.withUTF8Buffer { line += $0 }
        line.append(UInt8(ascii: " "))
        line += text.utf8
        self.init(code: code, lines: [line])
    }

    public var isPositive: Bool { code < 400 }
    public var isTransient: Bool { (400..<500).contains(code) }
    public var isPermanent: Bool { code >= 500 }

    /// The bytes on the wire, each line ended by CRLF.
    public var wireForm: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(lines.reduce(0) { $0 + $1.count + 6 })
        for (index, line) in lines.enumerated() {
            appendCode(to: &bytes)
            bytes.append(UInt8(ascii: index == lines.count - 1 ? " " : "-"))
            bytes += line
            bytes += [13, 10]
        }
        return bytes
    }

    /// Its three digits.
    public func appendCode(to bytes: inout [UInt8]) {
        for divisor: UInt16 in [100, 10, 1] { bytes.append(UInt8(ascii: "0") + UInt8(code / divisor % 10)) }
    }
}

extension Reply: CustomStringConvertible {
    /// Code and text in one line, for people; bytes that are not printable ASCII are escaped.
    public var description: String {
        let text = lines.map { line in
            line.map { (0x20...0x7e).contains($0) ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16) }
                .joined()
        }
        return "\(code) " + text.joined(separator: " / ")
    }
}
