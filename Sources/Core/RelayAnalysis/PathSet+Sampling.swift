import MailTypes

/// Finds members of sets. The first one that was found of each is kept: many classes have a long set in common.
final class Samples {
    private struct Found {
        var mailbox: Mailbox?
        var cost: Int
    }

    private let work: Work?
    private var first = Remembered<PathSet, Found>()

    init(_ work: Work? = nil) { self.work = work }

    /// A mailbox of the set for which `holds` is true; nil if none was found, which for sets that people write means
    /// that there is none. What is found of a set that no other class will have need not be kept.
    func mailbox(of set: PathSet, isKept: Bool = true, where holds: (Mailbox) -> Bool = { _ in true }) -> Mailbox? {
        guard isKept else { return charged(Self.find(in: set, where: holds)) }
        let known = first.value(of: set) { Self.find(in: set) { _ in true } }
        guard let mailbox = known.mailbox, !holds(mailbox) else { return charged(known) }
        return charged(Self.find(in: set, where: holds))
    }

    private func charged(_ found: Found) -> Mailbox? {
        work?.charge(found.cost)
        return found.mailbox
    }

    /// A host name of the set.
    func name(of set: PathSet) -> Domain? { mailbox(of: set)?.domain }

    private static func find(in set: PathSet, where holds: (Mailbox) -> Bool) -> Found {
        // To look this one up in long lists takes less than to file them.
        if set.patterns == nil, set.localParts == nil, let mailbox = everyday, set.contains(mailbox), holds(mailbox) {
            return Found(mailbox: mailbox, cost: set.elements)
        }
        var search = MailboxSearch(set)
        let found = search.find(holds)
        return Found(mailbox: found, cost: set.elements + 20 * search.tried)
    }

    private static let everyday = Domain("victim.example").map { Mailbox(localPart: Array("someone".utf8), domain: $0) }
}

/// Looks for a member of a set: names that read well first, then every short one.
private struct MailboxSearch {
    private let set: PathSet
    private let excluded: PathPatternSet
    /// Ends of domains of which every name is excluded.
    private let closedEnds: Set<[UInt8]>
    /// Names that were asked about.
    private(set) var tried = 0
    private static let mostNamesTried = 20_000
    private static let letters = Array("xyzabcdefghijklmnopqrstuvw0123456789-.".utf8)
    private static let localParts = ["someone", "anna", "bert", "info", "user", "x1", "x2", "x3", "qq", "zz7"]
    private static let domains = [
        "victim.example", "elsewhere.example", "example.net", "example.org", "other.test", "example.com",
    ]

    init(_ set: PathSet) {
        self.set = set
        excluded = PathPatternSet(set.exceptions)
        closedEnds = Set(
            set.exceptions.compactMap { pattern in
                switch pattern {
                case .below(let domain): Array(".".utf8) + domain.bytes
                case .endsWith(let text): text
                default: nil
                }
            })
    }

    private mutating func isMember(_ mailbox: Mailbox, _ holds: (Mailbox) -> Bool) -> Bool {
        tried += 1
        return !excluded.contains(ReversePath.mailbox(mailbox)) && holds(mailbox)
            && (set.localParts?.contains(mailbox.localPart.withCaseFolded) ?? true)
    }

    mutating func find(_ holds: (Mailbox) -> Bool) -> Mailbox? {
        guard let patterns = set.patterns else { return atEnd([], Self.domains, localParts, holds) }
        for pattern in patterns {
            let found: Mailbox? =
                switch pattern {
                case .null: nil
                case .mailbox(let localPart, let domain): at(domain, [localPart], holds)
                case .domain(let domain): at(domain, localParts, holds)
                case .below(let domain):
                    domain.isLiteral
                        ? nil : atEnd(Array(".".utf8) + domain.bytes, ["mail.\(domain)"], localParts, holds)
                case .endsWith(let text):
                    atEnd(text, [String(decoding: text, as: UTF8.self)], localParts, holds)
                case .localPart(let localPart): atEnd([], Self.domains, [localPart], holds)
                }
            if let found { return found }
        }
        return nil
    }

    /// Local parts to try: enough of them that not all can be excepted one by one.
    private var localParts: [[UInt8]] {
        if let named = set.localParts { return named }
        let excepted = Set(
            set.exceptions.compactMap { pattern -> [UInt8]? in
                switch pattern {
                case .localPart(let localPart), .mailbox(let localPart, _): localPart.withCaseFolded
                default: nil
                }
            })
        let common = Self.localParts.map { Array($0.utf8) }.filter { !excepted.contains($0) }
        if !common.isEmpty { return common }
        let numbered = (0...excepted.count).lazy.map { Array("someone\($0)".utf8) }
        return numbered.first { !excepted.contains($0) }.map { [$0] } ?? []
    }

    private mutating func at(_ domain: Domain, _ localParts: [[UInt8]], _ holds: (Mailbox) -> Bool) -> Mailbox? {
        for localPart in localParts {
            let mailbox = Mailbox(localPart: localPart, domain: domain)
            if isMember(mailbox, holds) { return mailbox }
        }
        return nil
    }

    /// A mailbox whose domain ends in `end`.
    private mutating func atEnd(
        _ end: [UInt8], _ preferred: [String], _ localParts: [[UInt8]], _ holds: (Mailbox) -> Bool
    ) -> Mailbox? {
        for name in preferred {
            if let domain = Domain(name), let found = at(domain, localParts, holds) { return found }
        }
        var queue = [end]
        var next = 0
        while next < queue.count, queue.count < Self.mostNamesTried {
            let text = queue[next]
            next += 1
            if text.indices.contains(where: { closedEnds.contains(Array(text[$0...])) }) { continue }
            if let domain = Domain(String(decoding: text, as: UTF8.self)), domain.bytes == text,
                let found = at(domain, localParts, holds)
            {
                return found
            }
            guard text.count < 255 else { continue }
            for letter in Self.letters { queue.append([letter] + text) }
        }
        return nil
    }
}
