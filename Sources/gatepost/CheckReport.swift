import Diagnostics
import JSONText
import MailTypes
import PolicyLanguage
import PolicyReview

/// What `check` found in a file.
struct CheckReport {
    let file: String
    /// In file order.
    let problems: [Diagnostic]
    private let sources: [String: String]
    private let provedTests: Int
    private let isComplete: Bool

    init(file: String, _ result: ReadResult, purpose: ReadPurpose) {
        self.file = file
        let tests = result.configuration?.tests ?? []
        let review = result.configuration.map { PolicyReview($0, at: .now) }
        let failed = review?.failedTests ?? []
        let notYet = purpose == .serving ? result.configuration?.notCarriedOut ?? [] : []
        problems = Self.merged(result.diagnostics, (review?.diagnostics ?? []) + failed + notYet.map(Self.warning))
        sources = result.sources
        provedTests = tests.count - failed.count
        isComplete = result.configuration != nil
    }

    /// What `run` would refuse is better known before.
    private static func warning(_ word: Configuration.NotYet) -> Diagnostic {
        Diagnostic(
            .warning, "this version cannot carry out `\(word.word)`, and `run` refuses the file for it", at: word.at)
    }

    /// The reader's problems are in file order, a list's where it is named; the others go where they belong.
    private static func merged(_ problems: [Diagnostic], _ others: [Diagnostic]) -> [Diagnostic] {
        var merged = problems
        for other in others {
            let place = merged.firstIndex {
                $0.at.file == other.at.file && ($0.at.line, $0.at.column) > (other.at.line, other.at.column)
            }
            merged.insert(other, at: place ?? merged.endIndex)
        }
        return merged
    }

    var errors: Int { problems.count { $0.severity >= .error } }
    var warnings: Int { problems.count { $0.severity == .warning } }
    var isGood: Bool { isComplete && errors == 0 }

    /// Nil where errors keep the question open: not knowing must not read as "no".
    private var strangersCanRelay: Bool? {
        if problems.contains(where: { $0.severity == .critical }) { return true }
        return isComplete ? false : nil
    }

    func text(_ style: TerminalStyle) -> String {
        let rendered = problems.map { style.rendered($0, source: sources[$0.at.file]) + "\n\n" }.joined()
        return rendered + summary
    }

    private var summary: String {
        let counts = [(errors, "error"), (warnings, "warning")].filter { $0.0 > 0 }.map(counted).joined(separator: ", ")
        guard isGood else { return "\(file): \(counts)" }
        let good = "\(file): good, \(provedTests == 0 ? "no tests" : counted(provedTests, "test") + " proved")"
        return counts.isEmpty ? good : "\(good), \(counts)"
    }

    var json: JSONValue {
        .object([
            .init("file", .string(file)),
            .init("ok", .bool(isGood)),
            .init("errors", .number(errors)),
            .init("warnings", .number(warnings)),
            .init("problems", .array(problems.map(\.json))),
            .init("strangersCanRelay", strangersCanRelay.map(JSONValue.bool) ?? .null),
        ])
    }

    /// The same shape for a file that could not be opened.
    static func unreadable(_ file: String, _ problem: FileProblem) -> JSONValue {
        .object([
            .init("file", .string(file)),
            .init("ok", .bool(false)),
            .init("errors", .number(1)),
            .init("warnings", .number(0)),
            .init(
                "problems",
                .array([
                    .object([
                        .init("severity", .string(Diagnostic.Severity.error.rawValue)), .init("id", .null),
                        .init("message", .string("cannot read this file: \(problem.message)")),
                        .init("file", .string(file)), .init("line", .null), .init("column", .null),
                        .init("why", .null), .init("fix", .null),
                    ])
                ])),
            .init("strangersCanRelay", .null),
        ])
    }
}

extension Diagnostic {
    /// As `docs/json/check.schema.json` describes a problem; `reload` answers with the same.
    var json: JSONValue {
        .object([
            .init("severity", .string(severity.rawValue)), .init("id", .optional(id)),
            .init("message", .string(message)), .init("file", .string(at.file)), .init("line", .number(at.line)),
            .init("column", .number(at.column)), .init("why", .optional(why)), .init("fix", .optional(fix)),
        ])
    }
}
