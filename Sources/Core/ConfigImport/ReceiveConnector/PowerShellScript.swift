/// A PowerShell script as statements of simple commands: what scripts that set up a server are made of. Blocks, loops
/// and expressions are kept as text that is not understood.
struct PowerShellScript {
    enum Token: Hashable {
        case word(String)
        /// Quoted; variables within are left alone.
        case text(String)
        /// `$name` or `$name.Property`, in lower case.
        case variable(String)
        /// `-Name`, in lower case.
        case parameter(String)
        case comma, pipe, assign, append
        /// `(`, `)`, `{`, `}`, `@{`, `@(` and signs of expressions.
        case sign(String)
    }

    struct Statement {
        var tokens: [Token]
        /// As it is written, cut at 200 bytes.
        var text: String
        var origin: Origin
    }

    private(set) var statements: [Statement] = []
    /// The line of a quote, bracket or comment that is never closed, and its place. PowerShell runs no such script.
    let unclosed: (text: String, origin: Origin)?

    init(_ file: ConfigFile) {
        var scanner = PowerShellScanner(file)
        while let statement = scanner.next() { statements.append(statement) }
        unclosed = scanner.unclosedLine.map { number in
            let line = file.lines[number - 1]
            return (String(OldAddressForms.trimmed(line.text).prefix(200)), file.origin(line))
        }
    }
}

private struct PowerShellScanner {
    private let bytes: [UInt8]
    private let file: ConfigFile
    private var index = 0
    private var line = 1
    private(set) var unclosedLine: Int?

    init(_ file: ConfigFile) {
        self.file = file
        var bytes: [UInt8] = []
        for line in file.lines {
            bytes += line.text.utf8
            bytes.append(0x0a)
        }
        self.bytes = bytes
    }

    mutating func next() -> PowerShellScript.Statement? {
        var tokens: [PowerShellScript.Token] = []
        var depth = 0
        var start = 0
        var firstLine = 0
        while let byte = current {
            if isBlank(byte) || byte == 0x60 && isLineEnd(at: index + 1) {
                advance()
                if byte == 0x60 { advance() }
            } else if byte == 0x0a || byte == UInt8(ascii: ";") {
                advance()
                let goesOn = depth > 0 || tokens.last == .comma || tokens.last == .pipe
                if !tokens.isEmpty, !goesOn { break }
            } else if skipComment() {
                continue
            } else {
                if tokens.isEmpty { (start, firstLine) = (index, line) }
                let token = token()
                switch token {
                case .sign("("), .sign("{"), .sign("@{"), .sign("@("): depth += 1
                case .sign(")"), .sign("}"): depth = max(0, depth - 1)
                default: break
                }
                tokens.append(token)
            }
        }
        guard !tokens.isEmpty else { return nil }
        if depth > 0 { unclosedLine = unclosedLine ?? firstLine }
        let text = String(decoding: bytes[start..<min(index, start + 200)], as: UTF8.self)
        return PowerShellScript.Statement(
            tokens: tokens, text: OldAddressForms.trimmed(text.split(whereSeparator: \.isNewline).joined(separator: " ")),
            origin: file.origin(ConfigFile.Line(number: firstLine, text: "")))
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private func isLineEnd(at place: Int) -> Bool { place < bytes.count && bytes[place] == 0x0a }

    private mutating func advance() {
        guard index < bytes.count else { return }
        if bytes[index] == 0x0a { line += 1 }
        index += 1
    }

    private mutating func skipComment() -> Bool {
        if current == UInt8(ascii: "#") {
            while let byte = current, byte != 0x0a { index += 1 }
            return true
        }
        guard current == UInt8(ascii: "<"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "#") else { return false }
        let firstLine = line
        while let byte = current {
            advance()
            if byte == UInt8(ascii: "#"), current == UInt8(ascii: ">") {
                advance()
                return true
            }
        }
        unclosedLine = unclosedLine ?? firstLine
        return true
    }

    private mutating func token() -> PowerShellScript.Token {
        guard let byte = current else { return .sign("") }
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return quoted(byte)
        case UInt8(ascii: ","): return sign(1, .comma)
        case UInt8(ascii: "|"): return sign(1, .pipe)
        case UInt8(ascii: "="): return sign(1, .assign)
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "{"), UInt8(ascii: "}"):
            return sign(1, .sign(String(decoding: [byte], as: UTF8.self)))
        case UInt8(ascii: "@") where following == UInt8(ascii: "{"): return sign(2, .sign("@{"))
        case UInt8(ascii: "@") where following == UInt8(ascii: "("): return sign(2, .sign("@("))
        case UInt8(ascii: "+") where following == UInt8(ascii: "="): return sign(2, .append)
        case UInt8(ascii: "$"):
            advance()
            return .variable(word().lowercased())
        case UInt8(ascii: "-") where following.map(Self.isLetter) ?? false:
            advance()
            var name = word().lowercased()
            // `-Deny:$true`: what follows the colon is the next token.
            if let colon = name.utf8.firstIndex(of: UInt8(ascii: ":")) {
                let rest = name.utf8.distance(from: colon, to: name.utf8.endIndex) - 1
                index -= rest
                name = String(name[..<colon])
            }
            return .parameter(name)
        default:
            let text = word()
            guard text.isEmpty else { return .word(text) }
            return sign(1, .sign(String(decoding: [byte], as: UTF8.self)))
        }
    }

    private var following: UInt8? { index + 1 < bytes.count ? bytes[index + 1] : nil }

    private mutating func sign(_ length: Int, _ token: PowerShellScript.Token) -> PowerShellScript.Token {
        for _ in 0..<length { advance() }
        return token
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) }

    private mutating func word() -> String {
        let start = index
        while let byte = current, !Self.endsWord(byte) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x20, 0x60, UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"),
            UInt8(ascii: "="), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "<"):
            true
        default: false
        }
    }

    private mutating func quoted(_ quote: UInt8) -> PowerShellScript.Token {
        let firstLine = line
        advance()
        var said: [UInt8] = []
        while let byte = current {
            advance()
            if byte == quote {
                guard current == quote else { return .text(String(decoding: said, as: UTF8.self)) }
                advance()
                said.append(quote)
            } else if byte == 0x60, quote == UInt8(ascii: "\""), let next = current {
                advance()
                said.append(next)
            } else {
                said.append(byte)
            }
        }
        unclosedLine = unclosedLine ?? firstLine
        return .text(String(decoding: said, as: UTF8.self))
    }
}
