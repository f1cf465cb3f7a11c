import ConfigImport
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

/// What the owner of an open server should have instead: the same rights for who proves who they are, none for
/// strangers, and no hidden destinations.
public struct ClosedPolicy: Sendable {
    /// What the original does, holes included.
    public let original: ImportedPolicy
    public let policy: ImportedPolicy
    /// Permits that were left out, or lost their widest addresses.
    public let left: [RuleDraft]
    /// Domains that were left out.
    public let leftDomains: [HostPattern]

    public init(_ imported: ImportedConfiguration, at now: Instant) throws(ImportTrouble) {
        let isEverybodys = { (pattern: HostPattern) in
            PublicSuffixes.isMailboxProvider(pattern.domain) || pattern.isBelow && PublicSuffixes.contains(pattern.domain)
        }
        original = try ImportedPolicy(imported.draft, heading: [], at: now)
        leftDomains = imported.draft.domains.map(\.pattern).filter(isEverybodys)
        var draft = imported.draft.refusingTricks().without(domains: isEverybodys)
        let unproven = draft.relay.filter { rule in rule.verb == .permit && rule.lines.contains { $0.keyword == "proof" } }
        var left = unproven.filter { $0.destinations == nil }
        draft = draft.without(permitsNamed: Set(unproven.map(\.name)))
        // Of what is left, the addresses go first that are too many to be anybody's own, until no stranger is left.
        while true {
            let policy = original.policy(withLess: draft)
            let strangers = policy.strangers(at: now, isPublicSuffix: PublicSuffixes.contains)
            let wide = strangers.answer.mayBeYes ? Self.tooWide(strangers, policy, draft) : []
            guard !wide.isEmpty else { break }
            for (rule, clients) in wide {
                if !left.contains(where: { $0.name == rule.name }) { left.append(rule) }
                draft = clients.flatMap { rule.without(clients: $0) }.map(draft.replacing) ?? draft.without(permitsNamed: [rule.name])
            }
        }
        self.left = left
        if let more = draft.keepingDestinationsOfProven(of: imported.draft), more.relay.count > draft.relay.count,
            // A permit that another rule hid may be one for strangers in its new place.
            try !ImportedPolicy(more, heading: [], at: now).policy.strangers(at: now, isPublicSuffix: PublicSuffixes.contains).answer.mayBeYes
        {
            draft = more
        }
        draft = draft.keepingDestinations(of: imported.draft)
        self.policy = try ImportedPolicy(draft, heading: Self.heading(imported, left, leftDomains), at: now)
    }

    /// The fewest addresses, the widest of all permits first, without which no strangers are left; nil for a whole permit.
    private static func tooWide(
        _ strangers: StrangersReading, _ policy: Policy, _ draft: PolicyDraft
    ) -> [(rule: RuleDraft, clients: Set<IPRange>?)] {
        var parts: [(place: Int, range: IPRange?, addresses: AddressSet, size: Double)] = []
        let rules = Dictionary(draft.relay.map { ($0.name, $0) }) { first, _ in first }
        func source(_ place: Int) -> RuleDraft? { rules[policy.relay[place].name] }
        var all = AddressSet()
        for open in strangers.openRules {
            guard let rule = source(open.rule) else { continue }
            all = all.union(open.addresses)
            for client in rule.clients {
                let addresses = AddressSet([client]).subtracting(.notPublic)
                if !addresses.isEmpty { parts.append((open.rule, client, addresses, addresses.share)) }
            }
            if rule.clients.isEmpty { parts.append((open.rule, nil, open.addresses, open.addresses.share)) }
        }
        parts.sort { $0.size > $1.size }
        var (enough, tooFew) = (parts.count, 0)
        while enough - tooFew > 1 {
            let middle = (enough + tooFew) / 2
            let gone = AddressSet(parts[..<middle].flatMap(\.addresses.ranges))
            if all.subtracting(gone).holdsStrangers { tooFew = middle } else { enough = middle }
        }
        return Dictionary(grouping: parts[..<enough], by: \.place).sorted { $0.key < $1.key }.compactMap { place, parts in
            guard let rule = source(place) else { return nil }
            return (rule, parts.contains { $0.range == nil } ? nil : Set(parts.compactMap(\.range)))
        }
    }

    private static func heading(
        _ imported: ImportedConfiguration, _ left: [RuleDraft], _ domains: [HostPattern]
    ) -> [String] {
        var lines = ["Imported from \(imported.system.title) and closed: who proves who they are keeps their rights."]
        lines += left.map { "left out, or made narrower: \($0.meaning) (\($0.origin))" }
        lines += domains.map { "left out: mail for \($0), which is not yours" }
        lines += imported.notes.opaque.map { "NOT UNDERSTOOD: \($0.at): \($0.text): \($0.why)" }
        return lines
    }
}
