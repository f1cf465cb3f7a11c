import Diagnostics

/// The problems found so far. They are said in file order, whatever the order of reading: those inside a list
/// file stand where the main file names it.
struct Problems {
    /// No person reads more at once, and bytes that are no configuration at all have one for each of them.
    private static let most = 500

    private struct Entry {
        var anchor: SourceLocation
        var isInside: Bool
        var diagnostic: Diagnostic
    }

    private var entries: [Entry] = []
    private var known: Set<Diagnostic> = []
    /// Words that are wrong in form: whatever their value seems to be, it was not meant.
    private var malformed: Set<SourceLocation> = []
    private(set) var errorCount = 0
    /// Those among them that leave nothing unread: they have a name of their own, such as GP-001.
    private(set) var errorsOfMeaning = 0
    private var unsaid: (count: Int, last: SourceLocation)?
    var hasErrors: Bool { errorCount > 0 }

    /// Adds what is wrong with the form of a text, before anything is said about what it means.
    mutating func addProblemsOfForm(_ diagnostics: [Diagnostic], under anchor: SourceLocation? = nil) {
        for diagnostic in diagnostics { add(diagnostic, under: anchor) }
        malformed.formUnion(diagnostics.map(\.at))
    }

    /// Says nothing of these words: another problem explains why they mean nothing.
    mutating func excuse(_ places: Set<SourceLocation>) { malformed.formUnion(places) }

    /// `anchor` is the word in the main file that names the file with the problem.
    mutating func add(_ diagnostic: Diagnostic, under anchor: SourceLocation? = nil) {
        guard !malformed.contains(diagnostic.at), !known.contains(diagnostic) else { return }
        if diagnostic.severity == .error {
            errorCount += 1
            if diagnostic.id != nil { errorsOfMeaning += 1 }
        }
        guard entries.count < Self.most || diagnostic.severity == .critical else {
            unsaid = ((unsaid?.count ?? 0) + 1, diagnostic.at)
            return
        }
        known.insert(diagnostic)
        entries.append(
            Entry(anchor: anchor ?? diagnostic.at, isInside: anchor != nil, diagnostic: diagnostic))
    }

    var inFileOrder: [Diagnostic] {
        func key(_ entry: Entry) -> [Int] {
            [
                entry.anchor.line, entry.anchor.column, entry.isInside ? 1 : 0,
                entry.diagnostic.at.line, entry.diagnostic.at.column,
            ]
        }
        let keyed = entries.enumerated().map { (key: key($1) + [$0], diagnostic: $1.diagnostic) }
        let said = keyed.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.diagnostic)
        guard let unsaid else { return said }
        let severity: Diagnostic.Severity = hasErrors ? .error : .warning
        return said + [Diagnostic(severity, "\(unsaid.count) more problems", at: unsaid.last, fix: "mend these first")]
    }
}
