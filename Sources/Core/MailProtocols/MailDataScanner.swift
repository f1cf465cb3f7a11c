/// Follows mail data from `354` to its end and says where it ends (RFC 5321 §4.1.1.4).
///
/// The only end is `CR LF . CR LF`. A CR without LF, an LF without CR and a NUL are reported where they
/// stand, since servers differ in whether they are line ends and so in where the message ends
/// (CVE-2023-51764, CVE-2023-51765, CVE-2023-51766). Header lines `Received:` are counted on the way
/// (RFC 5321 §6.3).
public struct MailDataScanner: Sendable {
    public enum Problem: Equatable, Sendable { case bareLineFeed, bareCarriageReturn, nul }

    public enum Finding: Equatable, Sendable {
        /// All of the bytes are mail data, and it goes on. The last of them are `undecided`.
        case more
        /// The mail data ends behind so many of the bytes, the terminator included.
        case end(Int)
        /// It is broken behind so many bytes that are good.
        case broken(Int, Problem)
    }

    /// `Received:` lines seen in the header section.
    public private(set) var receivedLines = 0

    /// What the bytes so far of this line are, as far as it matters.
    private enum Line: Equatable {
        /// Nothing of it has come: the last bytes were CR LF (or 354).
        case start
        case dot
        /// `.` CR
        case dotThenReturn
        case text
        case textThenReturn
        /// CR at the line's start: an empty line, which ends the header section.
        case emptyThenReturn
    }

    private var line = Line.start
    private var inHeader = true
    /// How many bytes of `RECEIVED:` this line has matched; nil when it is another line.
    private var matched: Int? = 0

    public init() {}

    private static let received = Array("RECEIVED:".utf8)

    public mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Finding {
        var index = 0
        while index < bytes.count {
            // Within a line of text only control bytes matter. Most of a message is read here.
            if line == .text, !(inHeader && matched != nil) {
                index = inHeader ? Self.skipText(bytes, from: index) : Self.skipLines(bytes, from: index)
                if index == bytes.count { break }
            }
            if let problem = step(bytes[index]) { return .broken(index, problem) }
            index += 1
            if line == .start, atEnd { return .end(index) }
        }
        return .more
    }

    private var atEnd = false

    /// The bytes at the end of what was scanned that may still turn out to belong to a broken line end, or to the end of
    /// the mail data. Nobody else may see them before it is known: a server might take them for an end.
    public var undecided: [UInt8] {
        switch line {
        case .start, .text: []
        case .dot: [UInt8(ascii: ".")]
        case .dotThenReturn: [UInt8(ascii: "."), ASCII.carriageReturn]
        case .textThenReturn, .emptyThenReturn: [ASCII.carriageReturn]
        }
    }

    /// The index of the first byte below 0x20 at or behind `start`, or the end: 16 bytes at a time. Lines are short, so
    /// that larger steps gain nothing.
    private static func skipText(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        let lastStep = bytes.count - 16
        while index <= lastStep {
            let marked = controls(bytes, at: index)
            if marked[0] | marked[1] != 0 {
                // Exact for the lowest byte that is marked: a borrow can only mark one above it.
                return marked[0] != 0
                    ? index + marked[0].trailingZeroBitCount / 8 : index + 8 + marked[1].trailingZeroBitCount / 8
            }
            index &+= 16
        }
        while index < bytes.count, bytes[index] >= 0x20 { index += 1 }
        return index
    }

    /// Sixteen bytes as two words, with the highest bit of those that are below 0x20. Words and not `SIMD16<UInt8>`, whose
    /// comparisons are not specialised.
    @inline(__always)
    private static func controls(_ bytes: UnsafeRawBufferPointer, at index: Int) -> SIMD2<UInt64> {
        let words = bytes.loadUnaligned(fromByteOffset: index, as: SIMD2<UInt64>.self)
        let lowest = SIMD2<UInt64>(repeating: 0x2020_2020_2020_2020)
        let highBits = SIMD2<UInt64>(repeating: 0x8080_8080_8080_8080)
        return (words &- lowest) & ~words & highBits
    }

    /// As `skipText`, and over line ends too, as long as an ordinary line of text begins behind them.
    private static func skipLines(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = skipText(bytes, from: start)
        while index + 2 < bytes.count, bytes[index] == ASCII.carriageReturn, bytes[index + 1] == ASCII.lineFeed,
            bytes[index + 2] >= 0x20, bytes[index + 2] != UInt8(ascii: ".")
        {
            index = skipText(bytes, from: index + 3)
        }
        return index
    }

    private mutating func step(_ byte: UInt8) -> Problem? {
        if byte == 0 { return .nul }
        switch (line, byte) {
        case (.textThenReturn, ASCII.lineFeed):
            startLine()
        case (.emptyThenReturn, ASCII.lineFeed):
            inHeader = false
            startLine()
        case (.dotThenReturn, ASCII.lineFeed):
            startLine()
            atEnd = true
        case (.textThenReturn, _), (.emptyThenReturn, _), (.dotThenReturn, _):
            return .bareCarriageReturn
        case (_, ASCII.lineFeed):
            return .bareLineFeed
        case (.start, ASCII.carriageReturn):
            line = .emptyThenReturn
        case (.dot, ASCII.carriageReturn):
            line = .dotThenReturn
        case (.text, ASCII.carriageReturn):
            line = .textThenReturn
        case (.start, UInt8(ascii: ".")):
            (line, matched) = (.dot, nil)
        case (.start, _), (.dot, _), (.text, _):
            line = .text
            match(byte)
        }
        return nil
    }

    private mutating func startLine() {
        (line, matched) = (.start, 0)
    }

    private mutating func match(_ byte: UInt8) {
        guard inHeader, let count = matched else { return }
        guard ASCII.upper(byte) == Self.received[count] else {
            matched = nil
            return
        }
        matched = count + 1
        if count + 1 == Self.received.count {
            receivedLines += 1
            matched = nil
        }
    }
}
