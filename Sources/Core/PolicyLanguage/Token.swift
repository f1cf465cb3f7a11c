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
    /// In the bytes of the source.
    var range: Range<Int>
    /// From 1.
    var line: Int
    /// From 1, in Unicode scalars.
    var column: Int
    /// In Unicode scalars.
    var length: Int
}
