import Diagnostics

/// A file of values that a statement names: one value a line, `#` comments, blank lines.
struct ListFile {
    /// More is no list of a person's making; it would only fill the memory.
    static let mostEntries = 1_000_000
    static let mostBytes = 64 << 20
    /// A file in the wrong format has as many problems as lines: the first of them say enough.
    static let mostProblems = 20

    /// Its path, which is also what diagnostics call it.
    let name: String
    private let source: SourceText

    init(_ bytes: [UInt8], name: String) {
        self.name = name
        source = SourceText(bytes, file: name)
    }

    var text: String { source.string }

    /// Gives the words of each line that has any to `body`; returns what was wrong with the file's form.
    func forEachLine(_ body: ([Word]) -> Void) -> [Diagnostic] {
        var tokenizer = Tokenizer(source)
        var problems = source.problems
        var line: [Word] = []
        var entries = 0
        func finishLine() {
            if !line.isEmpty { body(line) }
            line.removeAll(keepingCapacity: true)
        }
        while let token = tokenizer.next() {
            switch token.kind {
            case .word, .quoted:
                if line.isEmpty {
                    entries += 1
                    if entries > Self.mostEntries {
                        problems.append(
                            Diagnostic(
                                .error, "more than \(Self.mostEntries) entries", at: tokenizer.location(of: token),
                                fix: "write networks and wildcards instead of single addresses and names"))
                        return problems + tokenizer.problems
                    }
                }
                line.append(Word(token, in: source))
            case .openBrace, .closeBrace:
                problems.append(
                    Diagnostic(
                        .error, "a list file has no blocks", at: tokenizer.location(of: token),
                        fix: "one value a line, nothing else"))
            case .lineEnd:
                finishLine()
            case .comment:
                break
            }
        }
        finishLine()
        return problems + tokenizer.problems
    }

    /// A relative path begins where the file is that names it.
    static func path(_ path: String, namedIn file: String) -> String {
        guard !path.hasPrefix("/"), let slash = file.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return "\(file[...slash])\(path)"
    }
}
