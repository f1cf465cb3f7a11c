import DecisionRecords
import Foundation
import MailLogs
import MailTypes
import Testing

/// Logs in `Corpus/mail-logs`, each with what has to be read from it in `NAME.expected`: a finding a line, behind the
/// number of its line. With `RECORD_CORPUS=1` in the environment the expectations are written anew.
@Suite("real logs")
struct CorpusLogTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Corpus/mail-logs").standardized
    static let names = ["postfix", "postfix-forms", "exim", "exim-recipients", "exim-forms", "gatepost"]

    private static func findings(_ log: Data) -> [String] {
        var reader = LogReader(now: Instant(seconds: 1_795_521_600))
        return log.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
            .flatMap { number, line in reader.read(Array(line)).map { "\(number + 1): \(text($0))" } }
    }

    private static func text(_ finding: LogReader.Finding) -> String {
        switch finding {
        case .decision(let past):
            let rule = past.rule.map { " by \"\($0)\"" } ?? ""
            return "\(past.verdict)\(rule) \(past.trial.json.text)" + (past.reason.map { " \($0)" } ?? "")
        case .unread(let why): return "unread: \(why)"
        case .newer(let what): return "newer: \(what)"
        case .withoutClient: return "without client"
        }
    }

    @Test("every recipient is read once, with what the log knows of it", arguments: names)
    func expected(name: String) throws {
        let found = Self.findings(try Data(contentsOf: Self.folder.appending(path: "\(name).log")))
        let file = Self.folder.appending(path: "\(name).expected")
        if ProcessInfo.processInfo.environment["RECORD_CORPUS"] != nil {
            try Data((found.joined(separator: "\n") + "\n").utf8).write(to: file)
        }
        let expected = String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(!found.isEmpty)
        #expect(found == expected)
    }

    @Test("a decision of ours that was cut off is not taken for another request")
    func cut() throws {
        let log = try Data(contentsOf: Self.folder.appending(path: "gatepost.log"))
        for line in log.split(separator: UInt8(ascii: "\n")) {
            guard case .decision(let whole)? = Self.read(line) else { continue }
            for length in 0..<line.count {
                guard case .decision(let past)? = Self.read(line.prefix(length)) else { continue }
                #expect(past.verdict == whole.verdict)
                #expect(past.trial.facts.client == whole.trial.facts.client)
                #expect(past.trial.sender == whole.trial.sender)
                #expect(past.trial.to == whole.trial.to)
            }
        }
    }

    private static func read(_ line: Data) -> LogReader.Finding? {
        var reader = LogReader(now: Instant(seconds: 1_795_521_600))
        return reader.read(Array(line)).first
    }
}
