import MailTypes

extension Command {
    /// Reads one line without its CRLF. It has no CR, LF or NUL in it (`CommandFraming`).
    public init(parsing line: [UInt8]) throws(CommandProblem) {
        let (verb, argument) = Self.split(line)
        switch verb.count {
        case 4: self = try Self.fourLetters(verb, argument)
        default: self = try Self.longVerb(verb, argument)
        }
    }

    private static func fourLetters(_ verb: ArraySlice<UInt8>, _ argument: ArraySlice<UInt8>) throws(CommandProblem)
        -> Command
    {
        if ASCII.equals(verb, "MAIL") { return try mail(argument) }
        if ASCII.equals(verb, "RCPT") { return try recipient(argument) }
        if ASCII.equals(verb, "EHLO") { return .ehlo(try greetingName(argument)) }
        if ASCII.equals(verb, "HELO") { return .helo(try greetingName(argument)) }
        if ASCII.equals(verb, "DATA") { return try bare(.data, argument) }
        if ASCII.equals(verb, "RSET") { return try bare(.rset, argument) }
        if ASCII.equals(verb, "QUIT") { return try bare(.quit, argument) }
        if ASCII.equals(verb, "NOOP") { return .noop }
        if ASCII.equals(verb, "VRFY") { return .vrfy }
        if ASCII.equals(verb, "EXPN") { return .expn }
        if ASCII.equals(verb, "HELP") { return .help }
        return try longVerb(verb, argument)
    }

    private static func longVerb(_ verb: ArraySlice<UInt8>, _ argument: ArraySlice<UInt8>) throws(CommandProblem)
        -> Command
    {
        if ASCII.equals(verb, "STARTTLS") { return try bare(.startTLS, argument) }
        let lower = verb.map { (0x41...0x5a).contains($0) ? $0 + 32 : $0 }
        guard lower.allSatisfy({ $0 < 0x80 }), let known = Verb(rawValue: String(decoding: lower, as: UTF8.self))
        else { throw CommandProblem(.unknownVerb, 500, "5.5.2", "Command not recognized") }
        return .notOffered(known)
    }

    /// Verb and argument; spaces behind the verb and at the line's end are dropped (RFC 5321 §4.1.1: a server
    /// SHOULD tolerate trailing white space).
    private static func split(_ line: [UInt8]) -> (ArraySlice<UInt8>, ArraySlice<UInt8>) {
        let end = line.lastIndex { $0 != ASCII.space }.map { $0 + 1 } ?? 0
        let text = line[..<end]
        guard let gap = text.firstIndex(of: ASCII.space) else { return (text, text[end...]) }
        let start = text[gap...].firstIndex { $0 != ASCII.space } ?? end
        return (text[..<gap], text[start...])
    }

    private static func bare(_ command: Command, _ argument: ArraySlice<UInt8>) throws(CommandProblem) -> Command {
        guard argument.isEmpty else { throw CommandProblem(.syntax, 501, "5.5.4", "No arguments allowed") }
        return command
    }

    /// 1...255 printable ASCII bytes without space. Clients say many wrong names, and mail is not refused for
    /// them (RFC 5321 §4.1.4), but the name goes into a Received line and a log.
    private static func greetingName(_ argument: ArraySlice<UInt8>) throws(CommandProblem) -> [UInt8] {
        guard !argument.isEmpty, argument.count <= 255, argument.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw CommandProblem(.syntax, 501, "5.5.4", "Say your host name, in ASCII")
        }
        return Array(argument)
    }

    private static func mail(_ argument: ArraySlice<UInt8>) throws(CommandProblem) -> Command {
        guard ASCII.hasPrefix(argument, "FROM:") else {
            throw CommandProblem(.syntax, 501, "5.5.4", "Syntax: MAIL FROM:<address>")
        }
        let (path, parameters) = pathAndParameters(argument.dropFirst(5))
        let reversePath: ReversePath
        do throws(PathProblem) { reversePath = try ReversePath(parsing: path) } catch {
            throw CommandProblem(.reversePath(path), reply: error.reply)
        }
        return .mail(reversePath, try MailParameters(parsing: parameters))
    }

    private static func recipient(_ argument: ArraySlice<UInt8>) throws(CommandProblem) -> Command {
        guard ASCII.hasPrefix(argument, "TO:") else {
            throw CommandProblem(.syntax, 501, "5.5.4", "Syntax: RCPT TO:<address>")
        }
        let (path, parameters) = pathAndParameters(argument.dropFirst(3))
        let forwardPath: WrittenPath
        do throws(PathProblem) { forwardPath = try WrittenPath(parsing: path) } catch {
            throw CommandProblem(.forwardPath(path), reply: error.reply)
        }
        return .rcpt(forwardPath, try RecipientParameters(parsing: parameters), given: path)
    }

    /// The path up to the `>` that is outside quotes and followed by a space or the end, and what stands behind it.
    /// One space before the path is tolerated: printers write it (language page, Meaning 10).
    private static func pathAndParameters(_ text: ArraySlice<UInt8>) -> ([UInt8], ArraySlice<UInt8>) {
        let text = text.first == ASCII.space ? text.drop { $0 == ASCII.space } : text
        var quoted = false
        var escaped = false
        for index in text.indices {
            let byte = text[index]
            if escaped {
                escaped = false
            } else if quoted, byte == UInt8(ascii: "\\") {
                escaped = true
            } else if byte == UInt8(ascii: "\"") {
                quoted.toggle()
            } else if byte == ASCII.space, !quoted {
                return (Array(text[..<index]), text[(index + 1)...])
            }
        }
        return (Array(text), text[text.endIndex...])
    }
}
