import Diagnostics

/// A piece of a gatepost.conf or list file, with its exact place.
struct Token: Hashable {
    enum Kind {
        case word
        /// Its bytes have the quotes and backslashes still in them.
        case quoted
        case openBrace, closeBrace
        /// From `#` to the line's end, which is not part of it.
        case comment
        /// LF or CRLF.
        case lineEnd
    }

    var kind: Kind
    // A large file has millions of tokens, and none has four billion bytes.
    private var start: UInt32
    private var end: UInt32
    private let lineNumber: UInt32
    private let columnNumber: UInt32
    private var scalars: UInt32

    init(kind: Kind, range: Range<Int>, line: Int, column: Int, length: Int) {
        self.kind = kind
        (start, end, scalars) = (UInt32(range.lowerBound), UInt32(range.upperBound), UInt32(length))
        (lineNumber, columnNumber) = (UInt32(line), UInt32(column))
    }

    /// In the bytes of the source.
    var range: Range<Int> {
        get { Int(start)..<Int(end) }
        set { (start, end) = (UInt32(newValue.lowerBound), UInt32(newValue.upperBound)) }
    }

    /// From 1.
    var line: Int { Int(lineNumber) }
    /// From 1, in Unicode scalars.
    var column: Int { Int(columnNumber) }
    /// In Unicode scalars.
    var length: Int {
        get { Int(scalars) }
        set { scalars = UInt32(newValue) }
    }
}
