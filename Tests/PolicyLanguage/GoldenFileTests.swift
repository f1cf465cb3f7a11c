import Diagnostics
import Foundation
import PolicyLanguage
import PolicyReview
import Testing

/// Every `Corpus/policies/NAME.conf` is read, and everything said about it is in `NAME.expected`, as `check` prints
/// it. With `RECORD_CORPUS=1` in the environment the expectations are written anew, to be read in the difference.
@Suite("the corpus of policies")
struct GoldenFileTests {
    static let names =
        (try? FileManager.default.contentsOfDirectory(atPath: CorpusPolicies.folder.path))?
        .filter { $0.hasSuffix(".conf") }.sorted() ?? []

    @Test("it is there")
    func exists() { #expect(Self.names.count > 30) }

    @Test("every error says what to write instead", arguments: names)
    func everyErrorHasAFix(name: String) throws {
        let result = try CorpusPolicies.read(name, purpose: .serving)
        for problem in result.diagnostics where problem.severity >= .error {
            #expect(problem.fix != nil, "\(problem.at): \(problem.message)")
        }
    }

    @Test("a file is met with the words that are expected", arguments: names)
    func saysWhatIsExpected(name: String) throws {
        let bytes = try Data(contentsOf: CorpusPolicies.folder.appending(path: name))
        let isForServing = String(decoding: bytes, as: UTF8.self).contains("# read for serving")
        let result = try CorpusPolicies.read(name, purpose: isForServing ? .serving : .policyOnly)
        let problems = result.diagnostics + (result.configuration.map(Self.findings) ?? [])
        var said = problems.map { $0.rendered(source: result.sources[$0.at.file]) + "\n" }.joined(separator: "\n")
        said += result.configuration == nil ? "\nnot loaded\n" : "\nloaded\n"
        let expectation = CorpusPolicies.folder.appending(path: name.replacing(".conf", with: ".expected"))
        if ProcessInfo.processInfo.environment["RECORD_CORPUS"] != nil {
            try Data(said.utf8).write(to: expectation)
        }
        let expected = try String(decoding: Data(contentsOf: expectation), as: UTF8.self)
        #expect(said == expected, "\(name) is met with other words")
    }

    private static func findings(_ configuration: Configuration) -> [Diagnostic] {
        let review = PolicyReview(configuration, at: CorpusPolicies.now)
        return review.diagnostics + review.failedTests
    }
}
