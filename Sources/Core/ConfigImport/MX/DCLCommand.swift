import Diagnostics

/// One command in the syntax of OpenVMS: words, and qualifiers behind `/`.
struct DCLCommand: Hashable {
    /// A word, or a qualifier without its `/`.
    struct Item: Hashable {
        /// In upper case as far as it stood outside of quotes.
        var text: String
        /// Behind `=` or `:` of a qualifier; of a list its parts.
        var values: [String] = []
        var isQualifier = false
        /// The line it stands on.
        var line: Int
    }

    /// As it was written, lines joined.
    var text: String
    var items: [Item]
    var at: SourceLocation

    var words: [Item] { items.filter { !$0.isQualifier } }
    var qualifiers: [Item] { items.filter(\.isQualifier) }

    func origin(of item: Item) -> Origin {
        Origin(SourceLocation(file: at.file, line: item.line, column: 1))
    }

    /// The commands of a file. `-` at a line's end goes on in the next line, `!` begins a comment, and prompts that were
    /// copied along (`MCP>`) are dropped. Lines of DCL itself (`$ …`) that call neither MCP nor REJMAN are none of ours.
    ///
    /// No more than `most` of them, where only the beginning matters.
    static func commands(of file: ConfigFile, most: Int = .max) -> [DCLCommand] {
        var commands: [DCLCommand] = []
        var pieces: [(text: String, line: Int)] = []
        func finish() {
            guard let first = pieces.first else { return }
            let at = SourceLocation(file: file.path, line: first.line, column: 1)
            if let command = DCLTokenizer.command(pieces, at: at) { commands.append(command) }
            pieces = []
        }
        for line in file.lines {
            if commands.count >= most { return commands }
            var text = OldAddressForms.trimmed(withoutComment(line.text))
            if pieces.isEmpty {
                guard let own = withoutPrompt(text) else { continue }
                text = own
            }
            guard !text.isEmpty else { continue }
            let goesOn = text.hasSuffix("-")
            if goesOn { text.removeLast() }
            pieces.append((text, line.number))
            if !goesOn { finish() }
        }
        finish()
        return commands
    }

    private static func withoutComment(_ line: String) -> String {
        var isQuoted = false
        guard
            let end = line.utf8.firstIndex(where: { byte in
                if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
                return byte == UInt8(ascii: "!") && !isQuoted
            })
        else { return line }
        return String(line[..<end])
    }

    /// Nil for a line that is no command of ours. `MCP SET …` is one without its `$` too, as guides print it.
    private static func withoutPrompt(_ line: String) -> String? {
        var text = line
        for prompt in ["MCP>", "REJMAN>"] where text.uppercased().hasPrefix(prompt) {
            return OldAddressForms.trimmed(text.dropFirst(prompt.count))
        }
        let isDCL = text.hasPrefix("$")
        if isDCL { text = OldAddressForms.trimmed(text.dropFirst()) }
        let word = text.prefix { $0 != " " && $0 != "\t" && $0 != "/" }.uppercased()
        guard word == "MCP" || word == "REJMAN" else { return isDCL ? nil : text }
        return OldAddressForms.trimmed(text.dropFirst(word.count))
    }
}

/// Cuts one command into its items.
private struct DCLTokenizer {
    private let bytes: [UInt8]
    /// Where the pieces of the command begin in `bytes`, with the lines they come from.
    private let starts: [(offset: Int, line: Int)]
    private var index = 0
    private var piece = 0

    static func command(_ pieces: [(text: String, line: Int)], at: SourceLocation) -> DCLCommand? {
        var tokenizer = DCLTokenizer(pieces)
        let items = tokenizer.items()
        guard !items.isEmpty else { return nil }
        return DCLCommand(text: String(decoding: tokenizer.bytes, as: UTF8.self), items: items, at: at)
    }

    private init(_ pieces: [(text: String, line: Int)]) {
        var bytes: [UInt8] = []
        var starts: [(offset: Int, line: Int)] = []
        for piece in pieces {
            starts.append((bytes.count, piece.line))
            bytes += piece.text.utf8
        }
        (self.bytes, self.starts) = (bytes, starts)
    }

    private mutating func items() -> [DCLCommand.Item] {
        var items: [DCLCommand.Item] = []
        while let byte = nextSign() {
            let line = line
            guard byte == UInt8(ascii: "/") else {
                items.append(.init(text: text(until: " \t/"), line: line))
                continue
            }
            index += 1
            var item = DCLCommand.Item(text: text(until: " \t/=:"), isQualifier: true, line: line)
            if index < bytes.count, Self.isIn(bytes[index], "=:") {
                index += 1
                item.values = values()
            }
            items.append(item)
        }
        return items
    }

    /// `value` or `(value,value)`
    private mutating func values() -> [String] {
        guard nextSign() == UInt8(ascii: "(") else { return [text(until: " \t/")] }
        index += 1
        var values: [String] = []
        while let byte = nextSign() {
            if byte == UInt8(ascii: ")") {
                index += 1
                break
            }
            if byte == UInt8(ascii: ",") {
                index += 1
            } else {
                values.append(text(until: " \t,)"))
            }
        }
        return values
    }

    /// Text up to one of `ends` outside of quotes; `""` within quotes is one. Takes at least one byte.
    private mutating func text(until ends: StaticString) -> String {
        var taken: [UInt8] = []
        var isQuoted = false
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                if isQuoted, index + 1 < bytes.count, bytes[index + 1] == byte {
                    taken.append(byte)
                    index += 1
                } else {
                    isQuoted.toggle()
                }
            } else if isQuoted {
                taken.append(byte)
            } else if Self.isIn(byte, ends), index > start || byte != UInt8(ascii: "/") {
                break
            } else {
                taken.append((0x61...0x7a).contains(byte) ? byte & 0xdf : byte)
            }
            index += 1
        }
        return String(decoding: taken, as: UTF8.self)
    }

    private mutating func nextSign() -> UInt8? {
        while index < bytes.count, Self.isIn(bytes[index], " \t") { index += 1 }
        return index < bytes.count ? bytes[index] : nil
    }

    private var line: Int {
        mutating get {
            while piece + 1 < starts.count, starts[piece + 1].offset <= index { piece += 1 }
            return starts[piece].line
        }
    }

    private static func isIn(_ byte: UInt8, _ set: StaticString) -> Bool { set.withUTF8Buffer { $0.contains(byte) } }
}

/// The words that may stand at one place of a command. DCL takes any beginning that only one of them has.
struct DCLKeywords: Hashable {
    let all: [String]
    init(_ all: [String]) { self.all = all }

    /// The keyword that `text`, in upper case, means; nil if none or more than one.
    func keyword(_ text: some StringProtocol) -> String? {
        guard !text.isEmpty else { return nil }
        if let exact = all.first(where: { $0 == text }) { return exact }
        let fitting = all.filter { $0.hasPrefix(text) }
        return fitting.count == 1 ? fitting[0] : nil
    }

    /// Also with `NO` in front, which turns it off.
    func switched(_ text: String) -> (keyword: String, isOn: Bool)? {
        if let keyword = keyword(text) { return (keyword, true) }
        guard text.hasPrefix("NO"), let keyword = keyword(text.dropFirst(2)) else { return nil }
        return (keyword, false)
    }
}
