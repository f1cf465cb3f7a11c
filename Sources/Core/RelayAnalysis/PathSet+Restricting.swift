import MailTypes

extension PathSet {
    /// The members that one of `owned` matches, as disjoint sets. `owned` are patterns of a users file; the special
    /// value stays, since `<>` belongs to every login (Meaning 15).
    func intersection(_ owned: [PathPattern]) -> [PathSet] {
        guard !owned.isEmpty else { return hasSpecial ? [PathSet([], hasSpecial: true)] : [] }
        guard let patterns else {
            return [PathSet(owned, except: exceptions, localParts: localParts, hasSpecial: hasSpecial)]
        }
        var both: [PathPattern] = []
        var rest: [(localPart: [UInt8], pattern: PathPattern)] = []
        for a in patterns {
            for b in owned {
                switch a.intersection(b) {
                case .pattern(let pattern): if !both.contains(pattern) { both.append(pattern) }
                case .localPart(let localPart, let pattern): rest.append((localPart, pattern))
                case .nothing: break
                }
            }
        }
        var sets: [PathSet] = []
        if !both.isEmpty || hasSpecial {
            sets.append(PathSet(both, except: exceptions, localParts: localParts, hasSpecial: hasSpecial))
        }
        for (index, (localPart, pattern)) in rest.enumerated()
        where localParts?.contains(localPart) ?? true {
            let earlier = rest[..<index].filter { $0.localPart == localPart }.map(\.pattern)
            sets.append(PathSet([pattern], except: exceptions + both + earlier, localParts: [localPart]))
        }
        return sets
    }

    /// The members that none of `owned` matches; without the special value, which every login owns.
    func subtracting(_ owned: [PathPattern]) -> PathSet {
        PathSet(patterns, except: exceptions + owned.filter { !exceptions.contains($0) }, localParts: localParts)
    }
}

extension PathPattern {
    enum Intersection {
        case nothing
        case pattern(PathPattern)
        /// A local part at the domains of a pattern, for which the language has no word.
        case localPart([UInt8], PathPattern)
    }

    func intersection(_ other: PathPattern) -> Intersection {
        switch (folded, other.folded) {
        case (.null, let other): other == .null ? .pattern(.null) : .nothing
        case (_, .null): .nothing
        case (.mailbox(let localPart, let domain), let other):
            other.matches(ReversePath.mailbox(Mailbox(localPart: localPart, domain: domain)))
                ? .pattern(folded) : .nothing
        case (let one, .mailbox): other.intersection(one)
        case (.localPart(let a), .localPart(let b)): a == b ? .pattern(folded) : .nothing
        case (.localPart(let localPart), .domain(let domain)):
            .pattern(.mailbox(localPart: localPart, domain: domain))
        case (.localPart(let localPart), let other): .localPart(localPart, other)
        case (let one, .localPart): other.intersection(one)
        case (.domain(let domain), let other):
            other.matches(ReversePath.mailbox(Mailbox(localPart: [UInt8(ascii: "x")], domain: domain)))
                ? .pattern(folded) : .nothing
        case (let one, .domain): other.intersection(one)
        case (let one, let other):
            // Two ends of domains: one within the other, or nothing in common.
            one.end.count >= other.end.count
                ? (one.end.suffix(other.end.count) == other.end[...] ? .pattern(one) : .nothing)
                : (other.end.suffix(one.end.count) == one.end[...] ? .pattern(other) : .nothing)
        }
    }

    /// What the domains end in, of a pattern that is about ends.
    private var end: [UInt8] {
        switch self {
        case .below(let domain): Array(".".utf8) + domain.bytes
        case .endsWith(let text): text
        case .null, .mailbox, .domain, .localPart: []
        }
    }
}
