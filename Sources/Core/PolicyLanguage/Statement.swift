import Diagnostics

/// A value or keyword as it was meant: quotes taken off.
struct Word: Hashable {
    var text: String
    /// Quoted words are never keywords.
    var isQuoted: Bool
    var at: SourceLocation

    /// Whether it is this word of the language, which quoted text never is.
    func says(_ keyword: String) -> Bool { !isQuoted && text == keyword }
}

/// `word { value } ( NEWLINE | block NEWLINE )`
struct Statement {
    var keyword: Word
    var values: [Word] = []
    var block: Block?

    var at: SourceLocation { keyword.at }
    /// The place behind the last word, where something is missing.
    var end: SourceLocation {
        var end = (values.last ?? keyword).at
        end.column += end.length
        end.length = 1
        return end
    }
}

/// `"{" NEWLINE { statement } "}"`, or the same on one line.
struct Block {
    /// The opening brace.
    var at: SourceLocation
    var statements: [Statement] = []
    /// The closing brace; nil where it is missing.
    var end: SourceLocation?
}

/// A file cut into statements, and what was wrong with its form.
struct StatementTree {
    var statements: [Statement] = []
    var problems: [Diagnostic] = []
    /// Where each statement begins, as byte offsets, and in which kind of block: one-line blocks have no other
    /// mark for it.
    var starts: [Int: BlockKind] = [:]
}
