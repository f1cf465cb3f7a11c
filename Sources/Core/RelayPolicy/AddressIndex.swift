import MailTypes

/// Which rules of a list hold for an address: the address space cut where any rule's set begins or ends, and for
/// each piece the rules that hold in it. One binary search answers for all rules at once.
struct AddressIndex: Sendable {
    private var v4 = Pieces<UInt32>()
    private var v6 = Pieces<UInt128>()
    /// Sets of rules, one after another; each is `RuleSet.wordCount` long.
    private var words: [UInt64] = []
    private let wordCount: Int

    /// `sets` has one for each rule; nil holds for every address.
    init(_ sets: [AddressSet?]) {
        wordCount = RuleSet.wordCount(sets.count)
        var places: [[UInt64]: Int] = [:]
        for family in IPAddress.Family.allCases { build(family, sets, &places) }
    }

    /// Where the set of rules that hold for `address` begins in `word(_:)`.
    func place(of address: IPAddress) -> Int {
        switch address.family {
        case .v4: v4.place(of: UInt32(truncatingIfNeeded: address.value))
        case .v6: v6.place(of: address.value)
        }
    }

    func word(_ index: Int, at place: Int) -> UInt64 { words[place + index] }

    private mutating func build(
        _ family: IPAddress.Family, _ sets: [AddressSet?], _ places: inout [[UInt64]: Int]
    ) {
        var changes: [(at: UInt128, rule: Int)] = []
        for (rule, set) in sets.enumerated() {
            for range in set?.ranges ?? [] where range.first.family == family {
                changes.append((range.first.value, rule))
                if range.last.value < family.last { changes.append((range.last.value + 1, rule)) }
            }
        }
        changes.sort { $0.at < $1.at }

        var current = RuleSet.words(sets.indices.filter { sets[$0] == nil }, of: sets.count)
        var next = changes.startIndex
        var start: UInt128 = 0
        while true {
            // The ranges of one set are disjoint and apart, so that each of its ends turns its rule over.
            while next < changes.endIndex, changes[next].at == start {
                current[changes[next].rule / 64] ^= 1 << UInt64(changes[next].rule % 64)
                next += 1
            }
            let place = placeOfSet(current, &places)
            switch family {
            case .v4: v4.append(UInt32(truncatingIfNeeded: start), place)
            case .v6: v6.append(start, place)
            }
            guard next < changes.endIndex else { return }
            start = changes[next].at
        }
    }

    private mutating func placeOfSet(_ set: [UInt64], _ places: inout [[UInt64]: Int]) -> Int {
        if let place = places[set] { return place }
        let place = words.count
        words += set
        places[set] = place
        return place
    }

    private struct Pieces<Start: FixedWidthInteger & Sendable>: Sendable {
        private var starts: [Start] = []
        private var places: [Int] = []

        mutating func append(_ start: Start, _ place: Int) {
            starts.append(start)
            places.append(place)
        }

        /// The piece that begins last at or before `value`; the first begins at 0.
        func place(of value: Start) -> Int {
            var (low, count) = (0, starts.count)
            while count > 1 {
                let half = count / 2
                if starts[low + half] <= value { low += half }
                count -= half
            }
            return places[low]
        }
    }
}
