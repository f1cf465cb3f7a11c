import AnalysisRecords
import ArgumentParser
import JSONText
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

struct WhoCanRelayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "who-can-relay",
        abstract: "Show who can relay mail, exactly: every permitted class with its rule, its risks and a witness.",
        discussion: """
            The classes are disjoint, and together they are every request that is relayed. The flags narrow what is \
            shown; whether strangers can relay is answered for the whole policy. `gatepost verify` checks the JSON \
            against the rules, and docs/analysis.md explains the method.

            Exit status: 0 no stranger can relay, 1 strangers can, 2 the configuration cannot be read or wrong usage, \
            3 it is as the server behind decides (`observe`), or the rules overlap so much that the effort was spent \
            before the answer was known (`complete` is then false in the JSON).
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, csv }

    @Argument(help: "The configuration; - is standard input.", completion: .file()) var file: String?
    @Option(help: ArgumentHelp("Clients: addresses, networks or a-b, separated by commas.", valueName: "addresses"))
    var client: String?
    @Option(name: .customLong("as"), parsing: .unconditional, help: ArgumentHelp("A login, or none.", valueName: "login"))
    var login: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Senders: a pattern such as *@example.com.", valueName: "pattern"))
    var sender: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Recipients: a pattern.", valueName: "pattern")) var to: String?
    @Option(help: ArgumentHelp("A listener.", valueName: "name"), completion: ConfiguredNames.listeners)
    var listener: String?
    @Option(help: ArgumentHelp("The time, such as 2027-04-01 (default: now).", valueName: "time")) var at: String?
    @Option(help: "text or csv.") var format = Format.text
    @Flag(help: "Every class with its circumstances (listener, TLS, HELO), and the limits of each rule.") var long = false
    @Flag(help: "For each login, certificate, POP login and address: the most recipients an hour and a day under the limits.")
    var worst = false
    @Option(help: EffortText.help) var effort = Effort.standard
    @OptionGroup var shared: SharedOptions

    /// What narrows the question.
    private static let flags = "--client, --as, --sender, --to or --listener"

    func validate() throws {
        if effort < 1 { throw ValidationError("--effort is a number of steps, at least 1.") }
        if worst && (format == .csv || client != nil || login != nil || sender != nil || to != nil || listener != nil) {
            throw ValidationError("--worst goes with --json and --at alone.")
        }
        if long && (worst || format == .csv || shared.json) {
            throw ValidationError("--long is for text; --json and --format csv have every class.")
        }
        if format == .csv && shared.json { throw ValidationError("--json and --format csv exclude each other.") }
    }

    func run() throws {
        var time = Instant.now
        if let at {
            guard let given = Instant(at) else { throw Trouble("`\(at)` is not a time such as 2027-04-01T12:00:00Z") }
            time = given
        }
        let narrowing = try narrowing()
        let configuration = try shared.configurationFile(file).configuration(purpose: .policyOnly)
        try ListenerNames(configuration).demand(listener)
        let policy = configuration.policy
        let answer = policy.whoCanRelay(
            at: time, narrowedTo: narrowing, effort: effort, isPublicSuffix: PublicSuffixes.contains)
        if worst {
            let records = answer.grants.map { grants in
                policy.reach(
                    of: grants, recipientsPerMessage: configuration.limits.recipientsPerMessage.map { UInt64($0) }
                ).map { ReachRecord($0, of: policy) }
            }
            let lines = records.map { $0.isEmpty ? ["Nobody can relay."] : $0.map(\.line) } ?? ["How much is not known."]
            try StandardOutput.print(
                shared.json ? answer.json(worst: records, at: time).text : lines.joined(separator: "\n"))
        } else if shared.json {
            try StandardOutput.print(answer.json(of: policy, at: time, isNarrowed: narrowing != nil))
        } else if format == .csv {
            // A head without lines would read as if nobody could relay.
            if answer.grants != nil { try StandardOutput.write(Array(RelayAnswerCSV.text(answer, of: policy).utf8)) }
        } else {
            try StandardOutput.print(
                RelayAnswerText(answer, of: policy, isNarrowed: narrowing != nil, isLong: long).lines.joined(separator: "\n"))
        }
        if let spent = answer.effortSpent {
            StandardError.print("gatepost: " + EffortText.problem(spent, of: policy, effort: effort, narrowing: Self.flags))
        } else if answer.strangersCanRelay == .cannotTell {
            StandardError.print("gatepost: whether strangers can relay was not decided; --effort \(effort.timesTen) may do")
        }
        if answer.grants == nil { throw ExitStatus.cannotTell }
        switch answer.strangersCanRelay {
        case .no: return
        case .yes: throw ExitStatus.no
        case .asTheServerBehind, .cannotTell: throw ExitStatus.cannotTell
        }
    }

    /// Nil where no flag narrows.
    private func narrowing() throws(Trouble) -> Narrowing? {
        var narrowing = Narrowing()
        if let client {
            var set = AddressSet()
            for text in client.split(separator: ",", omittingEmptySubsequences: false) {
                do {
                    set = set.union(AddressSet([try AddressSet.parse(String(text))]))
                } catch {
                    throw Trouble("`\(text)` is not an address, a network or a range (--client)")
                }
            }
            narrowing.clients = set
        }
        if let login { narrowing.login = login == "none" ? Narrowing.Login.none : .named([login]) }
        narrowing.senders = try patterns(sender, "--sender")
        narrowing.recipients = try patterns(to, "--to")
        narrowing.listeners = listener.map { [$0] }
        let isNarrowed = client != nil || login != nil || sender != nil || to != nil || listener != nil
        return isNarrowed ? narrowing : nil
    }

    private func patterns(_ text: String?, _ flag: String) throws(Trouble) -> [PathPattern]? {
        guard let text else { return nil }
        do {
            return [try PathPattern(parsing: text)]
        } catch {
            throw Trouble("\(error.message) (\(flag))\(error.fix.map { "; \($0)" } ?? "")")
        }
    }
}
