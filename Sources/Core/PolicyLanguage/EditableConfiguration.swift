import Diagnostics

/// The text of a gatepost.conf that is changed where it stands: whatever is not changed, comments, layout and line ends
/// too, stays byte for byte.
///
/// It knows the form of the language and not its meaning: what comes out is to be read again.
public struct EditableConfiguration: Sendable {
    /// Where a rule is put.
    public enum Place: Hashable, Sendable {
        case top, end
        /// The name of a rule of the same block.
        case before(String)
        case after(String)
    }

    /// Why a change cannot be made; the text follows `error: `.
    public struct Problem: Error, Hashable, Sendable {
        public let message: String
        init(_ message: String) { self.message = message }
    }

    public private(set) var bytes: [UInt8]
    private let file: String

    /// Bytes of a file without errors in its form; what is no UTF-8 or cannot be cut into statements is refused by
    /// every change.
    public init(_ bytes: [UInt8], file: String) { (self.bytes, self.file) = (bytes, file) }

    // MARK: Rules

    /// Puts a rule into `relay { }`, which is made at the file's end where there is none. `note` becomes a comment
    /// above it.
    public mutating func insert(_ rule: RuleText, _ place: Place, note: String? = nil) throws(Problem) {
        let comment =
            note.map { ["# " + String(String.UnicodeScalarView($0.unicodeScalars.filter { $0.value >= 0x20 }))] } ?? []
        let lines = (comment + rule.lines).map { "    " + $0 }
        guard try relay() != nil else {
            if case .before(let name) = place { throw Self.noRule(name) }
            if case .after(let name) = place { throw Self.noRule(name) }
            try appendBlock(lines)
            return
        }
        try giveStatementsTheirLines()
        let text = try EditedText(bytes, file: file)
        guard let block = try relay()?.block, let end = block.end else { throw Problem("`relay` needs a block") }
        let line: Int
        switch place {
        case .top: line = block.at.line + 1
        case .end: line = end.line
        case .before(let name):
            line = text.firstLine(withCommentsAbove: try Self.rule(name, in: block).at.line)
        case .after(let name):
            let rule = try Self.rule(name, in: block)
            line = (rule.block?.end?.line ?? rule.at.line) + 1
        }
        let offset = text.start(ofLine: line)
        apply([(offset..<offset, lines.map { $0 + text.lineEnd }.joined())], to: text)
    }

    private static func rule(_ name: String, in block: Block) throws(Problem) -> Statement {
        guard let rule = block.statements.first(where: { $0.values.first?.text == name }) else { throw noRule(name) }
        return rule
    }

    private static func noRule(_ name: String) -> Problem { Problem("there is no rule \"\(name)\" in `relay`") }

    private mutating func appendBlock(_ lines: [String]) throws(Problem) {
        let text = try EditedText(bytes, file: file)
        let end = text.bytes.count
        let isOpenLine = end > 0 && text.bytes[end - 1] != 0x0a
        let block = (["", "relay {"] + lines + ["}"]).map { $0 + text.lineEnd }.joined()
        apply([(end..<end, (isOpenLine ? text.lineEnd : "") + block)], to: text)
    }

    /// Breaks a `relay { … }` of one line, or braces that stand behind others, so that each rule has lines of its own.
    private mutating func giveStatementsTheirLines() throws(Problem) {
        let text = try EditedText(bytes, file: file)
        guard let block = try relay()?.block, let end = block.end else { throw Problem("`relay` needs a block") }
        var edits: [(Range<Int>, String)] = []
        let starts = block.statements.map { ($0.at, "    ") } + [(end, "")]
        for (place, indent) in starts {
            let offset = text.offset(of: place)
            let space = text.spaceBefore(offset)
            if space.lowerBound > text.start(ofLine: place.line) { edits.append((space, text.lineEnd + indent)) }
        }
        apply(edits, to: text)
    }

    // MARK: Words

    /// Adds a word to the list of a name: `networks NAME LIST`.
    public mutating func add(_ word: String, toNetwork name: String) throws(Problem) {
        let text = try EditedText(bytes, file: file)
        let statement = text.tree.statements.first { $0.keyword.says("networks") && $0.values.first?.text == name }
        guard let statement else { throw Problem("there is no network `\(name)`") }
        add(word, behind: statement.values.last ?? statement.keyword, text)
    }

    /// Adds a word to the line `from` or `to` of a rule of `relay { }`; in `from`, before any `except`.
    public mutating func add(_ word: String, to keyword: String, ofRule name: String) throws(Problem) {
        let text = try EditedText(bytes, file: file)
        let statement = try statement(keyword, ofRule: name)
        let listed = statement.values.prefix { !$0.says("except") }
        add(word, behind: listed.last ?? statement.keyword, text)
    }

    /// How many lists stand behind `except` in the `from` line of a rule; `may-be-empty` belongs to the word before.
    public func exceptions(ofRule name: String) -> Int {
        guard let statement = try? statement("from", ofRule: name) else { return 0 }
        return Self.exceptions(of: statement).count
    }

    /// Takes one of them away, and `except` itself where it was the last; gives its text.
    public mutating func removeException(_ index: Int, ofRule name: String) throws(Problem) -> String {
        let text = try EditedText(bytes, file: file)
        let statement = try statement("from", ofRule: name)
        let exceptions = Self.exceptions(of: statement)
        guard exceptions.indices.contains(index) else { throw Problem("\"\(name)\" has no such exception") }
        var words = exceptions[index]
        let removed = words.map(\.text).joined(separator: " ")
        if exceptions.count == 1, let keyword = statement.values.first(where: { $0.says("except") }) {
            words.insert(keyword, at: 0)
        }
        let edits = words.map { word -> (Range<Int>, String) in
            let offset = text.offset(of: word.at)
            return (text.spaceBefore(offset).lowerBound..<text.end(of: word.at), "")
        }
        apply(edits, to: text)
        return removed
    }

    /// The words of `from`, before `except`, that may be names of networks.
    public func networkNames(ofRule name: String) -> [String] {
        guard let statement = try? statement("from", ofRule: name),
            let tree = try? EditedText(bytes, file: file).tree
        else { return [] }
        let names = Set(tree.statements.filter { $0.keyword.says("networks") }.compactMap { $0.values.first?.text })
        return statement.values.prefix { !$0.says("except") }.map(\.text).filter(names.contains)
    }

    private static func exceptions(of statement: Statement) -> [[Word]] {
        var exceptions: [[Word]] = []
        for word in statement.values.drop(while: { !$0.says("except") }).dropFirst() {
            if word.says("may-be-empty"), !exceptions.isEmpty {
                exceptions[exceptions.count - 1].append(word)
            } else {
                exceptions.append([word])
            }
        }
        return exceptions
    }

    private mutating func add(_ word: String, behind other: Word, _ text: EditedText) {
        let offset = text.end(of: other.at)
        apply([(offset..<offset, " " + word)], to: text)
    }

    private func statement(_ keyword: String, ofRule name: String) throws(Problem) -> Statement {
        guard let block = try relay()?.block else { throw Self.noRule(name) }
        let rule = try Self.rule(name, in: block)
        guard let statement = rule.block?.statements.first(where: { $0.keyword.says(keyword) }) else {
            throw Problem("\"\(name)\" has no line `\(keyword)`")
        }
        return statement
    }

    private func relay() throws(Problem) -> Statement? {
        try EditedText(bytes, file: file).tree.statements.first { $0.keyword.says("relay") }
    }

    /// Ranges do not overlap, and stand in the order of the file.
    private mutating func apply(_ edits: [(Range<Int>, String)], to text: EditedText) {
        var changed = text.bytes
        for (range, replacement) in edits.reversed() { changed.replaceSubrange(range, with: replacement.utf8) }
        bytes = text.mark + changed
    }
}
