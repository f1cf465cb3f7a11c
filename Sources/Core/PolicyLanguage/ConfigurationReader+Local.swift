import Diagnostics
import MailTypes
import RelayPolicy

/// `local { domains … address-tricks … }`
extension ConfigurationReader {
    mutating func readLocal() {
        guard let local = single("local") else { return }
        var entries: [LocalDomains.Entry] = []
        var known: [HostPattern: Int] = [:]
        readBlock(of: local, .local, repeatable: ["domains", "address-tricks"]) {
            reader, statement throws(Diagnostic) in
            if statement.keyword.text == "domains" {
                let line = try reader.readDomainsLine(statement)
                for (word, anchor) in line.words {
                    reader.addEntry(word, anchor, line, to: &entries, known: &known)
                }
            } else {
                try reader.readAddressTricks(statement)
            }
        }
        configuration.policy.local = LocalDomains(entries)
    }

    /// One `domains` statement: the domains' words, and what the line adds to all of them.
    private struct DomainsLine {
        /// Each with the word of the main file that named its list file.
        var words: [(Word, SourceLocation?)] = []
        var upstream: String?
        var recipients: Set<Mailbox>?
        var isReallyOurs = false
    }

    private mutating func readDomainsLine(_ statement: Statement) throws(Diagnostic) -> DomainsLine {
        var line = DomainsLine()
        var values = ValueCursor(statement)
        while let word = values.peek, !["via", "recipients", "really-ours"].contains(where: word.says) {
            _ = values.next()
            if word.text.hasPrefix("file:") {
                let mayBeEmpty = values.take("may-be-empty")
                guard let list = listFile(word) else { continue }
                let count = line.words.count
                let isGood = readEntries(of: list, namedBy: word) { entry throws(Diagnostic) in
                    line.words.append((entry, word.at))
                }
                if isGood { _ = checkNotEmpty(line.words.count == count, word, mayBeEmpty) }
            } else {
                line.words.append((word, nil))
            }
        }
        guard values.peek != statement.values.first else { throw values.missing("a domain") }
        if values.take("via") {
            let upstream = try values.require("the name of an upstream")
            try checkUpstream(upstream)
            line.upstream = upstream.text
        }
        if values.take("recipients") {
            let word = try values.require("file:NAME")
            guard word.text.hasPrefix("file:") else {
                throw word.problem("\(word.shown) is not a file", fix: "write it as file:NAME")
            }
            line.recipients = recipients(inFileNamedBy: word, mayBeEmpty: values.take("may-be-empty"))
        }
        line.isReallyOurs = values.take("really-ours")
        if let word = values.peek, ["via", "recipients", "really-ours"].contains(where: word.says) {
            throw word.problem(
                "\(word.shown) is out of order",
                fix: "write: domains DOMAIN… via UPSTREAM recipients file:NAME really-ours")
        }
        try values.expectEnd()
        return line
    }

    private mutating func recipients(inFileNamedBy word: Word, mayBeEmpty: Bool) -> Set<Mailbox>? {
        guard let list = listFile(word) else { return nil }
        var mailboxes: Set<Mailbox> = []
        let isGood = readEntries(of: list, namedBy: word) { entry throws(Diagnostic) in
            mailboxes.insert(try entry.mailbox())
        }
        guard isGood, checkNotEmpty(mailboxes.isEmpty, word, mayBeEmpty) else { return nil }
        return mailboxes
    }

    private mutating func addEntry(
        _ word: Word, _ anchor: SourceLocation?, _ line: DomainsLine, to entries: inout [LocalDomains.Entry],
        known: inout [HostPattern: Int]
    ) {
        do throws(Diagnostic) {
            let pattern = try word.hostPattern()
            let entry = LocalDomains.Entry(
                domain: pattern.domain, isWildcard: pattern.isBelow, upstream: line.upstream,
                recipients: line.recipients, at: word.at)
            if let index = known[pattern] {
                try checkTwin(of: entries[index], entry, word, anchor)
                return
            }
            if !line.isReallyOurs, let problem = notOurs(pattern, word) { problems.add(problem, under: anchor) }
            known[pattern] = entries.count
            entries.append(entry)
        } catch {
            problems.add(error, under: anchor)
        }
    }

    /// A domain listed twice does no harm if both lines say the same of it.
    private mutating func checkTwin(
        of first: LocalDomains.Entry, _ second: LocalDomains.Entry, _ word: Word, _ anchor: SourceLocation?
    ) throws(Diagnostic) {
        let place = first.at.file == word.at.file ? "in line \(first.at.line)" : "at \(first.at.lineReference)"
        guard first.upstream == second.upstream, first.recipients == second.recipients else {
            throw word.problem(
                "\(word.shown) is listed \(place) with another `via` or `recipients`", fix: "leave one out")
        }
        problems.add(
            Diagnostic(.warning, "\(word.shown) is listed already \(place)", at: word.at, fix: "leave one out"),
            under: anchor)
    }

    /// Domains that are hardly anybody's own (GP-002, Meaning 5).
    private func notOurs(_ pattern: HostPattern, _ word: Word) -> Diagnostic? {
        if PublicSuffixes.isMailboxProvider(pattern.domain) {
            return Diagnostic(
                .error, id: "GP-002", "`\(pattern.domain)` is a public mailbox provider's domain", at: word.at,
                why: "mail for it would be taken from everybody and handed to the local server, not to the provider",
                fix:
                    "leave it out: to let people write to it is the work of a permit in `relay`; if it is yours, end the line with `really-ours`"
            )
        }
        if pattern.isBelow, PublicSuffixes.contains(pattern.domain) {
            return Diagnostic(
                .error, id: "GP-002", "\(word.shown) covers everybody's domains below `\(pattern.domain)`", at: word.at,
                why: "mail for all of them would be taken from strangers",
                fix: "name your own domains; if all of them are yours, end the line with `really-ours`")
        }
        return nil
    }

    // MARK: Address tricks

    private mutating func readAddressTricks(_ statement: Statement) throws(Diagnostic) {
        var values = ValueCursor(statement)
        var tricks: [(AddressTrick, Word)] = []
        var treatment: TrickTreatment.Treatment?
        while treatment == nil, let word = values.next() {
            treatment = TrickTreatment.Treatment(rawValue: word.text)
            if treatment == nil {
                tricks.append((try word.choice(AddressTrick.self, or: ["reject", "resolve", "as-written"]), word))
            }
        }
        guard let treatment else { throw values.missing("reject, resolve or as-written") }
        guard !tricks.isEmpty else {
            throw statement.values[0].problem(
                "no form before `\(treatment.rawValue)`",
                fix: "one of: \(AddressTrick.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        var domains: [Domain] = []
        if values.take("at") {
            repeat { domains.append(try values.require("a domain").domain()) } while !values.isAtEnd
        }
        try values.expectEnd()
        for (trick, word) in tricks {
            try set(trick, treatment, at: domains, word)
        }
        if treatment == .asWritten {
            doesNotCarryOut(
                "address-tricks … as-written", at: statement.at,
                why:
                    "only an analysis may leave open what such an address means; mail that goes through must have one meaning"
            )
            warn(
                "`as-written` is for imported policies: these forms are neither refused nor resolved", at: statement.at,
                why: "no two servers read them alike, so the one behind may relay them for strangers",
                fix: "write `reject` or `resolve`")
        }
    }

    private mutating func set(
        _ trick: AddressTrick, _ treatment: TrickTreatment.Treatment, at domains: [Domain], _ word: Word
    ) throws(Diagnostic) {
        func conflict(_ earlier: TrickTreatment.Treatment) -> Diagnostic {
            word.problem("\(word.shown) is treated twice (`\(earlier.rawValue)` before)", fix: "leave one out")
        }
        if domains.isEmpty {
            if let earlier = configuration.policy.tricks.everywhere.updateValue(treatment, forKey: trick) {
                throw conflict(earlier)
            }
        }
        for domain in domains {
            if let earlier = configuration.policy.tricks.at[domain, default: [:]].updateValue(treatment, forKey: trick)
            {
                throw conflict(earlier)
            }
        }
    }
}
