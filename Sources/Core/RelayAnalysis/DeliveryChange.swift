import MailTypes
import RelayPolicy

/// A domain whose mail one policy takes from everybody, as delivery, and another does not; or other mailboxes of it.
///
/// Where it is delivered to (`via`, `route`) is no right, and the name of an upstream says little of it.
public struct DeliveryChange: Hashable, Sendable {
    /// Names below a domain are those that no other line names.
    public var domains: PathPattern
    /// The line of the policy that takes more.
    public var entry: LocalDomains.Entry
    public var isGained: Bool
    /// The line of the other policy; nil if the domain is not local there.
    public var otherwise: LocalDomains.Entry?
    /// Nil: all there are, but for those that were taken before too.
    public var mailboxes: [Mailbox]?

    /// A domain meets the line that names it, or the longest `*.` above it. So the names of both policies, and for each
    /// `*.` a name that neither knows, stand for all domains.
    static func all(from old: LocalDomains, to new: LocalDomains) -> [DeliveryChange] {
        let (before, after) = (DomainLines(old), DomainLines(new))
        var (gains, losses) = (ListDifference(), ListDifference())
        var seen: Set<PathPattern> = []
        var changes: [DeliveryChange] = []
        for entry in new.entries + old.entries {
            let domains = entry.isWildcard ? PathPattern.below(entry.domain) : .domain(entry.domain)
            guard seen.insert(domains).inserted else { continue }
            let (was, becomes) = (before.entry(for: entry), after.entry(for: entry))
            /// A list of mailboxes may hold those of other domains too.
            func belongs(_ mailbox: Mailbox) -> Bool {
                guard entry.isWildcard else { return mailbox.domain == entry.domain }
                return mailbox.domain.isBelow(entry.domain)
                    && old.entry(for: mailbox.domain)?.at == was?.at && new.entry(for: mailbox.domain)?.at == becomes?.at
            }
            if let becomes, let more = gains.mailboxes(of: becomes, beyond: was, where: belongs) {
                changes.append(
                    DeliveryChange(
                        domains: domains, entry: becomes, isGained: true, otherwise: was, mailboxes: more.listed))
            }
            if let was, let more = losses.mailboxes(of: was, beyond: becomes, where: belongs) {
                changes.append(
                    DeliveryChange(
                        domains: domains, entry: was, isGained: false, otherwise: becomes, mailboxes: more.listed))
            }
        }
        return changes
    }
}

private enum Mailboxes {
    case all, some([Mailbox])

    var listed: [Mailbox]? { if case .some(let mailboxes) = self { mailboxes } else { nil } }
}

/// The lines of a policy, asked by lines that may be another's.
private struct DomainLines {
    let local: LocalDomains
    let wildcards: [Domain: LocalDomains.Entry]

    init(_ local: LocalDomains) {
        self.local = local
        wildcards = Dictionary(
            local.entries.filter(\.isWildcard).map { ($0.domain, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The line that takes the domains of `line`.
    func entry(for line: LocalDomains.Entry) -> LocalDomains.Entry? {
        guard line.isWildcard else { return local.entry(for: line.domain) }
        // A name below it that no line names meets the longest `*.` above.
        var name: Domain? = line.domain
        while let next = name {
            if let entry = wildcards[next] { return entry }
            name = next.parent
        }
        return nil
    }
}

/// Lists of mailboxes held against each other. All domains of one line have one list, so the last answer is kept.
private struct ListDifference {
    private var last: (of: Set<Mailbox>, beyond: Set<Mailbox>, more: Set<Mailbox>)?

    /// What the one line takes and the other does not; nil if there is nothing.
    mutating func mailboxes(
        of one: LocalDomains.Entry, beyond other: LocalDomains.Entry?, where belongs: (Mailbox) -> Bool
    ) -> Mailboxes? {
        if let other, other.recipients == nil { return nil }
        guard let own = one.recipients else { return .all }
        let others = other?.recipients ?? []
        if last.map({ $0.of != own || $0.beyond != others }) ?? true { last = (own, others, own.subtracting(others)) }
        let more = (last?.more ?? []).filter(belongs)
        return more.isEmpty ? nil : .some(more.sorted { "\($0)" < "\($1)" })
    }
}
