import MailTypes

extension PathPattern {
    /// What both fit; nil for nothing, and for what no pattern says.
    func common(_ other: PathPattern) -> PathPattern? {
        if covers(other) { return other }
        if other.covers(self) { return self }
        switch (self, other) {
        case (.localPart(let user), .domain(let domain)), (.domain(let domain), .localPart(let user)):
            return .mailbox(localPart: user, domain: domain)
        default: return nil
        }
    }

    private func covers(_ narrow: PathPattern) -> Bool {
        switch (self, narrow) {
        case _ where self == narrow: true
        case (.domain(let domain), .mailbox(_, let other)): domain == other
        case (.below(let domain), .mailbox(_, let other)), (.below(let domain), .domain(let other)),
            (.below(let domain), .below(let other)):
            other.isBelow(domain)
        case (.localPart(let user), .mailbox(let other, _)): user == other
        default: false
        }
    }
}

extension HostPattern {
    /// What both fit; nil for nothing.
    func common(_ other: HostPattern) -> HostPattern? {
        if covers(other) { return other }
        return other.covers(self) ? self : nil
    }

    private func covers(_ narrow: HostPattern) -> Bool { self == narrow || isBelow && narrow.domain.isBelow(domain) }
}

/// A list of patterns that is asked which of them have anything in common with another pattern, in time that does not grow
/// with their number. Host names are asked as patterns of their domains.
struct MeetingPatterns {
    private let patterns: [PathPattern]
    private var equal: [PathPattern: [Int]] = [:]
    /// Positions of mailboxes, domains and ends below each of these.
    private var within: [Domain: [Int]] = [:]
    private var mailboxesAt: [Domain: [Int]] = [:]
    private var mailboxesOf: [[UInt8]: [Int]] = [:]
    private var domains: [Int] = []
    private var localParts: [Int] = []

    init(_ patterns: [PathPattern]) {
        self.patterns = patterns
        for (position, pattern) in patterns.enumerated() {
            equal[pattern, default: []].append(position)
            switch pattern {
            case .mailbox(let localPart, let domain):
                mailboxesAt[domain, default: []].append(position)
                mailboxesOf[localPart, default: []].append(position)
                file(position, within: domain)
            case .domain(let domain):
                domains.append(position)
                file(position, within: domain)
            case .below(let domain): file(position, within: domain)
            case .localPart: localParts.append(position)
            case .null, .endsWith: break
            }
        }
    }

    private mutating func file(_ position: Int, within domain: Domain) {
        for wider in domain.ancestors { within[wider, default: []].append(position) }
    }

    /// Positions of the patterns for which `common` is something, in order.
    func positions(meeting pattern: PathPattern) -> [Int] {
        var found = equal[pattern] ?? []
        func add(_ positions: [Int]?) { if let positions { found += positions } }
        func addWider(_ domain: Domain) { for wider in domain.ancestors { add(equal[.below(wider)]) } }
        switch pattern {
        case .mailbox(let localPart, let domain):
            add(equal[.domain(domain)])
            add(equal[.localPart(localPart)])
            addWider(domain)
        case .domain(let domain):
            add(mailboxesAt[domain])
            found += localParts
            addWider(domain)
        case .below(let domain):
            add(within[domain])
            addWider(domain)
        case .localPart(let localPart):
            add(mailboxesOf[localPart])
            found += domains
        case .null, .endsWith: break
        }
        return found.sorted()
    }
}

extension Domain {
    /// Every name that it lies below, nearest first.
    fileprivate var ancestors: some Sequence<Domain> { sequence(state: parent) { next in
        defer { next = next?.parent }
        return next
    } }
}
