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
    /// The lines so far, with LF between them.
    private var text: [UInt8] = []
    private var lineCount = 0

    public init() {}

    /// Whether a reply has begun and not ended.
    public var isWithinReply: Bool { code != nil || !partial.isEmpty }

    /// Takes bytes and adds the replies that they complete, also those before a problem: what was said in good form
    /// has been said.
    public mutating func received(
        _ bytes: UnsafeRawBufferPointer, into replies: inout [Reply]
    ) throws(Problem) {
        var start = 0
        for end in bytes.indices where bytes[end] == ASCII.lineFeed {
            let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
            if let reply = try lineEnded(by: line) { replies.append(reply) }
            start = end + 1
        }
        if start == bytes.count { return }
        partial.append(contentsOf: bytes[start...])
        // The CR of a line whose LF has not come does not count, as it does not where both come at once.
        guard partial.count - (partial.last == ASCII.carriageReturn ? 1 : 0) <= Self.longestLine else {
            throw Problem(message: "a reply line without end")
        }
    }

    /// A line whose end is `bytes`. Mostly that is all of it, and nothing has to be put together.
    private mutating func lineEnded(by bytes: UnsafeRawBufferPointer) throws(Problem) -> Reply? {
        if partial.isEmpty { return try line(bytes) }
        let whole = partial + bytes
        partial = []
        return try line(whole)
    }

    /// `line` may end with CR.
    private mutating func line<Line: RandomAccessCollection<UInt8>>(_ line: Line) throws(Problem) -> Reply?
    where Line.Index == Int {
        let length = line.last == ASCII.carriageReturn ? line.count - 1 : line.count
        guard length <= Self.longestLine, let lineCode = Self.code(line, length) else {
            throw Problem(message: "a line that is no reply")
        }
        guard code == nil || code == lineCode else { throw Problem(message: "a reply with two codes") }
        let separator = length > 3 ? line[3] : ASCII.space
        guard separator == ASCII.space || separator == UInt8(ascii: "-") else {
            throw Problem(message: "a line that is no reply")
        }
        addText(line, from: 4, to: length)
        guard lineCount <= Self.mostLines else { throw Problem(message: "a reply of too many lines") }
        code = lineCode
        if separator != ASCII.space { return nil }
        defer { (code, text, lineCount) = (nil, [], 0) }
        return Reply(code: lineCode, text: text)
    }

    private static func code(_ line: some RandomAccessCollection<UInt8>, _ length: Int) -> UInt16? {
        guard length >= 3, let number = ASCII.number(line.prefix(3)), (200...599).contains(number) else { return nil }
        return UInt16(number)
    }

    /// The text goes to the client and into logs: CR, NUL and other controls become `?`.
    private mutating func addText<Line: RandomAccessCollection<UInt8>>(_ line: Line, from start: Int, to end: Int)
    where Line.Index == Int {
        if lineCount > 0 { text.append(ASCII.lineFeed) }
        lineCount += 1
        guard start < end else { return }
        let first = text.count
        text.append(contentsOf: line[start..<end])
        for index in first..<text.count where Self.isControl(text[index]) { text[index] = UInt8(ascii: "?") }
    }

    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 && byte != 9 || byte == 0x7f }
}
