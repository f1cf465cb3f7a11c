import Diagnostics
import RelayPolicy

/// One rule as it was read, with what the checks want to know beyond its meaning.
struct RuleReading {
    enum Section { case connection, refuse, relay }

    var rule: Rule
    var section: Section
    /// The first word of each statement that is written, read or not.
    var words: [String: Word] = [:]
    /// A statement had a problem, so the rule says less than was meant and no check may build on it.
    var isBroken = false
    /// A permit that says nothing of who asks (GP-001).
    var lacksProof = false

    /// The place of a statement, else of the rule.
    func place(of word: String) -> SourceLocation { words[word]?.at ?? rule.at }
}
