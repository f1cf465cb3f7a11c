import Diagnostics

/// Reads the values of one statement from left to right.
struct ValueCursor {
    let statement: Statement
    private var index = 0

    init(_ statement: Statement) { self.statement = statement }

    var peek: Word? { index < statement.values.count ? statement.values[index] : nil }
    var isAtEnd: Bool { index >= statement.values.count }

    /// Everything that has not been read yet.
    mutating func takeRest() -> ArraySlice<Word> {
        defer { index = statement.values.count }
        return statement.values[index...]
    }

    mutating func next() -> Word? {
        guard let word = peek else { return nil }
        index += 1
        return word
    }

    /// Goes past `keyword` if it comes next.
    mutating func take(_ keyword: String) -> Bool {
        guard let word = peek, word.says(keyword) else { return false }
        index += 1
        return true
    }

    /// The next value, which must be there; `what` says what it should be.
    mutating func require(_ what: String) throws(Diagnostic) -> Word {
        guard let word = next() else { throw missing(what) }
        return word
    }

    /// Goes past the words of the language that must come next.
    mutating func expect(_ keywords: String...) throws(Diagnostic) {
        for keyword in keywords where !take(keyword) {
            guard let word = peek else { throw missing("`\(keyword)`") }
            throw word.problem("`\(keyword)` is expected here, not \(word.shown)", fix: "write `\(keyword)` there")
        }
    }

    /// Nothing may follow.
    func expectEnd() throws(Diagnostic) {
        guard let word = peek else { return }
        throw word.problem(
            "\(word.shown) is one value too many for `\(statement.keyword.text)`",
            fix: "leave it out; another statement begins on a line of its own")
    }

    func missing(_ what: String) -> Diagnostic {
        Diagnostic(
            .error, "\(what) is missing after `\((statement.values.last ?? statement.keyword).text)`", at: statement.end,
            fix: "write \(what) there")
    }
}
