import MailTypes

/// Addresses cut where any of several sets begins or ends; pieces in the same sets belong together.
struct AddressDimension {
    /// For each group of pieces the features, that is the numbers of the sets that hold it.
    private(set) var groups: [Bits] = []
    private var pieces: [[IPRange]] = []

    /// `capacity` features, of which `sets` are those of addresses.
    init(_ sets: [(feature: Int, set: AddressSet)], capacity: Int) {
        var numbers: [Bits: Int] = [:]
        for family in IPAddress.Family.allCases {
            var changes: [(at: UInt128, feature: Int)] = []
            for (feature, set) in sets {
                for range in set.ranges where range.family == family {
                    changes.append((range.first.value, feature))
                    if range.last.value < family.last { changes.append((range.last.value + 1, feature)) }
                }
            }
            changes.sort { $0.at < $1.at }
            var current = Bits(capacity: capacity)
            var next = 0
            var start: UInt128 = 0
            while true {
                // The ranges of one set are disjoint and apart, so that each of its ends turns its feature over.
                while next < changes.count, changes[next].at == start {
                    let feature = changes[next].feature
                    if current.contains(feature) { current.remove(feature) } else { current.insert(feature) }
                    next += 1
                }
                let last = next < changes.count ? changes[next].at - 1 : family.last
                let group = numbers[current] ?? groups.count
                if group == groups.count {
                    numbers[current] = group
                    groups.append(current)
                    pieces.append([])
                }
                if let range = IPRange(first: Self.address(family, start), last: Self.address(family, last)) {
                    pieces[group].append(range)
                }
                guard next < changes.count else { break }
                start = changes[next].at
            }
        }
    }

    func addresses(of groups: some Sequence<Int>) -> AddressSet { AddressSet(groups.flatMap { pieces[$0] }) }

    private static func address(_ family: IPAddress.Family, _ value: UInt128) -> IPAddress {
        family == .v4 ? IPAddress(v4: UInt32(truncatingIfNeeded: value)) : IPAddress(v6: value)
    }
}
