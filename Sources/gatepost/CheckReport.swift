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
    private let unprovedTests: Int
    private let isComplete: Bool
    /// A coarse reading found that strangers may relay.
    private let cannotTell: Bool

    init(_ file: ConfigurationFile, _ result: ReadResult, purpose: ReadPurpose, effort: Int) {
        self.file = file.name
        let tests = result.configuration?.tests ?? result.testsBesideErrors
        let review = result.review(effort: effort)
        let failed = review?.failedTests ?? []
        let notYet = purpose == .serving ? result.notCarriedOut : []
        let opened = purpose == .serving ? result.configuration.map { OpenedFiles($0, of: file, at: .now, mayLackCredentials: true) } : nil
        let found = (review?.diagnostics ?? []) + failed + (opened?.problems ?? []) + notYet.map(Self.warning)
        problems = result.diagnostics(with: found)
        sources = result.sources
        unprovedTests = review?.unprovedTests ?? 0
        provedTests = tests.count - failed.count - unprovedTests
        cannotTell = review?.strangersCanRelay == .cannotTell
        isComplete = result.configuration != nil
    }

    /// What `run` would refuse is better known before.
    private static func warning(_ word: Configuration.NotYet) -> Diagnostic {
        Diagnostic(
            .warning, "this version cannot carry out `\(word.word)`, and `run` refuses the file for it", at: word.at)
    }

    var errors: Int { problems.count { $0.severity >= .error } }
    var warnings: Int { problems.count { $0.severity == .warning } }
    var isGood: Bool { isComplete && errors == 0 }
    /// Whether the effort sufficed for strangers and for every test.
    var everythingWasProved: Bool { unprovedTests == 0 && !cannotTell }

    /// Nil where errors or the effort keep the question open: not knowing must not read as "no".
    private var strangersCanRelay: Bool? {
        if cannotTell { return nil }
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
        let tests =
            unprovedTests > 0
            ? "not all proved, \(counted(provedTests, "test")) proved, \(unprovedTests) not decided"
            : "good, \(provedTests == 0 ? "no tests" : counted(provedTests, "test") + " proved")"
        return "\(file): \(tests)" + (counts.isEmpty ? "" : ", \(counts)")
    }

    var json: JSONValue {
        .object([
            .init("file", .string(file)),
            .init("ok", .bool(isGood)),
            .init("errors", .number(errors)),
            .init("warnings", .number(warnings)),
            .init("problems", .array(problems.map(\.json))),
            .init("strangersCanRelay", strangersCanRelay.map(JSONValue.bool) ?? .null),
            .init("complete", .bool(everythingWasProved)),
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
                .array([.problem("cannot read this file: \(problem.message)", file: file)])),
            .init("strangersCanRelay", .null), .init("complete", .bool(false)),
        ])
    }
}

extension JSONValue {
    /// A problem of a whole file, in the shape of those that have a place.
    static func problem(_ message: String, file: String, fix: String? = nil) -> JSONValue {
        .object([
            .init("severity", .string(Diagnostic.Severity.error.rawValue)), .init("id", .null),
            .init("message", .string(message)), .init("file", .string(file)), .init("line", .null),
            .init("column", .null), .init("why", .null), .init("fix", .optional(fix)),
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
