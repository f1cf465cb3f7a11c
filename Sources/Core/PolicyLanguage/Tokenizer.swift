import Diagnostics

/// Cuts a file into tokens, one after the other, in linear time and without copying.
///
/// Every byte sequence can be cut: what is no part of the language is reported in `problems` and passed over,
/// so that one run shows every problem.
struct Tokenizer {
    let source: SourceText
    private(set) var problems: [Diagnostic] = []
    private var position = 0
    private var line = 1
    private var column = 1
    /// A `#` begins a comment here, and a word may begin.
    private var isAfterSpace = true

    init(_ source: SourceText) { self.source = source }

    mutating func next() -> Token? {
        while position < source.bytes.count {
            let byte = source.bytes[position]
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                advance()
                isAfterSpace = true
            case 0x0a:
                return lineEnd(ofLength: 1)
            case 0x0d where position + 1 < source.bytes.count && source.bytes[position + 1] == 0x0a:
                return lineEnd(ofLength: 2)
            case UInt8(ascii: "{"), UInt8(ascii: "}"):
                defer { isAfterSpace = true }
                return token(byte == UInt8(ascii: "{") ? .openBrace : .closeBrace) { $0.advance() }
            case UInt8(ascii: "#"):
                if !isAfterSpace {
                    report(
                        "`#` inside a word", length: 1, fix: "put a space before it for a comment, or quote the value")
                }
                return token(.comment) { $0.skip { $0 != 0x0a } }
            case UInt8(ascii: "\""):
                if !isAfterSpace {
                    report("a quote inside a word", length: 1, fix: "put a space before it, or quote the whole value")
                }
                isAfterSpace = false
                return quoted()
            case 0..<0x20, 0x7f:
                report(
                    "control character U+00\(byte < 16 ? "0" : "")\(String(byte, radix: 16, uppercase: true))",
                    length: 1, fix: "delete it")
                advance()
                isAfterSpace = true
            default:
                return word()
            }
        }
        return nil
    }

    private mutating func word() -> Token {
        isAfterSpace = false
        var isASCII = true
        let token = token(.word) { tokenizer in
            tokenizer.skip { byte in
                if byte >= 0x80 { isASCII = false }
                return Self.isPartOfWord(byte)
            }
        }
        if !isASCII { reportLookalikes(in: token) }
        return token
    }

    private mutating func quoted() -> Token {
        var isClosed = false
        var token = token(.quoted) { tokenizer in
            tokenizer.advance()
            while let byte = tokenizer.current, byte != 0x0a {
                if byte == UInt8(ascii: "\"") {
                    tokenizer.advance()
                    isClosed = true
                    return
                }
                if byte == UInt8(ascii: "\\") {
                    let following = tokenizer.following
                    if following != UInt8(ascii: "\""), following != UInt8(ascii: "\\") {
                        tokenizer.report(
                            "a backslash that protects nothing", length: 1,
                            fix: "in quoted text write \\\\ for a backslash and \\\" for a quote")
                    } else {
                        tokenizer.advance()
                    }
                } else if byte < 0x20 && byte != UInt8(ascii: "\t") && !(byte == 0x0d && tokenizer.following == 0x0a)
                    || byte == 0x7f
                {
                    tokenizer.report("control character in quoted text", length: 1, fix: "delete it")
                }
                tokenizer.advance()
            }
        }
        if isClosed, let byte = current, Self.isPartOfWord(byte) {
            skip(while: Self.isPartOfWord)
            token.range = token.range.lowerBound..<position
            token.length = column - token.column
            problems.append(
                Diagnostic(
                    .error, "a word directly after quoted text", at: location(of: token),
                    fix:
                        "put a space between them; a mailbox with quotes in it is quoted whole: \"\\\"a b\\\"@example.com\""
                ))
        }
        if !isClosed {
            problems.append(
                Diagnostic(
                    .error, "quoted text without an end", at: location(of: token),
                    fix: "write the closing quote on the same line"))
        }
        return token
    }

    private mutating func lineEnd(ofLength length: Int) -> Token {
        let token = Token(
            kind: .lineEnd, range: position..<position + length, line: line, column: column, length: 1)
        position += length
        (line, column) = (line + 1, 1)
        isAfterSpace = true
        return token
    }

    private mutating func token(_ kind: Token.Kind, _ consume: (inout Tokenizer) -> Void) -> Token {
        let (start, startColumn) = (position, column)
        consume(&self)
        var end = position
        if kind == .comment || kind == .quoted {
            // The CR of a CRLF belongs to the line's end.
            while end > start, source.bytes[end - 1] == 0x0d, end < source.bytes.count, source.bytes[end] == 0x0a {
                end -= 1
            }
            if end != position {
                (position, column) = (end, column - 1)
            }
        }
        return Token(kind: kind, range: start..<end, line: line, column: startColumn, length: column - startColumn)
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x7f, UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\""), UInt8(ascii: "#"): false
        default: true
        }
    }

    private var current: UInt8? { position < source.bytes.count ? source.bytes[position] : nil }
    private var following: UInt8? { position + 1 < source.bytes.count ? source.bytes[position + 1] : nil }

    /// One scalar on.
    private mutating func advance() {
        position += 1
        while position < source.bytes.count, source.bytes[position] & 0xc0 == 0x80 { position += 1 }
        column += 1
    }

    private mutating func skip(while isPart: (UInt8) -> Bool) {
        while position < source.bytes.count, isPart(source.bytes[position]) {
            if source.bytes[position] & 0xc0 != 0x80 { column += 1 }
            position += 1
        }
    }

    private mutating func report(_ message: String, length: Int, fix: String) {
        problems.append(
            Diagnostic(
                .error, message,
                at: SourceLocation(file: source.file, line: line, column: column, length: length), fix: fix))
    }

    /// Characters that a word processor puts where a space or a quote was meant: unseen, they make a word unknown.
    private mutating func reportLookalikes(in token: Token) {
        let scalars = String(decoding: source.bytes[token.range], as: UTF8.self).unicodeScalars
        for (index, scalar) in scalars.enumerated() {
            let fix: String
            switch scalar {
            case "\u{200C}", "\u{200D}":
                continue  // Joiners are letters' company in some scripts (RFC 5892 appendix A).
            case "\u{201C}", "\u{201D}", "\u{201E}", "\u{00AB}", "\u{00BB}":
                fix = "use the straight quote \""
            case _ where scalar.properties.isWhitespace || scalar.properties.generalCategory == .control:
                fix = "use a plain space"
            case _ where scalar.properties.generalCategory == .format:
                fix = "delete it: it cannot be seen"
            default:
                continue
            }
            problems.append(
                Diagnostic(
                    .error, "the character U+\(hexadecimal(scalar.value)) is not part of the language",
                    at: SourceLocation(file: source.file, line: token.line, column: token.column + index), fix: fix))
        }
    }

    private func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    func location(of token: Token) -> SourceLocation {
        SourceLocation(file: source.file, line: token.line, column: token.column, length: max(token.length, 1))
    }
}
