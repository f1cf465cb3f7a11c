import ArgumentParser
import PolicyChanges
import PolicyLanguage
import RelayPolicy

struct PermitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permit",
        abstract: "Write a permit into the configuration: shows who gains, proves the tests, asks, reloads.",
        discussion: """
            The rule goes to the end of relay { }, or before or after a named one. Comments, layout and line ends \
            stay; a comment says who added the rule and when. Nothing is written where the result has errors or fails a \
            test. Each list is words of the language: --from 'office except 192.0.2.66'. Options may be repeated.

            Without a terminal to ask on, and with --json, --yes is needed: without it nothing is written. The running \
            daemon is told to reload.

            Exit status: 0 written, 1 not written (errors, a failed test, or the answer no), 2 trouble: also where it is \
            written and the daemon did not take it, or runs by another file.
            """)

    @OptionGroup var rule: RuleOptions
    @Option(help: ArgumentHelp("The last day on which it counts, such as 2027-03-31.", valueName: "date"))
    var until: String?
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Such as '100 messages per hour for each client'; may be repeated.", valueName: "limit"))
    var limit: [String] = []
    @OptionGroup var change: ChangeOptions
    @OptionGroup var shared: SharedOptions

    func run() throws {
        var text = try rule.text(.permit)
        for limit in limit { text.append("limit", try RuleOptions.words([limit], "--limit")) }
        text.append("until", try RuleOptions.words(until.map { [$0] } ?? [], "--until"))
        try rule.appendNotes(to: &text)
        try RuleWriting(rule: text, place: rule.place(orElse: .end), options: change, shared: shared).run()
    }
}

struct RejectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reject",
        abstract: "Write a reject into the configuration: shows who loses, proves the tests, asks, reloads.",
        discussion: """
            The rule goes to the top of relay { }, or before or after a named one, and so is about relaying only: mail \
            to local domains never meets it. Comments, layout and line ends stay; a comment says who added the rule and \
            when. Nothing is written where the result has errors or fails a test.

            Without a terminal to ask on, and with --json, --yes is needed: without it nothing is written. The running \
            daemon is told to reload.

            Exit status: 0 written, 1 not written (errors, a failed test, or the answer no), 2 trouble: also where it is \
            written and the daemon did not take it, or runs by another file.
            """)

    @OptionGroup var rule: RuleOptions
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("What the client is told, such as '550 5.7.1 Account suspended'.", valueName: "reply"))
    var reply: String?
    @OptionGroup var change: ChangeOptions
    @OptionGroup var shared: SharedOptions

    func run() throws {
        var text = try rule.text(.reject)
        text.append("reply", try reply.map(Self.replyWords) ?? [])
        try rule.appendNotes(to: &text)
        try RuleWriting(rule: text, place: rule.place(orElse: .top), options: change, shared: shared).run()
    }
}

extension RejectCommand {
    /// Code, enhanced status code, and the text, which the language has in quotes and a command line need not.
    private static func replyWords(_ reply: String) throws(Trouble) -> [String] {
        let parts = reply.split(separator: " ", maxSplits: 2)
        guard parts.count == 3 else {
            throw Trouble("--reply is a code, an enhanced status code and a text: --reply '550 5.7.1 Account suspended'")
        }
        let text = String(parts[2])
        guard let words = RuleText.words("\(parts[0]) \(parts[1])"), words.count == 2,
            let quoted = text.hasPrefix("\"") ? RuleText.words(text).flatMap({ $0.count == 1 ? $0[0] : nil }) : RuleText.quoted(text)
        else { throw Trouble("--reply has a character that no reply can have") }
        return words + [quoted]
    }
}

/// The lines that a permit and a reject may both have.
struct RuleOptions: ParsableArguments {
    @Option(parsing: .unconditional, help: ArgumentHelp("The name of the rule.", valueName: "name")) var name: String
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Clients: addresses, networks, names, file:...; with except.", valueName: "list"),
        completion: ConfiguredNames.networks)
    var from: [String] = []
    @Option(
        parsing: .unconditionalSingleValue, help: ArgumentHelp("A login, or any; may be repeated.", valueName: "name"))
    var login: [String] = []
    @Flag(help: "Clients with a recent POP login.") var pop = false
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Clients that show this certificate: its file, or fingerprint:...; may be repeated.", valueName: "file"))
    var certificate: [String] = []
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Only on this listener; may be repeated.", valueName: "name"),
        completion: ConfiguredNames.listeners)
    var listener: [String] = []
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Senders: patterns, or owned-by-login; may be repeated.", valueName: "pattern"),
        completion: ConfiguredNames.senders)
    var sender: [String] = []
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Recipients: patterns; may be repeated.", valueName: "pattern"))
    var to: [String] = []
    @Option(parsing: .unconditional, help: ArgumentHelp("Who answers for the rule.", valueName: "text"))
    var owner: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("Why it is there.", valueName: "text")) var because: String?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Put it above this rule.", valueName: "rule"),
        completion: ConfiguredNames.rules)
    var before: String?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Put it below this rule.", valueName: "rule"),
        completion: ConfiguredNames.rules)
    var after: String?

    func validate() throws {
        if before != nil && after != nil { throw ValidationError("--before and --after exclude each other.") }
        let lists = [from, login, certificate, listener, sender, to]
        if lists.allSatisfy(\.isEmpty) && !pop {
            throw ValidationError(
                "Say what the rule is about: --from, --login, --certificate, --pop, --listener, --sender or --to.")
        }
    }

    func text(_ verb: Rule.Verb) throws(Trouble) -> RuleText {
        guard !name.isEmpty, RuleText.quoted(name) != nil else { throw Trouble("--name is no name for a rule") }
        var text = RuleText(verb, name: name)
        for (keyword, values) in [("from", from), ("listener", listener), ("login", login)] {
            text.append(keyword, try Self.words(values, "--\(keyword)"))
        }
        text.append("tls", certificate.flatMap(Self.certificateWords))
        text.append("pop", pop ? ["logged-in"] : [])
        for (keyword, values) in [("sender", sender), ("to", to)] {
            text.append(keyword, try Self.words(values, "--\(keyword)"))
        }
        return text
    }

    func appendNotes(to text: inout RuleText) throws(Trouble) {
        for (keyword, note) in [("owner", owner), ("because", because)] {
            guard let note else { continue }
            guard let quoted = RuleText.quoted(note) else {
                throw Trouble("--\(keyword) has a character that no line can have")
            }
            text.append(keyword, [quoted])
        }
    }

    func place(orElse usual: EditableConfiguration.Place) -> EditableConfiguration.Place {
        if let before { return .before(before) }
        if let after { return .after(after) }
        return usual
    }

    private static func certificateWords(_ value: String) -> [String] {
        value.hasPrefix("fingerprint:") ? [RuleText.word(value)] : ["client-certificate", RuleText.word(value)]
    }

    static func words(_ values: [String], _ flag: String) throws(Trouble) -> [String] {
        var words: [String] = []
        for value in values {
            guard let own = RuleText.words(value), !own.isEmpty else {
                throw Trouble("`\(value)` is no list of words of the language (\(flag))")
            }
            words += own
        }
        return words
    }
}

/// How a change of the configuration is made.
struct ChangeOptions: ParsableArguments {
    @Flag(help: "Do not ask.") var yes = false
    @Flag(help: "Do not tell the running daemon.") var noReload = false
}
