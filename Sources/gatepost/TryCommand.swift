import ArgumentParser
import DecisionRecords
import JSONText
import MailTypes
import PolicyChanges
import PolicyLanguage
import RelayPolicy

struct TryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try",
        abstract: "Show how one recipient is decided, rule by rule. Nothing is sent.",
        discussion: """
            Facts that are not given are absent. A path is what follows MAIL FROM: or RCPT TO: on the wire, such as \
            '<anna@example.com>', or a bare mailbox; one that is no path is rejected as a client would be.

            --batch reads one JSON request a line (docs/json/try-request.schema.json) and answers each with one JSON \
            line, in order; an unreadable one with {"error":...}. -i plays the gate for a dialogue by hand.

            --allow shows, for a recipient that is not permitted, small changes that would permit it, each proved, \
            with the lines of configuration and who else gains. Nothing is written; `gatepost permit` writes.

            Exit status: 0 permit, 1 reject or defer, 2 a request or the configuration cannot be read. \
            With --batch: 0, or 2 if a line could not be read; with -i: 0 (with --json the decisions are the answer, and \
            what the client is told is talk).
            """)

    @Option(help: ArgumentHelp("The client's address.", valueName: "ip")) var client: String?
    // Attackers' paths begin with a hyphen too, so the next word is taken whatever it looks like.
    @Option(parsing: .unconditional, help: ArgumentHelp("The reverse-path; '<>' is the null one.", valueName: "path"))
    var sender: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The forward-path.", valueName: "path")) var to: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("What the client says in EHLO.", valueName: "name"))
    var helo: String?
    @Option(help: ArgumentHelp("verified, unverified or temporary.", valueName: "status")) var heloStatus: String?
    @Option(help: ArgumentHelp("The client's host name; alone it is a confirmed one.", valueName: "host"))
    var name: String?
    @Option(help: ArgumentHelp("confirmed, absent, forged or temporary.", valueName: "status"))
    var nameStatus: String?
    @Option(parsing: .unconditional, help: "The name under which the client has logged in.") var login: String?
    @Option(help: ArgumentHelp("The mechanism of that login, such as PLAIN.", valueName: "name"))
    var mechanism: String?
    @Option(
        defaultAsFlag: "",
        help: ArgumentHelp("A recent POP login from this address, of NAME if given.", valueName: "name"))
    var popLogin: String?
    @Option(defaultAsFlag: "TLSv1.3", help: ArgumentHelp("The session is encrypted.", valueName: "version"))
    var tls: String?
    @Option(
        help: ArgumentHelp(
            "A rule's word after client-certificate, or fingerprint:...; may be repeated.", valueName: "word"))
    var certificate: [String] = []
    @Option(help: ArgumentHelp("The listener connected to.", valueName: "name"), completion: ConfiguredNames.listeners)
    var listener: String?
    @Option(help: ArgumentHelp("The address connected to.", valueName: "ip")) var local: String?
    @Option(help: ArgumentHelp("The time, such as 2027-04-01T12:00:00Z (default: now).", valueName: "time"))
    var at: String?
    @Flag(help: "JSON requests on standard input, JSON decisions on standard output.") var batch = false
    @Flag(name: .customShort("i"), help: "A whole dialogue by hand.") var interactive = false
    @Flag(help: "Show the smallest changes that would permit it, and who else would gain.") var allow = false
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        if allow && (batch || interactive) { throw ValidationError("--allow is about one request.") }
        let paths = sender != nil || to != nil
        if batch && (interactive || paths || !facts.isEmpty) {
            throw ValidationError("--batch takes everything from standard input.")
        }
        if interactive && paths {
            throw ValidationError("With -i sender and recipients are said in the dialogue.")
        }
        if !batch && client == nil { throw ValidationError("--client is missing.") }
        if !batch && !interactive && (sender == nil || to == nil) {
            throw ValidationError("--sender and --to are both needed; the null reverse-path is '<>'.")
        }
    }

    func run() throws {
        let file = try shared.configurationFile()
        let (configuration, bytes) = try file.configurationAndText(purpose: .policyOnly)
        if batch {
            if try TryBatch(policy: configuration.policy, listeners: ListenerNames(configuration)).run() > 0 { throw ExitStatus.trouble }
        } else if interactive {
            let facts = try trial(sender: "<>", to: "<>", configuration).facts
            var dialogue = TryDialogue(
                configuration: configuration, facts: facts, isDated: at != nil, answersInJSON: shared.json)
            try dialogue.run()
        } else {
            try answer(try trial(sender: sender, to: to, configuration), configuration, file, bytes)
        }
    }

    private func answer(
        _ trial: TrialRequest, _ configuration: Configuration, _ file: ConfigurationFile, _ bytes: [UInt8]
    ) throws {
        let judgement = trial.judged(by: configuration.policy)
        let record = DecisionRecord(id: DecisionIdentifier.next(), trial: trial, judgement: judgement)
        let verdict = record.decision.verdict
        var counterfactuals: Counterfactuals?
        if allow, verdict != .permit {
            counterfactuals = Counterfactuals(
                of: judgement.request, judgement.explanation.decision, configuration, bytes, file: file.name,
                options: shared.config.map { ["-c", $0] } ?? [], files: FileAccess.read)
        }
        if shared.json {
            var answer = record.json
            if allow, case .object(let members) = answer {
                answer = .object(members + [.init("allow", counterfactuals?.json ?? .null)])
            }
            try StandardOutput.print(answer.text)
        } else {
            let lines = DecisionText(record, time: record.time.localText).lines
            let text = lines.joined(separator: "\n")
            try StandardOutput.print(shared.style.paint(text, verdict: verdict))
            if let counterfactuals {
                let lines = CounterfactualText(counterfactuals).lines.map(EscapedText.forTerminal)
                try StandardOutput.print("\nWhat would permit it:\n\n" + lines.joined(separator: "\n"))
            }
        }
        if verdict != .permit { throw ExitStatus.no }
    }
}

extension TryCommand {
    /// The flags under the names that a JSON request has for them.
    private var facts: [JSONValue.Member] {
        let texts: [(String, String?)] = [
            ("client", client), ("name", name), ("nameStatus", nameStatus), ("helo", helo), ("heloStatus", heloStatus),
            ("login", login), ("mechanism", mechanism), ("tls", tls), ("at", at), ("listener", listener),
            ("local", local),
        ]
        var members = texts.compactMap { key, text in text.map { JSONValue.Member(key, .string($0)) } }
        if let popLogin { members.append(.init("pop", popLogin.isEmpty ? .bool(true) : .string(popLogin))) }
        if !certificate.isEmpty { members.append(.init("certificate", .array(certificate.map(JSONValue.string)))) }
        return members
    }

    private func trial(
        sender: String?, to: String?, _ configuration: Configuration
    ) throws(Trouble) -> TrialRequest {
        let paths = [("sender", sender), ("to", to)].map { JSONValue.Member($0, .optional($1)) }
        do {
            let trial = try TrialRequest(.object(facts + paths), now: .now)
            try ListenerNames(configuration).check(trial.facts.listener)
            return trial
        } catch {
            throw Trouble("\(error)")
        }
    }
}
