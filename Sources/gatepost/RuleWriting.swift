import AnalysisRecords
import DecisionRecords
import Diagnostics
import Glibc
import JSONText
import MailTypes
import PolicyChanges
import PolicyLanguage
import PolicyReview
import RelayPolicy

/// Puts a rule into the configuration: `permit` and `reject`.
struct RuleWriting {
    let rule: RuleText
    let place: EditableConfiguration.Place
    let options: ChangeOptions
    let shared: SharedOptions

    /// What became of it, for people and programs.
    private enum Reload {
        case reloaded, noDaemon
        /// Not asked for, or nothing was written.
        case notAsked
        case refused(String)
        /// The file that it runs by instead.
        case runsByAnother(String)
    }

    func run() throws {
        let file = try shared.configurationFile()
        guard !file.isStandardInput else { throw Trouble("standard input cannot be changed; name a file with -c") }
        let old = try file.text()
        let (configuration, purpose) = try configuration(file, old)
        var text = EditableConfiguration(old, file: file.name)
        do {
            try text.insert(rule, place, note: note)
        } catch {
            throw Trouble(error.message)
        }
        let change = ProposedChange(
            of: configuration, old, to: text.bytes, file: file.name, purpose: purpose, at: .now, files: FileAccess.read
        )
        guard change.errors.isEmpty else {
            for error in change.errors {
                StandardError.print(shared.style.rendered(error, source: change.sources[error.at.file]) + "\n")
            }
            StandardError.print("gatepost: not written; \(file.name) \(errorsText(change, configuration))")
            if shared.json {
                try StandardOutput.print(json(change, file, configuration, written: false, .notAsked).text)
            }
            throw ExitStatus.no
        }
        if !shared.json {
            try StandardOutput.print(shown(change, configuration))
        } else if !options.yes {
            // A program that leaves --yes out sees what would happen.
            try StandardOutput.print(json(change, file, configuration, written: false, .notAsked).text)
        }
        guard try isWanted() else {
            StandardError.print("gatepost: not written")
            throw ExitStatus.no
        }
        try write(change, over: old, file)
        let reload = reload(file)
        if shared.json {
            try StandardOutput.print(json(change, file, configuration, written: true, reload).text)
        } else {
            try StandardOutput.print("\(file.name): written" + Self.words(reload))
        }
        switch reload {
        case .refused(let why): throw Trouble("\(file.name) is written, but the daemon did not take it: \(why)")
        case .runsByAnother(let other):
            throw Trouble(
                "\(file.name) is written, but the daemon runs by \(other) and was not told; change that file with -c \(other), or write with --no-reload")
        case .reloaded, .noDaemon, .notAsked: break
        }
    }

    /// `added by ann with gatepost permit, 24 Nov 2026`
    private var note: String {
        let user =
            getenv("SUDO_USER").map { String(cString: $0) }
            ?? getpwuid(getuid()).map { String(cString: $0.pointee.pw_name) } ?? "user \(getuid())"
        let date = Instant.now.localText.split(separator: " ").prefix(3).joined(separator: " ")
        return "added by \(user) with gatepost \(rule.verb.rawValue), \(date)"
    }

    /// A file that could serve has to go on doing so; one of a policy alone need not be more.
    private func configuration(_ file: ConfigurationFile, _ bytes: [UInt8]) throws -> (Configuration, ReadPurpose) {
        if let configuration = file.read(bytes, purpose: .serving).configuration { return (configuration, .serving) }
        let result = file.read(bytes, purpose: .policyOnly)
        if let configuration = result.configuration { return (configuration, .policyOnly) }
        for error in result.diagnostics where error.severity >= .error {
            StandardError.print(shared.style.rendered(error, source: result.sources[error.at.file]) + "\n")
        }
        StandardError.print("gatepost: not written; \(file.name) has errors already, mend these first")
        throw ExitStatus.no
    }

    /// Who reads `would have` looks for the mistake in the new rule.
    private func errorsText(_ change: ProposedChange, _ old: Configuration) -> String {
        let already = PolicyReview(old, at: .now).errors.count
        let all = counted(change.errors.count, "error")
        if already == 0 { return "would have \(all)" }
        if already >= change.errors.count { return "has \(all) already, mend these first" }
        return "would have \(all), \(already) of them already there; mend these first"
    }

    // MARK: Showing and asking

    private func shown(_ change: ProposedChange, _ old: Configuration) -> String {
        var lines = change.text.lines.map { line in
            let text = EscapedText.forTerminal(line.sign.rawValue + line.text)
            return line.sign == .added ? shared.style.good(text) : text
        }
        lines.append("")
        for warning in newWarnings(change) {
            lines.append(shared.style.rendered(warning, source: change.sources[warning.at.file]))
            lines.append("")
        }
        if change.isEffortSpent {
            lines.append(
                shared.style.bad("DANGER. Who gains cannot be told: the rules overlap so much that the effort was spent."))
        }
        if change.strangersCanRelay == .cannotTell { lines.append(shared.style.bad("Strangers may be able to relay.")) }
        guard let rights = change.rights, let new = change.configuration else { return lines.joined(separator: "\n") }
        if let gain = change.gain, let headline = gain.headline, !gain.changes.isEmpty {
            let text = "Gains: \(headline)."
            lines.append(gain.isDangerous ? shared.style.bad("DANGER. " + text) : text)
        }
        if change.strangersCanRelay == .yes { lines.append(shared.style.bad("Strangers could relay.")) }
        lines += RightsDifferenceText(rights, from: old.policy, to: new.policy).lines.map(EscapedText.forTerminal)
        return lines.joined(separator: "\n")
    }

    /// What the rule itself is warned of.
    private func newWarnings(_ change: ProposedChange) -> [Diagnostic] {
        guard let rule = change.configuration?.policy.relay.first(where: { $0.name == self.rule.name }) else {
            return []
        }
        let lines = rule.at.line...rule.at.line + self.rule.lines.count
        return change.problems.filter { $0.at.file == rule.at.file && lines.contains($0.at.line) }
    }

    private func isWanted() throws(Trouble) -> Bool {
        if options.yes { return true }
        guard !shared.json, isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw Trouble("not written: there is nobody to ask; --yes writes without asking")
        }
        _ = FileAccess.write(Array("Write it? [y/N] ".utf8), to: STDERR_FILENO)
        let answer = (readLine() ?? "").lowercased()
        return answer == "y" || answer == "yes"
    }

    // MARK: Writing

    private func write(_ change: ProposedChange, over old: [UInt8], _ file: ConfigurationFile) throws(Trouble) {
        guard try file.text() == old else {
            throw Trouble("not written: \(file.name) was changed by somebody else meanwhile; try again")
        }
        if let problem = FileAccess.replace(file.path, change.bytes) {
            throw Trouble("cannot write \(file.path): \(problem.message)")
        }
    }

    private func reload(_ file: ConfigurationFile) -> Reload {
        guard !options.noReload else { return .notAsked }
        guard let state = try? shared.stateDirectory(), ControlSocket.isAnswered(state: state) else {
            return .noDaemon
        }
        do throws(Trouble) {
            let answer = try ControlSocket.ask(.reload, about: file.realPath, state: state)
            if answer["ok"] == .bool(true) { return .reloaded }
            if case .string(let other)? = answer["runningFile"] { return .runsByAnother(other) }
            if case .string(let text)? = answer["text"] { return .refused(text) }
            return .refused("its log says why")
        } catch {
            return .refused(error.message)
        }
    }

    private static func words(_ reload: Reload) -> String {
        switch reload {
        case .reloaded: ", and reloaded"
        case .noDaemon: "; no daemon runs that could reload it"
        case .notAsked: "; not reloaded"
        case .refused, .runsByAnother: "; not reloaded"
        }
    }

    /// As `docs/json/rule-change.schema.json` describes it.
    private func json(
        _ change: ProposedChange, _ file: ConfigurationFile, _ old: Configuration, written: Bool, _ reload: Reload
    ) -> JSONValue {
        var (reloaded, runningFile) = (JSONValue.null, JSONValue.null)
        switch reload {
        case .reloaded: reloaded = .bool(true)
        case .refused: reloaded = .bool(false)
        case .runsByAnother(let other): (reloaded, runningFile) = (.bool(false), .string(other))
        case .noDaemon, .notAsked: break
        }
        let lost = (change.rights?.lost ?? []).map { $0.json(of: old.policy) }
        let isUnknown = change.isEffortSpent
        return .object([
            .init("file", .string(file.name)), .init("written", .bool(written)), .init("reloaded", reloaded),
            .init("runningFile", runningFile),
            .init("lines", .array(change.text.text.map(JSONValue.string))),
            .init("problems", .array((change.problems + change.failedTests).map(\.json))),
            .init("dangerous", .bool(change.gain?.isDangerous ?? isUnknown)),
            .init("gained", isUnknown ? .null : change.gain?.json ?? .array([])),
            .init("lost", isUnknown ? .null : .array(lost)),
        ])
    }
}
