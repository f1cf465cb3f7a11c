import ArgumentParser
import DecisionRecords
import MailLogs
import MailTypes
import PolicyLanguage
import RelayPolicy

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Judge past decisions by another policy, and show which would flip. Nothing is sent.",
        discussion: """
            FILE is a log of Gatepost (text or JSON lines, also as the journal or syslog keeps it) or the mail log of \
            Postfix or Exim; which one is seen from its lines. A flip is a recipient that was permitted and would not \
            be now, or the other way round; a deferral is not permitted.

            A fact that the log lacks is absent. Limits are not counted. What Gatepost refused then for something that \
            no policy says (a limit, a server that was down) and would permit now is counted apart, as no flip.

            Exit status: 0 nothing flips, 1 something does, 2 the configuration has errors or FILE has no decisions in \
            it or cannot be read, 3 a part of FILE could not be read, whatever the rest says.
            """)

    @Argument(help: "The log; - is standard input.", completion: .file()) var file: String
    @OptionGroup var shared: SharedOptions

    func run() throws {
        let configurationFile = try shared.configurationFile()
        if file == "-", configurationFile.isStandardInput {
            throw ValidationError("Standard input cannot be both the log and the configuration.")
        }
        let configuration = try configurationFile.configuration(purpose: .policyOnly)
        var report = ReplayReport(policy: configuration.policy, configuration: shared.config)
        let source = ReplaySource(path: file)
        try source.forEach { finding, place in report.add(finding, at: place) }
        if report.isEmpty {
            throw Trouble(
                "\(source.name) has no decision in it; replay reads a log of gatepost, Postfix or Exim")
        }
        try StandardOutput.print(shared.json ? report.json.text : report.text(shared.style))
        if report.isPartial { throw ExitStatus.cannotTell }
        if !report.replay.flips.isEmpty { throw ExitStatus.no }
    }
}
