/// A sendmail.cf: commands of one letter, one a line (Sendmail's own "Installation and Operation Guide", chapter 5).
///
/// Nothing is judged here: importers ask for classes, maps, options and rulesets, and walk `commands` to say of each
/// whether they know it.
public struct SendmailCF: Hashable, Sendable {
    /// Every command in its order, comments and blank lines left out, continuations joined.
    public private(set) var commands: [Command] = []
    /// `V10/Berkeley`: 10. Nil without a `V` line, which is how releases before 8 read.
    public private(set) var level: Int?
    /// `D`: name → value as it is written.
    public private(set) var macros: [String: Sourced<String>] = [:]
    /// `C` and `F`: name → what is put into it, in order.
    public private(set) var classes: [String: [ClassPart]] = [:]
    /// `K`: name → map; of two of one name the last stands.
    public private(set) var maps: [String: Map] = [:]
    /// `O`, in order; of two of one name the last stands.
    public private(set) var options: [Option] = []
    /// `M`: names of mailers.
    public private(set) var mailers: [Sourced<String>] = []
    /// `S` with its `R` lines; a second `S` of one name adds to the first, as Sendmail does.
    public private(set) var rulesets: [String: Ruleset] = [:]
    /// `R` lines without a tab between the two sides, which Sendmail reports and skips.
    public private(set) var brokenRules: [Command] = []

    public struct Command: Hashable, Sendable {
        /// The letter in the first column.
        public var letter: Character
        /// What follows it.
        public var argument: String
        public var origin: Origin
        /// As it is written, for people.
        public var text: String { "\(letter)\(argument)" }
    }

    /// What one line puts into a class.
    public enum ClassPart: Hashable, Sendable {
        /// A word of a `C` line, with macros as they are written.
        case word(Sourced<String>)
        /// `F`: each line's first word of a file; lines that begin with `#` count for nothing.
        case file(path: String, isOptional: Bool, format: String?, origin: Origin)
        /// `F|command`: what a program prints.
        case program(String, origin: Origin)
    }

    public struct Map: Hashable, Sendable {
        /// `hash`, `dbm`, `dequote`, …
        public var kind: String
        /// Flags as they are written: `-o`, `-a<OK>`, `-T<TMPF>`.
        public var flags: [String]
        /// Without the flags; a file for most kinds.
        public var argument: String
        public var origin: Origin

        /// What `-a` adds to every value that is found: `@ALLOWED`.
        public var appended: String? { flags.last { $0.hasPrefix("-a") }.map { String($0.dropFirst(2)) } }
    }

    public struct Option: Hashable, Sendable {
        /// Long name, or the one letter of old files.
        public var name: String
        public var value: String
        public var origin: Origin
    }

    public struct Ruleset: Hashable, Sendable {
        public var name: String
        public var origin: Origin
        public var rules: [Rule] = []
    }

    public struct Rule: Hashable, Sendable {
        public var left: String
        public var right: String
        public var comment: String?
        public var origin: Origin

        /// Both sides without any blanks, which mean nothing around operators: a form to compare.
        public var shape: String { SendmailCF.withoutBlanks(left) + "\t" + SendmailCF.withoutBlanks(right) }
    }

    private var currentRuleset: String?

    public init(_ file: ConfigFile) { self.init(lines: file.lines.map { ($0.text, file.origin($0)) }) }

    /// Lines with their places, as the text parts of an `.mc` have them.
    /// `level` counts until a `V` line says another.
    public init(lines: [(text: String, origin: Origin)], level: Int? = nil) {
        self.level = level
        var pending: (text: String, origin: Origin)?
        for (text, origin) in lines {
            if let first = text.utf8.first, first == 0x20 || first == 0x09, pending != nil {
                // A line that begins with a blank goes on with the one before it, blanks included.
                if text.utf8.contains(where: { $0 != 0x20 && $0 != 0x09 }) { pending?.text += text }
                continue
            }
            if let pending { read(pending.text, pending.origin) }
            pending = text.utf8.first == UInt8(ascii: "#") || text.isEmpty ? nil : (text, origin)
        }
        if let pending { read(pending.text, pending.origin) }
    }

    private mutating func read(_ line: String, _ origin: Origin) {
        guard let letter = line.first else { return }
        let text = (level ?? 0) >= 3 ? Self.withoutComment(line) : line
        let command = Command(letter: letter, argument: String(text.dropFirst()), origin: origin)
        commands.append(command)
        switch letter {
        case "V": level = OldAddressForms.decimal(command.argument.prefix { $0.isASCII && $0.isNumber })
        case "D": readMacro(command)
        case "C", "F": readClass(command)
        case "K": readMap(command)
        case "O": readOption(command)
        case "M": mailers.append(Sourced(Self.trimmed(command.argument.prefix { $0 != "," }), origin))
        case "S": readRuleset(command)
        case "R": readRule(command)
        default: break
        }
    }

    /// From level 3 on `#` begins a comment anywhere, but not in `$#` or `\#`.
    private static func withoutComment(_ line: String) -> String {
        let bytes = Array(line.utf8)
        let hash = bytes.indices.first { index in
            bytes[index] == UInt8(ascii: "#") && index > 0 && bytes[index - 1] != UInt8(ascii: "$")
                && bytes[index - 1] != UInt8(ascii: "\\")
        }
        return hash.map { String(decoding: bytes[..<$0], as: UTF8.self) } ?? line
    }

    private mutating func readMacro(_ command: Command) {
        let (name, rest) = Self.name(command.argument)
        macros[name] = Sourced(rest, command.origin)
    }

    private mutating func readClass(_ command: Command) {
        let (name, rest) = Self.name(command.argument)
        guard command.letter == "F" else {
            let words = rest.split(whereSeparator: Self.isBlank)
            classes[name, default: []] += words.map { .word(Sourced(String($0), command.origin)) }
            return
        }
        var words = rest.split(whereSeparator: Self.isBlank).map(String.init)
        var isOptional = false
        while let flag = words.first, flag.hasPrefix("-") {
            isOptional = isOptional || flag.dropFirst().contains("o")
            words.removeFirst()
        }
        guard let path = words.first else { return }
        classes[name, default: []].append(
            path.hasPrefix("|")
                ? .program(Self.trimmed(rest), origin: command.origin)
                : .file(
                    path: path, isOptional: isOptional, format: words.count > 1 ? words[1] : nil, origin: command.origin))
    }

    private mutating func readMap(_ command: Command) {
        var words = command.argument.split(whereSeparator: Self.isBlank).map(String.init)
        guard words.count >= 2 else { return }
        let (name, kind) = (words[0], words[1])
        words.removeFirst(2)
        let flags = words.prefix { $0.hasPrefix("-") }
        maps[name] = Map(
            kind: kind, flags: Array(flags), argument: words.dropFirst(flags.count).joined(separator: " "),
            origin: command.origin)
    }

    private mutating func readOption(_ command: Command) {
        // `O Name=value`, or the older `Oxvalue`.
        if command.argument.first.map(Self.isBlank) == true {
            let parts = command.argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            options.append(
                Option(
                    name: Self.trimmed(parts[0]), value: parts.count > 1 ? Self.trimmed(parts[1]) : "",
                    origin: command.origin))
        } else {
            options.append(
                Option(
                    name: String(command.argument.prefix(1)), value: String(command.argument.dropFirst()),
                    origin: command.origin))
        }
    }

    private mutating func readRuleset(_ command: Command) {
        // `Sname`, `S3`, `Sname=3`; only the first word counts.
        let word = command.argument.split(whereSeparator: Self.isBlank).first.map(String.init) ?? ""
        let name = String(word.prefix { $0 != "=" })
        currentRuleset = name
        if rulesets[name] == nil { rulesets[name] = Ruleset(name: name, origin: command.origin) }
    }

    private mutating func readRule(_ command: Command) {
        let parts = command.argument.split(separator: "\t", omittingEmptySubsequences: true).map(String.init)
        guard command.argument.utf8.contains(0x09), command.argument.utf8.first != 0x09 else {
            return brokenRules.append(command)
        }
        let rule = Rule(
            left: Self.trimmed(parts[0]), right: parts.count > 1 ? Self.trimmed(parts[1]) : "",
            comment: parts.count > 2 ? parts[2...].joined(separator: " ") : nil, origin: command.origin)
        rulesets[currentRuleset ?? "0", default: Ruleset(name: currentRuleset ?? "0", origin: command.origin)]
            .rules.append(rule)
    }

    // MARK: Text

    /// One character, or a name in braces, and what follows it: `w…`, `{LocalIP}…`.
    public static func name(_ text: String) -> (name: String, rest: String) {
        guard text.hasPrefix("{"), let end = text.firstIndex(of: "}") else {
            return (String(text.prefix(1)), String(text.dropFirst()))
        }
        return (String(text[text.index(after: text.startIndex)..<end]), String(text[text.index(after: end)...]))
    }

    /// `text` with `$x` and `${name}` replaced by what `D` lines say; nil where one is not defined or the depth is
    /// more than 8, so that a macro that names itself ends.
    public func expanded(_ text: String, depth: Int = 0) -> String? {
        guard text.contains("$") else { return text }
        guard depth < 8 else { return nil }
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            let (name, after) = Self.name(String(rest[rest.index(after: dollar)...]))
            guard let value = macros[name]?.value, let inner = expanded(value, depth: depth + 1), result.utf8.count < 4096
            else { return nil }
            result += inner
            rest = after[...]
        }
        return result + rest
    }

    /// The last option of that name.
    public func option(_ name: String) -> Option? { options.last { $0.name.lowercased() == name.lowercased() } }

    static func withoutBlanks(_ text: String) -> String { text.filter { !isBlank($0) } }
    static func trimmed(_ text: some StringProtocol) -> String { OldAddressForms.trimmed(text) }
    static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
}

extension SendmailCF {
    /// What a file of an `F` line puts into its class: the first word of each line; `#` in the first column makes a
    /// comment, the rest of a line counts for nothing.
    public static func words(ofClassFile file: ConfigFile) -> [Sourced<String>] {
        file.lines.compactMap { line in
            guard !line.text.hasPrefix("#"), let word = line.text.split(whereSeparator: isBlank).first else { return nil }
            return Sourced(String(word), file.origin(line))
        }
    }

    /// The lines of a map's text file: key, white space, value. Comments and blank lines are left out, as makemap does.
    public static func entries(ofMapFile file: ConfigFile) -> [(key: Sourced<String>, value: String)] {
        file.lines.compactMap { line in
            let text = trimmed(line.text)
            guard !text.isEmpty, !text.hasPrefix("#") else { return nil }
            let key = text.prefix { !isBlank($0) }
            return (Sourced(key.lowercased(), file.origin(line)), trimmed(text[key.endIndex...]))
        }
    }
}
