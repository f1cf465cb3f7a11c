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

    /// In the order in which they are asked.
    public var entries: [Entry]

    /// The first in the file that fits decides.
    public init(inFileOrder entries: [Entry]) { self.entries = entries }

    /// The entry with the fewest addresses that fits decides; of equal ones the first in the file.
    public init(narrowestFirst entries: [Entry]) {
        self.entries = entries.enumerated().map { (size: $1.size, place: $0, entry: $1) }
            .sorted { ($0.size, $0.place) < ($1.size, $1.place) }.map(\.entry)
    }

    /// The entry that applies to `client`.
    public func entry(for client: IPAddress) -> Entry? {
        entries.first { entry in entry.ranges.contains { $0.contains(client) } }
    }

    /// Who has `outcome`, entry by entry.
    public func rules(with outcome: Outcome) -> [(entry: Entry, except: [Sourced<IPRange>])] {
        entries.enumerated().compactMap { index, entry in
            guard entry.outcome == outcome else { return nil }
            let own = AddressSet(entry.ranges)
            let earlier = entries[..<index].filter { $0.outcome != outcome }
            let except = earlier.flatMap { other in
                other.ranges.filter { !own.intersection(AddressSet([$0])).isEmpty }.map { Sourced($0, other.origin) }
            }
            let left = own.subtracting(AddressSet(except.map(\.value)))
            return left.isEmpty ? nil : (entry, except)
        }
    }
}
