/// A sendmail.mc: what m4 would call and what text it would let through, without running it.
///
/// `#` is no comment once cf.m4 is included (it changes m4's comment sign), so a macro behind `#` is carried out; before
/// that it is. Only `dnl` takes a line out.
public struct SendmailMC: Hashable, Sendable {
    public private(set) var items: [Item] = []

    public enum Item: Hashable, Sendable {
        case call(Call)
        case text(Text)
    }

    /// `FEATURE(`access_db', `hash /etc/mail/access')`, `LOCAL_CONFIG`.
    public struct Call: Hashable, Sendable {
        public var name: String
        /// Without the quotes around each.
        public var arguments: [String]
        /// Behind a `#` on its line, where many take it for switched off.
        public var isBehindHash: Bool
        public var origin: Origin

        /// As one would write it.
        public var text: String {
            arguments.isEmpty ? name : "\(name)(\(arguments.map { "`\($0)'" }.joined(separator: ", ")))"
        }

        /// The argument at `index`; nil where there is none or it is empty.
        public func argument(_ index: Int) -> String? {
            index < arguments.count && !arguments[index].isEmpty ? arguments[index] : nil
        }
    }

    /// A line that goes into the sendmail.cf as it is: `Cwours.test`, rules.
    public struct Text: Hashable, Sendable {
        public var text: String
        /// The last of `LOCAL_CONFIG`, `LOCAL_RULESETS`, `LOCAL_RULE_0`, … before it.
        public var section: String?
        public var origin: Origin
    }

    public init(_ file: ConfigFile) {
        var scanner = MCScanner(file)
        scanner.scan()
        items = scanner.items
    }

    public var calls: [Call] {
        items.compactMap { if case .call(let call) = $0 { call } else { nil } }
    }

    public var texts: [Text] {
        items.compactMap { if case .text(let text) = $0 { text } else { nil } }
    }

    /// In order, for instance of `FEATURE` or `HACK`.
    public func calls(named name: String) -> [Call] { calls.filter { $0.name == name } }

    /// What `define` and `undefine` leave at the end; a definition without a value is empty.
    public var definitions: [String: Sourced<String>] {
        var definitions: [String: Sourced<String>] = [:]
        for call in calls {
            guard let name = call.argument(0) else { continue }
            switch call.name {
            case "define", "pushdef": definitions[name] = Sourced(call.argument(1) ?? "", call.origin)
            case "undefine", "popdef": definitions[name] = nil
            default: break
            }
        }
        return definitions
    }

    /// The text parts as the lines of a sendmail.cf. They have its newest level, so that `#` makes a comment.
    public var configurationText: SendmailCF {
        SendmailCF(lines: texts.map { ($0.text, $0.origin) }, level: 10)
    }
}

/// Reads an `.mc` once from its beginning to its end; what is not finished goes to the end.
private struct MCScanner {
    var items: [SendmailMC.Item] = []
    private let file: ConfigFile
    private var bytes: [UInt8] = []
    /// Where each line begins in `bytes`.
    private var starts: [Int] = []
    private var index = 0
    private var lineIndex = 0
    private var diversion = 0
    private var section: String?
    private var text: [UInt8] = []
    private var textLine = 0
    private var hashIsComment: Bool

    init(_ file: ConfigFile) {
        self.file = file
        for line in file.lines {
            starts.append(bytes.count)
            bytes += line.text.utf8
            bytes.append(0x0a)
        }
        hashIsComment = file.lines.contains { $0.text.contains("cf.m4") }
    }

    /// Called with parentheses behind them; words of capital letters are too.
    private static let builtins: Set<String> = [
        "define", "undefine", "pushdef", "popdef", "divert", "undivert", "include", "sinclude", "ifdef", "ifelse",
        "changequote", "changecom", "errprint", "syscmd", "esyscmd", "eval", "defn", "translit", "m4wrap",
    ]
    /// Called without parentheses.
    private static let bare: Set<String> = [
        "LOCAL_CONFIG", "LOCAL_RULESETS", "LOCAL_RULE_0", "LOCAL_RULE_1", "LOCAL_RULE_2", "LOCAL_RULE_3",
        "LOCAL_NET_CONFIG", "MAILER_DEFINITIONS", "LOCAL_SRV_FEATURES", "LOCAL_TRY_TLS", "LOCAL_TLS_CLIENT",
        "LOCAL_TLS_SERVER", "LOCAL_TLS_RCPT", "LOCAL_UUCP", "PUSHDIVERT", "POPDIVERT",
    ]

    mutating func scan() {
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x0a {
                endLine()
            } else if byte == UInt8(ascii: "#"), hashIsComment {
                while index < bytes.count, bytes[index] != 0x0a { take(byte: bytes[index]) }
            } else if byte == UInt8(ascii: "`") {
                for byte in quoted() {
                    if byte == 0x0a { flush() } else { append(byte) }
                }
            } else if Self.isWord(byte) {
                word()
            } else {
                take(byte: byte)
            }
        }
        flush()
    }

    private mutating func take(byte: UInt8) {
        append(byte)
        index += 1
    }

    private mutating func append(_ byte: UInt8) {
        if text.isEmpty { textLine = line(at: index) }
        text.append(byte)
    }

    private mutating func endLine() {
        flush()
        index += 1
    }

    private mutating func flush() {
        defer { text = [] }
        guard diversion >= 0, text.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { return }
        let origin = file.origin(file.lines[min(textLine, file.lines.count - 1)])
        items.append(.text(.init(text: String(decoding: text, as: UTF8.self), section: section, origin: origin)))
    }

    /// The number of the line in which `position` lies; positions only grow.
    private mutating func line(at position: Int) -> Int {
        while lineIndex + 1 < starts.count, starts[lineIndex + 1] <= position { lineIndex += 1 }
        return lineIndex
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5f
    }

    private mutating func word() {
        let start = index
        while index < bytes.count, Self.isWord(bytes[index]) { index += 1 }
        let name = String(decoding: bytes[start..<index], as: UTF8.self)
        if name == "dnl" {
            while index < bytes.count, bytes[index] != 0x0a { index += 1 }
            index += 1
            return
        }
        let isCalled = index < bytes.count && bytes[index] == UInt8(ascii: "(")
        let isUpper = name.utf8.allSatisfy { !(0x61...0x7a).contains($0) } && !(0x30...0x39).contains(name.utf8.first ?? 0)
        guard isCalled && (isUpper || Self.builtins.contains(name)) || Self.bare.contains(name) else {
            let end = index
            index = start
            while index < end { take(byte: bytes[index]) }
            return
        }
        let origin = file.origin(file.lines[line(at: start)])
        let isBehindHash = text.first { $0 != 0x20 && $0 != 0x09 } == UInt8(ascii: "#")
        let call = SendmailMC.Call(
            name: name, arguments: isCalled ? arguments() : [], isBehindHash: isBehindHash, origin: origin)
        carryOut(call)
    }

    private mutating func carryOut(_ call: SendmailMC.Call) {
        switch call.name {
        case "divert": diversion = Int(call.argument(0) ?? "0") ?? 0
        case "include", "sinclude": if call.argument(0)?.contains("cf.m4") == true { hashIsComment = false }
        case "PUSHDIVERT", "POPDIVERT", "MAILER_DEFINITIONS": break
        default: if call.name.hasPrefix("LOCAL_") { section = call.name }
        }
        items.append(.call(call))
    }

    /// From `(` to its `)`. Quotes hide commas and parentheses; blanks in front of an argument do not belong to it.
    private mutating func arguments() -> [String] {
        var arguments: [String] = []
        var current: [UInt8] = []
        var depth = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "`"):
                current += quoted()
                continue
            case UInt8(ascii: "("):
                if depth > 0 { current.append(byte) }
                depth += 1
            case UInt8(ascii: ")"):
                depth -= 1
                if depth == 0 {
                    index += 1
                    return arguments + [Self.argument(current)]
                }
                current.append(byte)
            case UInt8(ascii: ",") where depth == 1:
                arguments.append(Self.argument(current))
                current = []
            case 0x20, 0x09, 0x0a:
                if !current.isEmpty { current.append(byte) }
            default: current.append(byte)
            }
            index += 1
        }
        return arguments + [Self.argument(current)]
    }

    /// Without further quotes around the whole, which m4 takes off when the text is used.
    private static func argument(_ bytes: [UInt8]) -> String {
        var slice = bytes[...]
        while let last = slice.last, last == 0x0a || last == 0x20 || last == 0x09 { slice = slice.dropLast() }
        while slice.count >= 2, slice.first == UInt8(ascii: "`"), slice.last == UInt8(ascii: "'") {
            slice = slice.dropFirst().dropLast()
        }
        return String(decoding: slice, as: UTF8.self)
    }

    /// From a backquote to the apostrophe that ends it, without these two; inner ones stay.
    private mutating func quoted() -> [UInt8] {
        var depth = 0
        var inner: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == UInt8(ascii: "`") {
                depth += 1
                if depth == 1 { continue }
            } else if byte == UInt8(ascii: "'") {
                depth -= 1
                if depth == 0 { return inner }
            }
            inner.append(byte)
        }
        return inner
    }
}
