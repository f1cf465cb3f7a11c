import Glibc
import MailLogs
import MailTypes
import PolicyLanguage

/// Where past decisions come from. Whatever it is, it gives findings one by one; a store of decisions that is no text
/// is one more branch of `forEach`.
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
        try readLines(of: descriptor, body)
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
                    throw Trouble("\(name) is a database; give replay the log, or the decisions as JSON lines")
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
