import MailTypes
import PolicyLanguage

/// The lookups in the access map as steps of a decision list, narrowest keys first, one step for each depth of names and
/// outcome.
struct SendmailWalks {
    typealias Step = SendmailDecisionList.Step
    typealias Outcome = SendmailDecisionList.Outcome
    typealias Entry = SendmailAccessMap.Entry

    let table: SendmailAccessTable
    /// `Connect:`, for titles.
    let tag: String
    let outcome: (Entry) -> Outcome
    /// `$j`, and what Sendmail reads as another name of it before it looks anything up.
    var host: Domain?
    var aliases: [Domain] = []
    /// Whether an entry without a verdict changes anything although no wider one has a verdict.
    var goingOnMatters: (Entry) -> Bool = { _ in false }

    // MARK: Names

    enum Place { case name, sender, to }

    func steps(for place: Place, hostsOnly: Bool = false) -> [Step] {
        var groups: [Key: [(pattern: HostPattern, entry: Entry)]] = [:]
        for (pattern, entry) in table.hosts where !(hostsOnly && pattern.isBelow) {
            let outcome = outcome(entry)
            if case .goOn = outcome, !matters(entry, outcome, table.ancestors(of: pattern), hostsOnly) { continue }
            groups[Key(depth: pattern.depth, outcome: outcome), default: []].append((pattern, entry))
        }
        return groups.keys.sorted().compactMap { key in
            let found = (groups[key] ?? []).sorted(by: Self.isBefore)
            var gate = SendmailGate()
            switch place {
            case .name: gate.name = found.map { Sourced($0.pattern, $0.entry.origin) }
            case .sender: gate.sender = withAliases(found.map { Sourced(PathPattern($0.pattern), $0.entry.origin) })
            case .to: gate.to = withAliases(found.map { Sourced(PathPattern($0.pattern), $0.entry.origin) })
            }
            if gate.sender?.isEmpty == true || gate.to?.isEmpty == true { return nil }
            let depth = key.depth == 1 ? "top-level names" : "names of \(key.depth) labels"
            return step(gate, key.outcome, found.map(\.entry), "\(depth) and below")
        }
    }

    /// In the order of the file, a name before what lies below it.
    static func isBefore(_ a: (pattern: HostPattern, entry: Entry), _ b: (pattern: HostPattern, entry: Entry)) -> Bool {
        let (first, second) = (a.entry.origin.line, b.entry.origin.line)
        return first == second ? !a.pattern.isBelow && b.pattern.isBelow : first < second
    }

    /// Texts are made for those of one line only: one user at many domains.
    private static func isBefore(_ a: (pattern: PathPattern, entry: Entry), _ b: (pattern: PathPattern, entry: Entry)) -> Bool {
        let (first, second) = (a.entry.origin.line, b.entry.origin.line)
        return first == second ? "\(a.pattern)" < "\(b.pattern)" : first < second
    }

    private func matters(_ entry: Entry, _ outcome: Outcome, _ wider: [Entry], _ hostsOnly: Bool) -> Bool {
        goingOnMatters(entry) || !hostsOnly && wider.contains { self.outcome($0) != outcome }
    }

    private struct Key: Hashable, Comparable {
        var depth: Int
        var outcome: Outcome
        static func < (a: Key, b: Key) -> Bool { (-a.depth, a.outcome.rank) < (-b.depth, b.outcome.rank) }
    }

    // MARK: Mailboxes and users

    func mailboxSteps(for place: Place) -> [Step] {
        let found = table.mailboxes.map { (pattern: PathPattern.mailbox(localPart: $0.localPart, domain: $0.domain), entry: $1) }
        return steps(found, place, "mailboxes")
    }

    /// `user@`: at every domain, or at these only.
    func userSteps(for place: Place, at domains: [Domain]? = nil) -> [Step] {
        let found = table.users.flatMap { user, entry in
            domains.map { $0.map { (pattern: PathPattern.mailbox(localPart: user, domain: $0), entry: entry) } }
                ?? [(pattern: PathPattern.localPart(user), entry: entry)]
        }
        return steps(found, place, "users")
    }

    private func steps(_ found: [(pattern: PathPattern, entry: Entry)], _ place: Place, _ what: String) -> [Step] {
        let groups = Dictionary(grouping: found) { outcome($0.entry) }
        return groups.keys.sorted { $0.rank < $1.rank }.compactMap { outcome in
            let found = (groups[outcome] ?? []).sorted { Self.isBefore($0, $1) }
            let patterns = withAliases(found.map { Sourced($0.pattern, $0.entry.origin) })
            guard !patterns.isEmpty else { return nil }
            var gate = SendmailGate()
            if place == .sender { gate.sender = patterns } else { gate.to = patterns }
            return step(gate, outcome, found.map(\.entry), what)
        }
    }

    /// An entry for the host's own name is one for its aliases too; one for an alias is never looked up.
    private func withAliases(_ patterns: [Sourced<PathPattern>]) -> [Sourced<PathPattern>] {
        guard let host else { return patterns }
        return patterns.flatMap { pattern -> [Sourced<PathPattern>] in
            switch pattern.value {
            case .domain(let domain) where aliases.contains(domain): []
            case .mailbox(_, let domain) where aliases.contains(domain): []
            case .domain(host): [pattern] + aliases.map { Sourced(.domain($0), pattern.origin) }
            case .mailbox(let user, host): [pattern] + aliases.map { Sourced(.mailbox(localPart: user, domain: $0), pattern.origin) }
            case .below(let domain) where host.isBelow(domain):
                [pattern] + aliases.filter { !$0.isBelow(domain) }.map { Sourced(.domain($0), pattern.origin) }
            default: [pattern]
            }
        }
    }

    private func step(_ gate: SendmailGate, _ outcome: Outcome, _ entries: [Entry], _ what: String) -> Step {
        let verb =
            switch outcome {
            case .decide(.permit): "RELAY"
            case .decide(.defer): "refused for now"
            case .decide: "refused"
            case .goOn: "no verdict"
            }
        let note = entries.count == 1 ? entries[0].origin : Origin(note: "\(entries.count) entries of the access map")
        return Step(
            gate: gate, outcome: outcome, title: "access \(tag) \(verb), \(what)",
            meaning: "\(tag) \(what): \(verb) (\(Self.values(entries)))", origin: note)
    }

    /// The first few values, for people.
    private static func values(_ entries: [Entry]) -> String {
        var seen: [String] = []
        for entry in entries where seen.count < 4 && !seen.contains(entry.text) { seen.append(entry.text) }
        return seen.count == 4 ? seen.dropLast().joined(separator: ", ") + ", …" : seen.joined(separator: ", ")
    }

    // MARK: Addresses

    /// One step for each number of octets and verdict. Entries without a verdict are exceptions of the wider ones.
    func addressSteps(_ networks: [SendmailNetwork: Entry], isNameless: Bool = false) -> [Step] {
        var groups: [AddressKey: [(network: SendmailNetwork, entry: Entry)]] = [:]
        var exceptions: [AddressKey: [Sourced<IPRange>]] = [:]
        for (network, entry) in networks {
            let own = outcome(entry)
            groups[AddressKey(network, own), default: []].append((network, entry))
            guard let range = network.range else { continue }
            var wider = network.parent
            var hidden: Set<AddressKey> = []
            while let next = wider {
                if let other = networks[next], case .decide = outcome(other), outcome(other) != own {
                    if hidden.insert(AddressKey(next, outcome(other))).inserted {
                        exceptions[AddressKey(next, outcome(other)), default: []].append(Sourced(range, entry.origin))
                    }
                }
                wider = next.parent
            }
        }
        return groups.keys.sorted().compactMap { key in
            if case .goOn = key.outcome, !isNameless { return nil }
            let found = (groups[key] ?? []).sorted { $0.entry.origin.line < $1.entry.origin.line }
            var gate = SendmailGate()
            gate.isNameless = isNameless
            gate.from = found.compactMap { pair in pair.network.range.map { Sourced($0, pair.entry.origin) } }
            gate.except = (exceptions[key] ?? []).sorted { ($0.origin?.line ?? 0) < ($1.origin?.line ?? 0) }
            let what = "\(key.isV6 ? "IPv6" : "IPv4") /\(key.length)" + (isNameless ? " without a name" : "")
            return step(gate, key.outcome, found.map(\.entry), what)
        }
    }

    private struct AddressKey: Hashable, Comparable {
        var isV6: Bool
        var length: Int
        var outcome: Outcome
        init(_ network: SendmailNetwork, _ outcome: Outcome) {
            (isV6, length, self.outcome) = (network.isV6, network.length, outcome)
        }
        static func < (a: AddressKey, b: AddressKey) -> Bool {
            (a.isV6 ? 1 : 0, -a.length, a.outcome.rank) < (b.isV6 ? 1 : 0, -b.length, b.outcome.rank)
        }
    }
}

extension SendmailDecisionList.Outcome {
    /// Only for a settled order: outcomes of one depth never meet.
    var rank: Int {
        switch self {
        case .decide(.permit): 0
        case .decide(.reject): 1
        case .decide: 2
        case .goOn(let skipping): 3 + min(skipping, 1 << 20)
        }
    }
}

extension HostPattern {
    /// How many labels the domain has.
    var depth: Int { domain.bytes.count { $0 == UInt8(ascii: ".") } + 1 }
}

extension PathPattern {
    init(_ host: HostPattern) { self = host.isBelow ? .below(host.domain) : .domain(host.domain) }
}

extension Origin {
    var line: Int { at?.line ?? 0 }
}
