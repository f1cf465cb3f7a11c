import DecisionRecords
import Glibc
import MailLogs
import MailTypes
import PolicyLanguage
import Storage

/// Where past decisions come from: a log, or the decisions that the daemon has kept. Whatever it is, it gives findings
/// one by one.
struct ReplaySource {
    /// `-` is standard input.
    let path: String

    /// The name that messages cite.
    var name: String { path == "-" ? "<stdin>" : path }

    private static let databaseMagic = Array("SQLite format 3\0".utf8)

    /// `place` is where the finding stands, `mail.log:12`.
    func forEach(_ body: (LogReader.Finding, _ place: String) -> Void) throws(Trouble) {
        if path == "-" { return try readLines(of: STDIN_FILENO, body) }
        // A pipe in the place of the file is read too, so the call may wait for a writer.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Trouble("cannot read \(path): \(FileProblem(errno: errno).message)") }
        defer { close(descriptor) }
        if Self.isDatabase(descriptor) { return try readDatabase(body) }
        try readLines(of: descriptor, body)
    }

    /// Looks without reading, so that a pipe keeps its first bytes.
    private static func isDatabase(_ descriptor: Int32) -> Bool {
        var start = [UInt8](repeating: 0, count: databaseMagic.count)
        return pread(descriptor, &start, start.count, 0) == start.count && start == databaseMagic
    }

    private static let page = 10_000

    private func readDatabase(_ body: (LogReader.Finding, String) -> Void) throws(Trouble) {
        do throws(DecisionStoreProblem) {
            let archive = try DecisionArchive(path)
            var search = DecisionSearch()
            (search.after, search.limit) = (-1, Self.page)
            while true {
                let found = try archive.find(search)
                for kept in found.decisions { body(.decision(PastDecision(kept.record)), "\(path):\(kept.record.id)") }
                for _ in 0..<found.unreadable { body(.unread("a row that this version cannot read"), path) }
                guard let last = found.lastKey else { return }
                search.after = last
            }
        } catch {
            throw Trouble("cannot read \(path): \(error.message)")
        }
    }

    private func readLines(of descriptor: Int32, _ body: (LogReader.Finding, String) -> Void) throws(Trouble) {
        var input = StandardInput(descriptor)
        var reader = LogReader(now: .now)
        var number = 0
        while let line = try next(of: &input) {
            number += 1
            switch line {
            case .text(let bytes):
                if number == 1, bytes.starts(with: Self.databaseMagic) {
                    throw Trouble("\(name) is a database; name it as a file, or give the log")
                }
                for finding in reader.read(bytes) { body(finding, "\(name):\(number)") }
            case .tooLong:
                body(.unread("longer than \(StandardInput.longestLine) bytes"), "\(name):\(number)")
            }
        }
    }

    private func next(of input: inout StandardInput) throws(Trouble) -> StandardInput.Line? {
        do throws(Trouble) {
            return try input.next(beforeWaiting: {})
        } catch {
            throw path == "-" ? error : Trouble("\(path): \(error.message)")
        }
    }
}
