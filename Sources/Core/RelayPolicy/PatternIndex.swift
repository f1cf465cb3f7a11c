import MailTypes

/// Which rules of a list hold for a sender or a recipient: every pattern of every rule in one table, asked once for
/// each form of pattern that may match.
///
/// Domains are hashed from their end, so that one pass over a domain gives the hash of every domain above it and of
/// every end that an `ends-with:` may ask for.
struct PatternIndex: Sendable {
    private enum Kind: UInt8 { case mailbox, domain, below, localPart, endsWith }

    /// By pattern, where the set of rules that have it begins in `words`.
    private let places: ByteKeyTable
    private var words: [UInt64] = []
    /// Rules that ask for no such path: they hold for all.
    private let unasked: [UInt64]
    private let null: [UInt64]
    private let hasMailboxes: Bool
    private let hasLocalParts: Bool
    private let hasAncestors: Bool
    private let hasEnds: Bool

    /// `sets` has one for each rule; nil holds for every path.
    init(_ sets: [PathPatternSet?]) {
        unasked = RuleSet.words(sets.indices.filter { sets[$0] == nil }, of: sets.count)
        null = RuleSet.words(sets.indices.filter { sets[$0]?.patterns.contains(.null) ?? true }, of: sets.count)
        var rules: [ByteKeyTable.Key: [Int]] = [:]
        for (rule, set) in sets.enumerated() {
            for key in set?.patterns.compactMap(Self.key) ?? [] { rules[key, default: []].append(rule) }
        }
        let kinds = Set(rules.keys.map(\.kind))
        hasMailboxes = kinds.contains(Kind.mailbox.rawValue)
        hasLocalParts = kinds.contains(Kind.localPart.rawValue)
        hasAncestors = kinds.contains(Kind.below.rawValue)
        hasEnds = kinds.contains(Kind.endsWith.rawValue)

        var known: [[UInt64]: Int] = [:]
        var words: [UInt64] = []
        places = ByteKeyTable(
            rules.mapValues { members in
                let set = RuleSet.words(members, of: sets.count)
                let place = known[set] ?? words.count
                if known.updateValue(place, forKey: set) == nil { words += set }
                return place
            })
        self.words = words
    }

    /// The rules whose patterns hold for `path`, and those that have none.
    func rules(for path: ReversePath) -> [UInt64] {
        switch path {
        case .null: null
        case .mailbox(let mailbox): words.isEmpty ? unasked : rules(for: mailbox)
        }
    }

    /// `<postmaster>` is met by `postmaster@*` alone.
    func rules(for path: ForwardPath) -> [UInt64] {
        switch path {
        case .mailbox(let mailbox): return words.isEmpty ? unasked : rules(for: mailbox)
        case .postmaster:
            var found = unasked
            addLocalPart(Array("postmaster".utf8), to: &found)
            return found
        }
    }

    private func rules(for mailbox: Mailbox) -> [UInt64] {
        var found = unasked
        let domain = mailbox.domain.bytes
        var hash = ByteKeyTable.Hash()
        let mayBeBelow = hasAncestors && !mailbox.domain.isLiteral
        for index in domain.indices.reversed() {
            if mayBeBelow, domain[index] == UInt8(ascii: ".") {
                add(.below, hash, to: &found) { domain[(index + 1)...].elementsEqual($0) }
            }
            hash.combine(domain[index])
            if hasEnds { add(.endsWith, hash, to: &found) { domain[index...].elementsEqual($0) } }
        }
        add(.domain, hash, to: &found) { domain.elementsEqual($0) }
        if hasMailboxes {
            hash.combine(UInt8(ascii: "@"))
            for byte in mailbox.localPart.reversed() { hash.combine(byte.withCaseFolded) }
            add(.mailbox, hash, to: &found) { Self.isMailbox(mailbox, $0) }
        }
        addLocalPart(mailbox.localPart, to: &found)
        return found
    }

    private func addLocalPart(_ localPart: [UInt8], to found: inout [UInt64]) {
        guard hasLocalParts else { return }
        var hash = ByteKeyTable.Hash()
        for byte in localPart.reversed() { hash.combine(byte.withCaseFolded) }
        add(.localPart, hash, to: &found) { localPart.equalsWithCaseFolded($0) }
    }

    @inline(__always)
    private func add(
        _ kind: Kind, _ hash: ByteKeyTable.Hash, to found: inout [UInt64], where matches: (ArraySlice<UInt8>) -> Bool
    ) {
        guard let place = places.value(kind.rawValue, hash, where: matches) else { return }
        for word in found.indices { found[word] |= words[place + word] }
    }

    private static func isMailbox(_ mailbox: Mailbox, _ key: ArraySlice<UInt8>) -> Bool {
        let (localPart, domain) = (mailbox.localPart, mailbox.domain.bytes)
        guard key.count == localPart.count + 1 + domain.count else { return false }
        let at = key.startIndex + localPart.count
        return localPart.equalsWithCaseFolded(key[..<at]) && key[at] == UInt8(ascii: "@")
            && domain.elementsEqual(key[(at + 1)...])
    }

    /// Local part with its case folded and domain, with `@` between them for a mailbox: no domain has an `@`, so that
    /// this is not ambiguous. Nil for `<>`, which needs no table.
    private static func key(_ pattern: PathPattern) -> ByteKeyTable.Key? {
        func key(_ kind: Kind, _ bytes: [UInt8]) -> ByteKeyTable.Key { .init(kind: kind.rawValue, bytes: bytes) }
        return switch pattern {
        case .null: nil
        case .mailbox(let localPart, let domain):
            key(.mailbox, localPart.withCaseFolded + [UInt8(ascii: "@")] + domain.bytes)
        case .domain(let domain): key(.domain, domain.bytes)
        case .below(let domain): key(.below, domain.bytes)
        case .localPart(let localPart): key(.localPart, localPart.withCaseFolded)
        case .endsWith(let end): key(.endsWith, end.withCaseFolded)
        }
    }
}
