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
            partial.append(contentsOf: rest[..<end])
            rest = rest[(end + 1)...]
            if partial.last == ASCII.carriageReturn { partial.removeLast() }
            if let reply = try line(partial) { replies.append(reply) }
            partial.removeAll(keepingCapacity: false)
        }
        partial.append(contentsOf: rest)
        // The CR of a line whose LF has not come does not count, as it does not where both come at once.
        let length = partial.last == ASCII.carriageReturn ? partial.count - 1 : partial.count
        guard length <= Self.longestLine else { throw Problem(message: "a reply line without end") }
    }

    private mutating func line(_ line: [UInt8]) throws(Problem) -> Reply? {
        guard line.count <= Self.longestLine, let number = line.count >= 3 ? ASCII.number(line[..<3]) : nil,
            (200...599).contains(number)
        else { throw Problem(message: "a line that is no reply") }
        let lineCode = UInt16(number)
        guard code == nil || code == lineCode else { throw Problem(message: "a reply with two codes") }
        let separator = line.count > 3 ? line[3] : ASCII.space
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
    private static func printable(_ text: ArraySlice<UInt8>) -> [UInt8] {
        text.map { $0 == 9 || ($0 >= 0x20 && $0 != 0x7f) ? $0 : UInt8(ascii: "?") }
    }
}
