import ArgumentParser
import DecisionRecords
import JSONText
import MailTypes
import PolicyLanguage
import RelayPolicy

struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Show one decision that the daemon has kept: every rule that was read, and what stopped it.",
        discussion: """
            The rules are read again, from the configuration as it is now, with the facts that were kept. Where the \
            file has changed since, that is said, and what would be decided today.

            Exit status: 0 found, 1 no such decision, 2 trouble.
            """)

    @Argument(help: "The decision's id, from a reply or the log; its start is enough.") var id: String
    @OptionGroup var shared: SharedOptions

    func run() throws {
        let archive = try KeptDecisions.open(try shared.stateDirectory())
        guard let kept = try KeptDecisions.find(id, in: archive) else {
            StandardError.print("gatepost: no decision has an id that begins with \(id)")
            throw ExitStatus.no
        }
        let file = try shared.configurationFile()
        let result: ReadResult
        switch file.bytes() {
        case .success(let bytes): result = file.read(bytes, purpose: .policyOnly)
        case .failure(let problem): throw Trouble("cannot read \(file.name): \(problem.message)")
        }
        guard let policy = result.configuration?.policy else {
            StandardError.print("gatepost: \(file.name) has errors, so that no rule can be shown; see `gatepost check`")
            return try show(PastExplanation(kept.record))
        }
        let hasChanged = LoadedConfiguration.policyHash(of: result.sources) != kept.policy
        try show(PastExplanation(kept.record, policy, hasChanged: hasChanged))
    }

    private func show(_ explanation: PastExplanation) throws {
        if shared.json { return try StandardOutput.print(explanation.json.text) }
        let text = explanation.lines(at: Instant.now).joined(separator: "\n")
        try StandardOutput.print(shared.style.paint(text, verdict: explanation.record.decision.verdict))
    }
}
