import MailTypes

/// Entries of an address table of which exactly one applies to a client, in an order in which the first match is that
/// one. Rules made of it stand for themselves: each excludes what an earlier entry with another outcome decides.
public struct AddressPriority<Outcome: Hashable & Sendable>: Hashable, Sendable {
    public struct Entry: Hashable, Sendable {
        /// More than one for a mask with holes, or for "everybody" in both families.
        public var ranges: [IPRange]
        public var outcome: Outcome
        public var origin: Origin
        public init(_ ranges: [IPRange], _ outcome: Outcome, _ origin: Origin) {
            (self.ranges, self.outcome, self.origin) = (ranges, outcome, origin)
        }

        /// How many addresses it names, at most 2^128 - 1.
        public var size: UInt128 {
            let set = AddressSet(ranges)
            let (sum, isTooLarge) = set.count(.v4).addingReportingOverflow(set.count(.v6))
            return isTooLarge ? .max : sum
        }
    }

    /// In the order in which they are asked; of entries for the same addresses only the first.
    public private(set) var entries: [Entry]

    /// The first in the file that fits decides.
    public init(inFileOrder entries: [Entry]) {
        var known: Set<[IPRange]> = []
        self.entries = entries.filter { known.insert($0.ranges).inserted }
    }

    /// The entry with the fewest addresses that fits decides; of equal ones the first in the file.
    public init(narrowestFirst entries: [Entry]) {
        self.init(
            inFileOrder: entries.enumerated().map { (size: $1.size, place: $0, entry: $1) }
                .sorted { ($0.size, $0.place) < ($1.size, $1.place) }.map(\.entry))
    }

    /// The entry that applies to `client`.
    public func entry(for client: IPAddress) -> Entry? {
        entries.first { entry in entry.ranges.contains { $0.contains(client) } }
    }

    /// Every address to which an entry with `outcome` applies.
    public func addresses(with outcome: Outcome) -> AddressSet {
        AddressSet(pieces(with: outcome).map(\.value))
    }

    /// The same as ranges that do not overlap, each with the entry that decides it. For tables too long to be written
    /// entry by entry with exceptions.
    public func pieces(with outcome: Outcome) -> [Sourced<IPRange>] {
        territory.pieces.compactMap { piece in
            let entry = entries[piece.owner]
            return entry.outcome == outcome ? Sourced(piece.range, entry.origin) : nil
        }
    }

    /// An address to which `other` gives another outcome; nil if there is none.
    public func disagreement(with other: Self) -> IPAddress? {
        let (ours, theirs) = (territory, other.territory)
        // Outcomes change where a piece begins and behind its end, nowhere else.
        for range in (ours.pieces + theirs.pieces).map(\.range) {
            let last = range.last.value
            let behind = AddressTerritory.address(last < range.family.last ? last + 1 : last, range.family)
            for address in [range.first, behind] {
                let own = ours.owner(of: address).map { entries[$0].outcome }
                if own != theirs.owner(of: address).map({ other.entries[$0].outcome }) { return address }
            }
        }
        return nil
    }

    /// Who has `outcome`, entry by entry, without entries that never apply.
    ///
    /// Exceptions are the other entries as the file has them. Where so many overlap that the list of exceptions would
    /// grow with their square, an entry comes with the addresses that are left for it instead.
    public func rules(with outcome: Outcome) -> [(entry: Entry, except: [Sourced<IPRange>])] {
        let territory = territory
        var held: [Int: [IPRange]] = [:]
        for piece in territory.pieces { held[piece.owner, default: []].append(piece.range) }
        var budget = 8 * entries.count + 1_000
        return entries.indices.compactMap { index in
            guard entries[index].outcome == outcome, let left = held[index] else { return nil }
            if let except = exceptions(from: entries[index], territory, &budget) { return (entries[index], except) }
            return (Entry(left, outcome, entries[index].origin), [])
        }
    }

    private var territory: AddressTerritory { AddressTerritory(entries.map(\.ranges)) }

    /// Nil when `budget` is spent.
    private func exceptions(
        from entry: Entry, _ territory: AddressTerritory, _ budget: inout Int
    ) -> [Sourced<IPRange>]? {
        var others: Set<Int> = []
        for range in entry.ranges {
            for position in territory.positions(within: range) {
                budget -= 1
                guard budget > 0 else { return nil }
                let owner = territory.pieces[position].owner
                if entries[owner].outcome != entry.outcome { others.insert(owner) }
            }
        }
        let own = AddressSet(entry.ranges)
        var except: [Sourced<IPRange>] = []
        for other in others.sorted().map({ entries[$0] }) {
            budget -= other.ranges.count
            guard budget > 0 else { return nil }
            let common = own.intersection(AddressSet(other.ranges))
            let asWritten = other.ranges.count == 1
            except += (asWritten ? other.ranges : common.ranges).map { Sourced($0, other.origin) }
        }
        return except
    }
}
