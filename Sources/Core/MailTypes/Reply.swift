/// An SMTP reply: a code and one or more lines of text (RFC 5321 §4.2).
public struct Reply: Hashable, Sendable {
    /// 200...599.
    public let code: UInt16
    /// The lines without code, separator and CRLF, with LF between them; an enhanced status code is part of its line.
    /// One array, since several replies are made for each message.
    public let text: [UInt8]

    public init(code: UInt16, text: [UInt8]) {
        precondition((200...599).contains(code), "\(code) is no reply")
        (self.code, self.text) = (code, text)
    }

    public init(code: UInt16, lines: [[UInt8]]) {
        precondition(!lines.isEmpty, "a reply has a line")
        self.init(code: code, text: Array(lines.joined(separator: [Self.lineFeed])))
    }

    /// One line: `550 5.7.1 Relaying denied`.
    public init(_ code: UInt16, _ status: StaticString, _ text: String) {
        // Byte by byte, since several are made for each message; interpolation takes five times as long.
        var line: [UInt8] = []
        line.reserveCapacity(status.utf8CodeUnitCount + 1 + text.utf8.count)
        line += status
        line.append(UInt8(ascii: " "))
        line.append(text: text)
        self.init(code: code, text: line)
    }

    public var lines: [[UInt8]] {
        text.split(separator: Self.lineFeed, omittingEmptySubsequences: false).map(Array.init)
    }

    public var isPositive: Bool { code < 400 }
    public var isTransient: Bool { (400..<500).contains(code) }
    public var isPermanent: Bool { code >= 500 }

    private static let lineFeed: UInt8 = 10

    /// The bytes on the wire, each line ended by CRLF.
    public var wireForm: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: wireLength) { place, count in
            count = writeWireForm(to: UnsafeMutableRawBufferPointer(place))
        }
    }

    /// Octets of `wireForm`.
    public var wireLength: Int {
        // LF becomes CRLF with a code and a separator behind it.
        4 + text.count + 2 + 5 * text.count { $0 == Self.lineFeed }
    }

    /// Writes `wireForm` to `place`, which has room for it; how many octets that are.
    public func writeWireForm(to place: UnsafeMutableRawBufferPointer) -> Int {
        var written = 0
        func write(_ byte: UInt8) {
            place[written] = byte
            written += 1
        }
        func write(_ line: ArraySlice<UInt8>) {
            line.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: place[written...]).copyMemory(from: $0) }
            written += line.count
        }
        func writeCode() {
            write(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: code / 100))
            write(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: code / 10 % 10))
            write(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: code % 10))
        }
        var rest = text[...]
        while let end = rest.firstIndex(of: Self.lineFeed) {
            writeCode()
            write(UInt8(ascii: "-"))
            write(rest[..<end])
            write(13)
            write(Self.lineFeed)
            rest = rest[(end + 1)...]
        }
        writeCode()
        write(UInt8(ascii: " "))
        write(rest)
        write(13)
        write(Self.lineFeed)
        return written
    }

    /// Its three digits.
    public func appendCode(to bytes: inout [UInt8]) { bytes.append(number: UInt64(code)) }
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
