import MailTypes

/// Numbers by domain, exact or below, found in time that does not grow with their count. An exact name wins over a
/// wildcard, a longer wildcard over a shorter one, the first over an equal one.
struct DomainIndex: Sendable {
    private static let exact: UInt8 = 0
    private static let below: UInt8 = 1

    private let numbers: ByteKeyTable
    private let hasAncestors: Bool

    init(_ entries: some Sequence<(domain: Domain, isAncestor: Bool, number: Int)>) {
        let numbers = Dictionary(
            entries.map {
                (ByteKeyTable.Key(kind: $0.isAncestor ? Self.below : Self.exact, bytes: $0.domain.bytes), $0.number)
            },
            uniquingKeysWith: { first, _ in first })
        self.numbers = ByteKeyTable(numbers)
        hasAncestors = numbers.keys.contains { $0.kind == Self.below }
    }

    func number(for domain: Domain) -> Int? {
        let name = domain.bytes
        let mayBeBelow = hasAncestors && !domain.isLiteral
        var nearest: Int?
        var hash = ByteKeyTable.Hash()
        for index in name.indices.reversed() {
            if mayBeBelow, name[index] == UInt8(ascii: "."),
                let number = numbers.value(Self.below, hash, where: { name[(index + 1)...].elementsEqual($0) })
            {
                nearest = number
            }
            hash.combine(name[index])
        }
        return numbers.value(Self.exact, hash, where: { name.elementsEqual($0) }) ?? nearest
    }
}
