import MailTypes

/// Puts replies together from a server's bytes (RFC 5321 §4.2). Strict in form and bounded in size, since the
/// server may be anything: what is no reply ends the connection.
public struct ReplyReader: Sendable {
    /// Bytes in one line without its CRLF. RFC 5321 §4.5.3.1.5 says 512; real servers write longer ones.
    public static let longestLine = 2_048
    public static let mostLines = 128

    public struct Problem: Error, Hashable, Sendable {
        public let message: String
    }

    private var partial: [UInt8] = []
    private var code: UInt16?
    private var lines: [[UInt8]] = []

    public init() {}

    /// Whether a reply has begun and not ended.
    public var isWithinReply: Bool { code != nil || !partial.isEmpty }

    /// Takes bytes and adds the replies that they complete, also those before a problem: what was said in good form
    /// has been said.
    public mutating func received(
        _ bytes: UnsafeRawBufferPointer, into replies: inout [Reply]
    ) throws(Problem) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: ASCII.lineFeed) {
            if let reply = try lineEnded(by: rest[..<end]) { replies.append(reply) }
            rest = rest[(end + 1)...]
        }
        partial.append(contentsOf: rest)
        // The CR of a line whose LF has not come does not count, as it does not where both come at once.
        let length = partial.last == ASCII.carriageReturn ? partial.count - 1 : partial.count
        guard length <= Self.longestLine else { throw Problem(message: "a reply line without end") }
    }

    /// A line whose end is `bytes`. Mostly that is all of it, and nothing has to be put together.
    private mutating func lineEnded(by bytes: Slice<UnsafeRawBufferPointer>) throws(Problem) -> Reply? {
        if partial.isEmpty { return try line(bytes.last == ASCII.carriageReturn ? bytes.dropLast() : bytes) }
        var whole = partial + bytes
        partial = []
        if whole.last == ASCII.carriageReturn { whole.removeLast() }
        return try line(whole)
    }

    private mutating func line(_ line: some RandomAccessCollection<UInt8>) throws(Problem) -> Reply? {
        guard line.count <= Self.longestLine, let number = line.count >= 3 ? ASCII.number(line.prefix(3)) : nil,
            (200...599).contains(number)
        else { throw Problem(message: "a line that is no reply") }
        let lineCode = UInt16(number)
        guard code == nil || code == lineCode else { throw Problem(message: "a reply with two codes") }
        let separator = line.dropFirst(3).first ?? ASCII.space
        guard separator == ASCII.space || separator == UInt8(ascii: "-") else {
            throw Problem(message: "a line that is no reply")
        }
        lines.append(Self.printable(line.dropFirst(4)))
        guard lines.count <= Self.mostLines else { throw Problem(message: "a reply of too many lines") }
        code = lineCode
        if separator != ASCII.space { return nil }
        defer { (code, lines) = (nil, []) }
        return Reply(code: lineCode, lines: lines)
    }

    /// The text goes to the client and into logs: CR, NUL and other controls become `?`.
    private static func printable(_ text: some Collection<UInt8>) -> [UInt8] {
        var shown = Array(text)
        for index in shown.indices where shown[index] != 9 && (shown[index] < 0x20 || shown[index] == 0x7f) {
            shown[index] = UInt8(ascii: "?")
        }
        return shown
    }
}
