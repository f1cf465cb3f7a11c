import ArgumentParser
import Glibc
import MailTypes
import PolicyLanguage
import PolicyReview
import PolicyTightening
import RelayPolicy

struct TightenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tighten",
        abstract: "Propose narrower rules from what was really relayed, and prove that none of it would break.",
        discussion: """
            FILE is what `replay` reads: the decisions that were kept (the default), a log of Gatepost (text or JSON \
            lines), or the mail log of Postfix or Exim. \
            What was permitted then is judged again by the configuration; each permit that relayed gets narrower lines \
            that fit all it relayed, and one that relayed nothing is proposed to be deleted. No file is changed.

            Nothing is proposed for a rule that asks for a fact which no record of permitted mail has, nor where \
            nothing was relayed at all. What was not seen is not permitted by the proposal: use a log that is long \
            enough.

            Exit status: 0 nothing to tighten, 1 something is proposed, 2 the configuration has errors or a FILE has \
            no decisions in it or cannot be read, 3 a part of the input could not be read, whatever the rest says.
            """)

    @Argument(help: "The logs (default: the decisions that the daemon has kept); - is standard input.", completion: .file())
    var files: [String] = []
    @Option(help: ArgumentHelp("Only what is younger: 90d, 12h, or a time such as 2026-10-01.", valueName: "age"))
    var since: String?
    @OptionGroup var shared: SharedOptions

    private func keptDecisions() throws -> String {
        let path = "\(try shared.stateDirectory())/decisions.db"
        guard access(path, F_OK) == 0 else {
            throw Trouble("no decisions were kept in \(path); name a log")
        }
        return path
    }

    func run() throws {
        let file = try shared.configurationFile()
        let inputs = files.filter { $0 == "-" }.count + (file.isStandardInput ? 1 : 0)
        if inputs > 1 { throw ValidationError("Standard input can be one thing only.") }
        let now = Instant.now
        let since = try since.map { text in
            guard let time = Self.time(text, before: now) else {
                throw ValidationError("`\(text)` is neither an age such as 90d nor a time such as 2026-10-01.")
            }
            return time
        }

        let bytes = try file.text()
        let configuration = try file.configuration(of: bytes, purpose: .policyOnly)
        var observations = Observations(policy: configuration.policy, since: since)
        var unread = UnreadParts()
        for path in try files.isEmpty ? [keptDecisions()] : files {
            let source = ReplaySource(path: path)
            var isEmpty = true
            try source.forEach { finding, place in
                isEmpty = false
                if case .decision(let past) = finding { observations.add(past) } else { unread.add(finding, at: place) }
            }
            if isEmpty {
                throw Trouble("\(source.name) has no decision in it; tighten reads a log of gatepost, Postfix or Exim")
            }
        }

        let tightening: Tightening
        do {
            tightening = try Tightening(observations, file: file.name, bytes: bytes, at: now) {
                file.read($0, purpose: .policyOnly)
            }
        } catch .unreadable(let problems) {
            throw Trouble("the proposal is no configuration, please report this: \(problems.first?.message ?? "")")
        } catch .notProved {
            throw Trouble("the proposal could not be proved, please report this; nothing is proposed")
        } catch .effortSpent {
            StandardError.print(
                "gatepost: the rules overlap so much that no proposal could be proved within the effort of the analysis; "
                    + "nothing is proposed. Take rules apart that overlap in several of their lines")
            throw ExitStatus.cannotTell
        }
        var tightened = configuration
        tightened.policy = tightening.policy
        let before = Set(PolicyReview(configuration, at: now, proofs: .skipped).failedTests.map(\.at))
        let report = TightenReport(
            observations: observations, tightening: tightening, unread: unread, now: now,
            failingTests: PolicyReview(tightened, at: now, proofs: .skipped).failedTests.filter {
                !before.contains($0.at)
            })
        try StandardOutput.print(shared.json ? report.json.text : report.text)
        if unread.isPartial { throw ExitStatus.cannotTell }
        if !tightening.changes.isEmpty { throw ExitStatus.no }
    }

    /// `90d`, `12h`, `30m` ago, or a time; nil if it is neither.
    private static func time(_ text: String, before now: Instant) -> Instant? {
        if let time = Instant(text) { return time }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }), !digits.isEmpty, digits.utf8.count <= 9,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int64(digits)
        else { return nil }
        return Instant(seconds: now.seconds - count * unit)
    }
}
