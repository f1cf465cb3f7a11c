import ArgumentParser
import DecisionRecords
import Glibc
import JSONText
import MailTypes
import RelayPolicy
import Storage

struct LogCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Search the decisions that the daemon has kept, and follow new ones.",
        discussion: """
            Shows the newest decisions that fit every option, the newest last, each as the daemon's log has it, with \
            the time before it. It works beside the daemon and without one.

            --would is a report of what `observe` kept from being refused (or permitted), grouped by reason, rule and the \
            client's network, with a command that shows what is missing. It looks at everything that fits the other \
            options. Limits of rules are not counted where a listener or the node observes.

            Exit status: 0 found (--would: something would have been decided otherwise), 1 nothing found, 2 trouble.
            """)

    @Option(help: ArgumentHelp("An address, a network, or FIRST-LAST.", valueName: "net")) var client: String?
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("A mailbox, a domain, '<>', or a pattern with *.", valueName: "path")) var sender: String?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("A mailbox, a domain, or a pattern with *.", valueName: "path"))
    var to: String?
    @Option(
        parsing: .unconditional, help: ArgumentHelp("The rule that decided.", valueName: "name"),
        completion: ConfiguredNames.rules)
    var rule: String?
    @Option(
        help: ArgumentHelp("permit, reject or defer.", valueName: "verdict"),
        completion: .list(Verdict.allCases.map(\.rawValue)))
    var verdict: String?
    @Option(
        help: ArgumentHelp("A reason, such as no-rule.", valueName: "reason"),
        completion: .list(Reason.allCases.map(\.rawValue)))
    var reason: String?
    @Option(help: ArgumentHelp("The listener.", valueName: "name"), completion: ConfiguredNames.listeners)
    var listener: String?
    @Option(parsing: .unconditional, help: ArgumentHelp("The login.", valueName: "name")) var login: String?
    @Option(
        help: ArgumentHelp(
            "Not before: 2027-04-01T12:00:00Z, 2027-04-01 (UTC), or 90s, 20m, 1h, 7d (ago).", valueName: "time"))
    var since: String?
    @Option(help: ArgumentHelp("Before that time.", valueName: "time")) var until: String?
    @Flag(help: "Only decisions in which `observe` had a part.") var observed = false
    @Flag(help: "Report what would have been decided otherwise without `observe`.") var would = false
    @Option(help: ArgumentHelp("At most so many (default 100, groups of --would 20); 0: all.", valueName: "n"))
    var limit: Int?
    @Option(help: ArgumentHelp("The next page: decisions after this one, the oldest of them.", valueName: "id"))
    var after: String?
    @Option(help: ArgumentHelp("The page before: decisions before this one.", valueName: "id")) var before: String?
    @Flag(help: "The newest first.") var reverse = false
    @Flag(help: "Go on showing new decisions until ^C.") var follow = false
    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard (0...1_000_000).contains(limit ?? 0) else {
            throw ValidationError("--limit is a number from 1 to 1000000, or 0 for all.")
        }
        if would && (follow || reverse || after != nil || before != nil) {
            throw ValidationError(
                "--would looks at all that fits; it has no --follow, --reverse, --after and --before (--observed has).")
        }
        if limit == 0 && (reverse || before != nil) {
            throw ValidationError("--limit 0 shows all from the oldest on; it has no --reverse and --before.")
        }
        if after != nil && before != nil { throw ValidationError("--after and --before exclude each other.") }
        if follow && (reverse || before != nil || until != nil) {
            throw ValidationError("--follow goes on to the newest; it has no --reverse, --before and --until.")
        }
    }

    func run() throws {
        var search = try search()
        let state = try shared.stateDirectory()
        let archive = try KeptDecisions.open(state)
        if would { return try report(archive, search) }
        if let after { search.after = try KeptDecisions.one(after, in: archive).key }
        if let before { search.before = try KeptDecisions.one(before, in: archive).key }
        // Asked before the search, so that nothing falls between the two.
        let newest = try KeptDecisions.attempt { () throws(DecisionStoreProblem) in try archive.newestKey() }
        let (last, isEmpty) = limit == 0 ? try showAll(archive, search) : try showPage(archive, search)
        if follow {
            search.after = max(search.after ?? 0, newest ?? 0, last ?? 0)
            try follow(archive, search, state: state)
        }
        if isEmpty { throw ExitStatus.no }
    }

    private func report(_ archive: DecisionArchive, _ search: DecisionSearch) throws {
        var report = WouldReport(options: shared.config.map { ["-c", $0] } ?? [], groupsShown: limit ?? 20)
        _ = try KeptDecisions.forEachPage(of: search, in: archive) { report.add($0) }
        try StandardOutput.print(shared.json ? report.json.text : report.text)
        if report.observed.differences.isEmpty { throw ExitStatus.no }
    }

    private func showPage(
        _ archive: DecisionArchive, _ search: DecisionSearch
    ) throws -> (lastKey: Int64?, isEmpty: Bool) {
        let found = try KeptDecisions.attempt { () throws(DecisionStoreProblem) in try archive.find(search) }
        try show(found)
        return (found.decisions.last?.key, found.decisions.isEmpty)
    }

    private func showAll(
        _ archive: DecisionArchive, _ search: DecisionSearch
    ) throws -> (lastKey: Int64?, isEmpty: Bool) {
        var isEmpty = true
        let last = try KeptDecisions.forEachPage(of: search, in: archive) { found in
            isEmpty = isEmpty && found.decisions.isEmpty
            try show(found)
        }
        return (last, isEmpty)
    }

    private func follow(_ archive: DecisionArchive, _ search: DecisionSearch, state: String) throws {
        var (archive, search) = (archive, search)
        search.limit = 1000
        while true {
            if archive.wasReplaced, let another = try? KeptDecisions.open(state) { (archive, search.after) = (another, 0) }
            let more = try KeptDecisions.attempt { () throws(DecisionStoreProblem) in try archive.find(search) }
            try show(more)
            search.after = max(search.after ?? 0, more.lastKey ?? 0)
            if more.lastKey == nil { usleep(300_000) }
        }
    }

    private func show(_ found: DecisionArchive.Found) throws(Trouble) {
        var bytes: [UInt8] = []
        for kept in reverse ? found.decisions.reversed() : found.decisions {
            if shared.json {
                kept.record.json.write(to: &bytes)
            } else {
                bytes += kept.record.time.rfc3339(milliseconds: true).utf8
                bytes.append(UInt8(ascii: " "))
                bytes += LogLine(kept.record).bytes
            }
            bytes.append(UInt8(ascii: "\n"))
        }
        if !bytes.isEmpty { try StandardOutput.write(bytes) }
        if found.unreadable > 0 {
            StandardError.print(
                "gatepost: \(counted(found.unreadable, "record")) of a newer version or damaged, skipped")
        }
    }
}

extension LogCommand {
    private func search() throws -> DecisionSearch {
        var search = DecisionSearch()
        if let client {
            do throws(NetworkProblem) {
                search.client = try AddressSet.parse(client)
            } catch {
                throw Trouble("--client: \(error.message)\(error.fix.map { "; \($0)" } ?? "")")
            }
        }
        (search.sender, search.to, search.rule, search.listener, search.login) = (sender, to, rule, listener, login)
        search.verdict = try verdict.map { try word($0, "verdict", Verdict.self) }
        search.reason = try reason.map { try word($0, "reason", Reason.self).rawValue }
        search.since = try since.map { try time($0, "since") }
        search.until = try until.map { try time($0, "until") }
        search.observed = observed || would
        search.limit = limit ?? 100
        return search
    }

    private func word<Word: CaseIterable & RawRepresentable>(
        _ text: String, _ option: String, _: Word.Type
    ) throws(Trouble) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw Trouble("--\(option): there is no `\(text)`; write one of \(words)")
        }
        return word
    }

    /// A time, or how long ago.
    private func time(_ text: String, _ option: String) throws(Trouble) -> Instant {
        if let instant = Instant(text) { return instant }
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), text.dropLast().allSatisfy(\.isNumber),
            let count = Int64(text.dropLast()), count <= 1_000_000_000
        else {
            throw Trouble(
                "--\(option): `\(text)` is no time; write 2027-04-01T12:00:00Z, 2027-04-01 or 20m, 1h, 7d (ago)")
        }
        var instant = Instant.now
        instant.seconds -= count * unit
        return instant
    }
}
