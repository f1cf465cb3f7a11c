/// Finds command lines in a client's bytes. A line ends with CRLF and with nothing else (RFC 5321 §2.3.8): what
/// one server takes for a line end and another does not is how commands are smuggled.
public enum CommandFraming {
    /// Bytes in a line with its CRLF: 512 (RFC 5321 §4.5.3.1.4) and room for the parameters of SIZE, DSN, 8BITMIME
    /// and SMTPUTF8.
    public static let longestLine = 2_048

    public enum Finding: Equatable, Sendable {
        /// A line of so many bytes without its CRLF; with it two more.
        case line(Int)
        /// No line end yet.
        case incomplete
        /// A line end that is none, or a NUL: no way to stay in step with this client.
        case broken(Problem)
        /// A line of so many bytes with its CRLF, of which nothing may be believed; the client may go on after it.
        case refused(Int, Problem)
    }

    public enum Problem: Equatable, Sendable {
        case bareLineFeed, bareCarriageReturn, nul, tooLong
    }

    public static func scan(_ bytes: UnsafeRawBufferPointer) -> Finding {
        // One pass: every command is read here.
        var firstReturn: Int?
        for index in bytes.indices {
            switch bytes[index] {
            case 0: return .broken(.nul)
            case ASCII.carriageReturn: firstReturn = firstReturn ?? index
            case ASCII.lineFeed: return line(endingAt: index, of: bytes, firstReturn)
            default: break
            }
        }
        return .incomplete
    }

    private static func line(endingAt end: Int, of bytes: UnsafeRawBufferPointer, _ firstReturn: Int?) -> Finding {
        guard end > 0, bytes[end - 1] == ASCII.carriageReturn else { return .broken(.bareLineFeed) }
        if firstReturn != end - 1 { return .refused(end + 1, .bareCarriageReturn) }
        return end + 1 > longestLine ? .refused(end + 1, .tooLong) : .line(end - 1)
    }
}
