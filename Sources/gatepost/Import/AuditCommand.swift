import ArgumentParser
import ConfigAudit
import ConfigImport
import Glibc
import JSONText
import MailTypes

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Read another mail server's configuration: who can relay through it, and what to mend.",
        discussion: """
            SYSTEM is one of \(MailSystem.allCases.map(\.rawValue).joined(separator: ", ")); without it the files are \
            recognised. PATH may be a folder, which is then the root for absolute names in the files.

            For a system that keeps its settings in dialogs, without a path on a terminal, they are asked for and written \
            to a file. An ignore file has a line for each finding that is known and lived with: ID [at FILE:LINE] until 2027-06-30 \
            because "REASON".

            Exit status: 0 nothing found, 1 findings, 2 it cannot be read or wrong usage, 3 no hole found, but a part \
            was not understood.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, sarif, csv }
    enum Threshold: String, ExpressibleByArgument, CaseIterable { case critical, warning, note, never }

    @Argument(help: ArgumentHelp("The system, and its files or their folder.", valueName: "system-and-paths"), completion: .file())
    var words: [String]
    @Option(help: ArgumentHelp("What the files do not hold, as JSON (docs/importing.md).", valueName: "file"), completion: .file())
    var facts: String?
    @Option(help: "text, json, sarif or csv.") var format: Format?
    @Option(help: ArgumentHelp("The least finding that is exit status 1: critical, warning, note or never.", valueName: "severity"))
    var failOn = Threshold.warning
    @Option(help: ArgumentHelp("Findings that are known and lived with.", valueName: "file"), completion: .file()) var ignore: String?
    @Flag(help: "The same as --format json.") var json = false
    @Flag(help: "No color, even on a terminal.") var noColor = false

    func validate() throws {
        if json && format != nil && format != .json { throw ValidationError("--json and --format \(format!.rawValue) exclude each other.") }
    }

    func run() throws {
        let imported = try source().imported()
        let today = Instant.now.day
        let audit: ConfigAudit
        do { audit = try ConfigAudit(imported, at: .now) } catch { throw Trouble(error.message) }
        let list = try ignoreList()
        for entry in list.expired(on: today) {
            StandardError.print("gatepost: \(ignore ?? ""):\(entry.line): `\(entry.id)` was ignored until \(entry.until) and counts again")
        }
        let ignored = Dictionary(
            audit.findings.compactMap { finding in list.entry(for: finding, on: today).map { (finding, $0) } }
        ) { first, _ in first }
        try print(audit, ignored)
        let counted = audit.findings.filter { ignored[$0] == nil && counts($0) }
        if counted.contains(where: { $0.severity == .critical }) { throw ExitStatus.no }
        if audit.verdict == .cannotTell || !imported.notes.opaque.isEmpty { throw ExitStatus.cannotTell }
        if !counted.isEmpty { throw ExitStatus.no }
    }

    /// The files; on a terminal the settings are asked for where there are none.
    private func source() throws(Trouble) -> ConfigSource {
        guard words.count == 1, let system = MailSystem(named: words[0]), access(words[0], F_OK) != 0, isatty(STDIN_FILENO) == 1,
            let form = system.settingsForm
        else { return try ConfigSource(words: words, facts: facts) }
        var dialogue = SettingsDialogue(system, form)
        let files = try dialogue.run()
        return try ConfigSource(words: [system.rawValue, files.settings], facts: facts ?? files.facts)
    }

    private func print(_ audit: ConfigAudit, _ ignored: [AuditFinding: IgnoreList.Entry]) throws(Trouble) {
        switch json ? .json : format ?? .text {
        case .json: try StandardOutput.print(audit.json(ignoring: ignored))
        case .sarif: try StandardOutput.print(audit.sarif(ignoring: ignored, version: Version.text).prettyText)
        case .csv: try StandardOutput.write(Array(ConfigAuditCSV.text(audit, ignoring: ignored).utf8))
        case .text:
            let style = TerminalStyle(wanted: !noColor)
            let lines = ConfigAuditText(audit, ignoring: ignored).lines.map { line in
                line.hasPrefix("critical: ") ? style.bad("critical") + line.dropFirst(8) : line
            }
            try StandardOutput.print(lines.joined(separator: "\n"))
        }
    }

    private func counts(_ finding: AuditFinding) -> Bool {
        switch failOn {
        case .critical: finding.severity >= .critical
        case .warning: finding.severity >= .warning
        case .note: true
        case .never: false
        }
    }

    private func ignoreList() throws(Trouble) -> IgnoreList {
        guard let ignore else { return IgnoreList() }
        switch FileAccess.read(ignore) {
        case .failure(let problem): throw Trouble("cannot read \(ignore): \(problem.message)")
        case .success(let bytes):
            do { return try IgnoreList(String(decoding: bytes, as: UTF8.self), file: ignore) } catch { throw Trouble(error.message) }
        }
    }
}
