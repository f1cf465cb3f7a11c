/// One line of a file that is laid out anew: its words without the white space between them.
struct FormattedLine {
    private static let indent = 4
    /// Words of `tests` that begin a part of the line, which stands a little apart.
    private static let testWords: Set<String> = [
        "from", "sender", "to", "helo", "login", "name", "pop", "tls", "certificate", "client-certificate", "listener",
        "local-address", "at", "by", "as",
    ]

    struct Word {
        var text: ArraySlice<UInt8>
        /// The block in which it begins a statement; nil if it begins none.
        var begins: BlockKind?
        var isBrace: Bool { text.elementsEqual("{".utf8) || text.elementsEqual("}".utf8) }
    }

    private(set) var words: [Word] = []
    var comment: ArraySlice<UInt8>?
    var end: ArraySlice<UInt8> = []
    /// How many blocks are open where it begins.
    var depth: Int

    init(depth: Int) { self.depth = depth }

    mutating func append(_ text: ArraySlice<UInt8>, beginning kind: BlockKind?) {
        words.append(Word(text: text, begins: kind))
    }

    var isBlank: Bool { words.isEmpty && comment == nil }
    /// Its last word is a brace that a later line closes.
    var opensLongBlock: Bool { words.last?.text.elementsEqual("{".utf8) ?? false }
    var closesLongBlock: Bool { words.first?.text.elementsEqual("}".utf8) ?? false }

    // MARK: What lines up

    enum Shape: Hashable {
        /// `keyword value…`
        case statement
        /// `networks NAME LIST`, `route USE UPSTREAM`: the name is a column too.
        case named
        /// A line of `tests` that tells the facts of one request.
        case test
        /// `keyword … { … }` on one line.
        case block
        /// A comment, a brace, the beginning of a long block.
        case other
    }

    var shape: Shape {
        guard words.count > 1, let kind = words[0].begins, !opensLongBlock else { return .other }
        if words.contains(where: \.isBrace) { return .block }
        if kind == .tests, !["only", "never"].contains(where: { words[0].text.elementsEqual($0.utf8) }) {
            return .test
        }
        let named: [String] = ["networks", "senders", "route"]
        return kind == .top && words.count > 2 && named.contains { words[0].text.elementsEqual($0.utf8) }
            ? .named : .statement
    }

    /// The words of a test in parts: the verdict, then each fact with its values.
    var parts: [Range<Int>] {
        let starts = words.indices.filter { index in
            index == 0 || Self.testWords.contains(String(decoding: words[index].text, as: UTF8.self))
        }
        return zip(starts, starts.dropFirst() + [words.count]).map { $0..<$1 }
    }

    /// The words that begin the first `count` parts: tests that tell the same facts line up.
    func partNames(_ count: Int) -> [ArraySlice<UInt8>] {
        parts.prefix(count).dropFirst().map { words[$0.lowerBound].text }
    }

    func width(of words: Range<Int>) -> Int {
        self.words[words].reduce(words.count - 1) { $0 + $1.text.count { $0 & 0xc0 != 0x80 } }
    }

    // MARK: Writing

    func write(to text: inout [UInt8], _ columns: FormatColumns) {
        guard !isBlank else { return }
        text += repeatElement(UInt8(ascii: " "), count: depth * Self.indent)
        for (index, word) in words.enumerated() {
            if index > 0 { text += repeatElement(UInt8(ascii: " "), count: columns.gap(before: index, in: self)) }
            text += word.text
        }
        guard var comment else { return }
        while comment.last == UInt8(ascii: " ") || comment.last == UInt8(ascii: "\t") { comment.removeLast() }
        if !words.isEmpty { text += "    ".utf8 }
        text += comment
    }
}
