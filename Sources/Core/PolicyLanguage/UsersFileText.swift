import Diagnostics

/// The text of a users file without its password hashes: what is kept may be shown in a message and end in a log.
///
/// A line is `NAME HASH MAILBOX…`. Where it is written in another way, as by another program (`name:{CRYPT}hash:…`),
/// nobody can tell where the hash ends, so that everything behind the name is hidden; so are comments, in which old
/// lines are kept.
struct UsersFileText {
    private let lines: [[Unicode.Scalar]]

    init(_ text: String) {
        lines = Array(text.unicodeScalars).split(separator: "\n", omittingEmptySubsequences: false).map(Array.init)
    }

    /// With stars in place of what is hidden, so that places stay what they are.
    var masked: String {
        var text = String.UnicodeScalarView()
        for (index, line) in lines.enumerated() {
            if index > 0 { text.append("\n") }
            let hidden = Self.hidden(in: line)
            for (place, scalar) in line.enumerated() {
                text.append(hidden.contains(place) && !Self.isSpace(scalar) ? "*" : scalar)
            }
        }
        return String(text)
    }

    /// The same problem with nothing of its line's secrets in its words.
    func withoutSecrets(_ problem: Diagnostic) -> Diagnostic {
        guard lines.indices.contains(problem.at.line - 1) else { return problem }
        let secrets = Self.secrets(in: lines[problem.at.line - 1])
        func hide(_ text: String) -> String { secrets.reduce(text) { $0.replacing($1, with: "***") } }
        var problem = problem
        problem.message = hide(problem.message)
        problem.why = problem.why.map(hide)
        problem.fix = problem.fix.map(hide)
        return problem
    }

    /// Where the hash stands, or may stand.
    private static func hidden(in line: [Unicode.Scalar]) -> Range<Int> {
        guard let start = line.firstIndex(where: { !isSpace($0) && $0 != "\"" }) else { return 0..<0 }
        if line[start] == "#" { return start + 1..<line.count }
        let name = line[start...].firstIndex { isSpace($0) || $0 == ":" || $0 == "\"" } ?? line.count
        guard let hash = line[name...].firstIndex(where: { !isSpace($0) }) else { return 0..<0 }
        let end = line[hash...].firstIndex(where: isSpace) ?? line.count
        let isPlain = hash > name && !line[hash..<end].contains { "\"{}#".unicodeScalars.contains($0) }
        return isPlain ? hash..<end : hash..<line.count
    }

    /// What is hidden, whole and in the pieces in which a reader may quote it; the longest first.
    private static func secrets(in line: [Unicode.Scalar]) -> [String] {
        func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            return String(view)
        }
        let words = line[hidden(in: line)].split(whereSeparator: isSpace)
        let pieces = words.flatMap { $0.split { "\"{}#:".unicodeScalars.contains($0) } }
        return Set((words + pieces).filter { $0.count > 2 }.map(text)).sorted { $0.utf8.count > $1.utf8.count }
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" || scalar == "\r" }
}
