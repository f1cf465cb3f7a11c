import AnalysisRecords
import ArgumentParser
import ConfigAudit
import ConfigImport
import JSONText
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Carry another mail server's configuration over to a gatepost.conf that decides the same.",
        discussion: """
            Holes are carried over too, so that `who-can-relay` and `diff` speak of the server as it is; --closed writes \
            what its owner should have instead, and shows the difference on standard error. Each line names where it \
            comes from. SYSTEM is one of \(MailSystem.allCases.map(\.rawValue).joined(separator: ", ")); without it the \
            files are recognised. PATH may be a folder, which is then the root for absolute names in the files.

            Exit status: 0 all was understood, 2 it cannot be read or wrong usage, 3 a part was not understood.
            """)

    @Argument(help: ArgumentHelp("The system, and its files or their folder.", valueName: "system-and-paths"), completion: .file())
    var words: [String]
    @Option(name: [.short, .customLong("output")], help: ArgumentHelp("Where to write it (default: standard output).", valueName: "file"), completion: .file())
    var output: String?
    @Option(help: ArgumentHelp("What the files do not hold, as JSON (docs/importing.md).", valueName: "file"), completion: .file())
    var facts: String?
    @Flag(help: "The same rights for who proves who they are, none for strangers.") var closed = false
    @Flag(help: "Replace a file that is there.") var force = false
    @Flag(help: "Answer in JSON, as the schemas in docs/json describe it.") var json = false
    @Flag(help: "No color, even on a terminal.") var noColor = false

    func run() throws {
        let imported = try ConfigSource(words: words, facts: facts).imported()
        let text = try closed ? closedText(imported) : openText(imported)
        if let output { try write(text, to: output) }
        if json {
            try StandardOutput.print(answer(imported, text).text)
        } else if output == nil {
            try StandardOutput.write(Array(text.utf8))
        }
        tell(imported)
        if !imported.notes.opaque.isEmpty { throw ExitStatus.cannotTell }
    }

    private func openText(_ imported: ImportedConfiguration) throws(Trouble) -> String {
        // What cannot be read back must not be handed out.
        do { return try ImportedPolicy(imported.draft, heading: imported.heading, at: .now).text } catch { throw Trouble(error.message) }
    }

    /// The text, once the difference to what the original does was shown.
    private func closedText(_ imported: ImportedConfiguration) throws(Trouble) -> String {
        let now = Instant.now
        do throws(ImportTrouble) {
            let closed = try ClosedPolicy(imported, at: now)
            StandardError.print("What --closed takes away (-) and gives (+):")
            for line in Self.difference(from: closed.original.policy, to: closed.policy.policy, at: now) { StandardError.print("  " + line) }
            return closed.policy.text
        } catch {
            throw Trouble(error.message)
        }
    }

    private static func difference(from old: Policy, to new: Policy, at now: Instant) -> [String] {
        guard let difference = try? RightsDifference(from: old, to: new, at: now) else {
            return ["it could not be told within the effort; `gatepost diff --effort N` of both files may"]
        }
        return RightsDifferenceText(difference, from: old, to: new).lines
    }

    private func write(_ text: String, to path: String) throws(Trouble) {
        let bytes = Array(text.utf8)
        var problem = FileAccess.create(path, bytes)
        if force, problem?.message == FileProblem.exists.message { problem = FileAccess.replace(path, bytes) }
        if let problem {
            let hint = problem.message == FileProblem.exists.message ? "; --force replaces it" : ""
            throw Trouble("cannot write \(path): \(problem.message)\(hint)")
        }
    }

    private func tell(_ imported: ImportedConfiguration) {
        let notes = imported.notes
        StandardError.print(
            "\(imported.system.rawValue): \(counted(notes.modelled, "directive")) carried over, \(notes.irrelevant) without a say in relaying, \(notes.opaque.count) not understood")
        for part in notes.opaque { StandardError.print("  \(part.at): \(part.text): \(part.why)") }
    }

    private func answer(_ imported: ImportedConfiguration, _ text: String) -> JSONValue {
        .object([
            .init("system", .string(imported.system.rawValue)), .init("reading", .optional(imported.notes.reading)),
            .init("file", .optional(output)), .init("text", .string(text)),
            .init("modelled", .number(imported.notes.modelled)), .init("irrelevant", .number(imported.notes.irrelevant)),
            .init("opaque", .array(imported.notes.opaque.map(\.json))),
        ])
    }
}
