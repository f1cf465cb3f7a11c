import MailTypes

/// The senders or recipients that were seen, letter case folded as conditions fold it.
public struct SeenPaths: Hashable, Sendable {
    /// Mailboxes, as patterns that match them alone.
    public private(set) var mailboxes: Set<PathPattern> = []
    public private(set) var domains: Set<Domain> = []
    /// `<>` was among them.
    public private(set) var hasNull = false
    /// `<postmaster>` without a domain was among them.
    public private(set) var hasBarePostmaster = false

    mutating func add(_ path: ReversePath) {
        switch path {
        case .null: hasNull = true
        case .mailbox(let mailbox): add(mailbox)
        }
    }

    mutating func add(_ path: ForwardPath) {
        switch path {
        case .postmaster: hasBarePostmaster = true
        case .mailbox(let mailbox): add(mailbox)
        }
    }

    private mutating func add(_ mailbox: Mailbox) {
        mailboxes.insert(PathPattern.mailbox(localPart: mailbox.localPart, domain: mailbox.domain).folded)
        domains.insert(mailbox.domain)
    }

    /// How many different ones.
    public var count: Int { mailboxes.count + (hasNull ? 1 : 0) + (hasBarePostmaster ? 1 : 0) }
}

extension SeenPaths {
    /// More mailboxes than these are written as domains.
    static let fewMailboxes = 4
    /// More domains than these are no pattern that a person keeps in order.
    static let fewDomains = 8

    /// Patterns that match all that was seen and nothing that `own` does not match; nil where there are no few of
    /// them, or where they say no less than `own`. `own` is nil for a condition that is not written.
    func patterns(within own: [PathPattern]?) -> [PathPattern]? {
        guard count > 0, !hasBarePostmaster else { return nil }
        let null = hasNull ? [PathPattern.null] : []
        let proposal: [PathPattern]
        if count <= Self.fewMailboxes {
            proposal = null + Self.sorted(mailboxes)
        } else if domains.count <= Self.fewDomains, domains.allSatisfy({ PathPattern.domain($0).isWithin(own) }) {
            proposal = null + Self.sorted(domains.map { .domain($0) })
        } else if let own {
            proposal = own.filter { pattern in
                hasNull && pattern == .null || mailboxes.contains { $0.isWithin([pattern]) }
            }
        } else {
            return nil
        }
        if let own, own.allSatisfy({ $0.isWithin(proposal) }) { return nil }
        return proposal
    }

    private static func sorted(_ patterns: some Sequence<PathPattern>) -> [PathPattern] {
        patterns.sorted { $0.description < $1.description }
    }
}

extension PathPattern {
    /// Whether a single one of `patterns` matches all that this one matches; nil matches everything.
    func isWithin(_ patterns: [PathPattern]?) -> Bool {
        guard let patterns else { return true }
        let own = folded
        return patterns.contains { other in
            switch (own, other.folded) {
            case (.mailbox(_, let domain), .domain(let whole)): domain == whole
            case (.mailbox(_, let domain), .below(let parent)), (.domain(let domain), .below(let parent)),
                (.below(let domain), .below(let parent)):
                domain.isBelow(parent) || own == other.folded
            case (.mailbox(let localPart, _), .localPart(let wanted)): localPart == wanted
            case (.mailbox(_, let domain), .endsWith(let text)), (.domain(let domain), .endsWith(let text)):
                domain.bytes.suffix(text.count) == text[...]
            case (_, let other): own == other
            }
        }
    }
}
