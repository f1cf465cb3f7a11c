import RelayPolicy

/// A rule as lines of the language in their canonical layout, to be put into a file.
public struct RuleText: Hashable, Sendable {
    public var verb: Rule.Verb
    public var name: String
    public private(set) var statements: [Statement] = []

    /// `from  office except 192.0.2.66`
    public struct Statement: Hashable, Sendable {
        public var keyword: String
        /// As the language writes them: quoted where they have to be.
        public var words: [String]
    }

    public init(_ verb: Rule.Verb, name: String) { (self.verb, self.name) = (verb, name) }

    /// Adds a line; one without words is left out.
    public mutating func append(_ keyword: String, _ words: [String]) {
        if !words.isEmpty { statements.append(Statement(keyword: keyword, words: words)) }
    }

    /// The words of `text`, kept as they are written; nil where it is more than words: a comment, a brace or a line's
    /// end would change the meaning of what stands around it.
    public static func words(_ text: String) -> [String]? {
        let source = SourceText(Array(text.utf8), file: "")
        var tokenizer = Tokenizer(source)
        var words: [String] = []
        while let token = tokenizer.next() {
            guard token.kind == .word || token.kind == .quoted else { return nil }
            words.append(String(decoding: source.bytes[token.range], as: UTF8.self))
        }
        return tokenizer.problems.isEmpty && source.problems.isEmpty ? words : nil
    }

    /// A word of the language that means `text`: in quotes only where a bare one would be read as something else.
    public static func word(_ text: String) -> String { PrintedPolicy.word(text) }

    /// Quoted text of the language; nil where it holds what cannot be quoted.
    public static func quoted(_ text: String) -> String? {
        let quoted = PrintedPolicy.quoted(text)
        return words(quoted) == [quoted] ? quoted : nil
    }

    /// Without line ends, not indented.
    public var lines: [String] {
        let column = (statements.map(\.keyword.utf8.count).max() ?? 0) + 2
        let body = statements.map { statement in
            let gap = String(repeating: " ", count: column - statement.keyword.utf8.count)
            return "    " + statement.keyword + gap + statement.words.joined(separator: " ")
        }
        return ["\(verb.rawValue) \(PrintedPolicy.quoted(name)) {"] + body + ["}"]
    }
}
