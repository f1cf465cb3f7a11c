import ArgumentParser
import DecisionRecords
import JSONText
import MailTypes
import PolicyChanges
import PolicyLanguage
import RelayPolicy

struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: "Show one decision that the daemon has kept: every rule that was read, and what stopped it.",
        discussion: """
            The rules are read again, from the configuration as it is now, with the facts that were kept. Where the \
            file has changed since, that is said, and what would be decided today. --allow shows, where it was not \
            permitted, small changes to today's file that would permit it, each proved, with who else gains; or what refused \
            it, where no rule did.

            Exit status: 0 found, 1 no such decision, 2 trouble.
            """)

    @Argument(help: "The decision's id, from a reply or the log; its start is enough.") var id: String
    @Flag(help: "Show the smallest changes that would permit it today, and who else would gain.") var allow = false
    @OptionGroup var shared: SharedOptions

    func run() throws {
        let archive = try KeptDecisions.open(try shared.stateDirectory())
        guard let kept = try KeptDecisions.find(id, in: archive) else {
            StandardError.print("gatepost: no decision has an id that begins with \(id)")
            throw ExitStatus.no
        }
        let file = try shared.configurationFile()
        let result: ReadResult
        let text: [UInt8]
        switch file.bytes() {
        case .success(let bytes): (text, result) = (bytes, file.read(bytes, purpose: .policyOnly))
        case .failure(let problem): throw Trouble("cannot read \(file.name): \(problem.message)")
        }
        guard let configuration = result.configuration else {
            StandardError.print("gatepost: \(file.name) has errors, so that no rule can be shown; see `gatepost check`")
            return try show(PastExplanation(kept.record))
        }
        let hasChanged = LoadedConfiguration.policyHash(of: result.sources) != kept.policy
        try show(
            PastExplanation(kept.record, configuration.policy, hasChanged: hasChanged),
            allow ? counterfactuals(kept.record, configuration, text, file) : nil)
    }

    /// Of the same request made today; nil where the rules would permit it.
    private func counterfactuals(
        _ record: DecisionRecord, _ configuration: Configuration, _ text: [UInt8], _ file: ConfigurationFile
    ) -> Counterfactuals? {
        var trial = TrialRequest(record)
        trial.facts.now = .now
        let policy = configuration.policy.withoutObservation
        let judgement = trial.judged(by: policy)
        guard let refusal = record.refusal(today: judgement.explanation.decision, by: policy) else { return nil }
        return Counterfactuals(
            of: judgement.request, refusal, configuration, text, file: file.name,
            options: shared.config.map { ["-c", $0] } ?? [], files: FileAccess.read)
    }

    private func show(_ explanation: PastExplanation, _ counterfactuals: Counterfactuals? = nil) throws {
        if shared.json {
            guard allow, case .object(let members) = explanation.json else {
                return try StandardOutput.print(explanation.json.text)
            }
            let answer = JSONValue.object(members + [.init("allow", counterfactuals?.json ?? .null)])
            return try StandardOutput.print(answer.text)
        }
        let text = explanation.lines(at: Instant.now).joined(separator: "\n")
        try StandardOutput.print(shared.style.paint(text, verdict: explanation.record.decision.verdict))
        guard allow else { return }
        guard let counterfactuals else { return try StandardOutput.print("\nToday's file permits it.") }
        let lines = CounterfactualText(counterfactuals).lines.map(EscapedText.forTerminal)
        try StandardOutput.print("\nWhat would permit it:\n\n" + lines.joined(separator: "\n"))
    }
}
