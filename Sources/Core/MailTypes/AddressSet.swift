/// A set of addresses, as sorted, disjoint, non-adjacent ranges for each family.
///
/// Every set of addresses has exactly one such form, so equal sets have equal ranges.
public struct AddressSet: Hashable, Sendable {
    public private(set) var ranges: [IPRange] = []

    public init() {}

    /// The ranges may overlap and come in any order.
    public init(_ ranges: [IPRange]) {
        let sorted = ranges.sorted { a, b in
            a.family == b.family ? a.lower < b.lower : a.family == .v4
        }
        var merged: [IPRange] = []
        merged.reserveCapacity(sorted.count)
        for range in sorted {
            guard let previous = merged.last, previous.family == range.family,
                // Closed ranges: nothing comes after the last address, so there is no `upper + 1`.
                previous.upper == .max || range.lower <= previous.upper + 1
            else {
                merged.append(range)
                continue
            }
            merged[merged.count - 1] = IPRange(range.family, previous.lower, max(previous.upper, range.upper))
        }
        self.ranges = merged
    }

    /// For ranges that are known to be in canonical form.
    private init(canonical ranges: [IPRange]) { self.ranges = ranges }

    public static let everything = AddressSet(
        canonical: IPAddress.Family.allCases.map { IPRange($0, 0, $0.last) })

    public var isEmpty: Bool { ranges.isEmpty }

    public func contains(_ address: IPAddress) -> Bool {
        ranges.withUnsafeBufferPointer { ranges in
            // The first range that does not end before the address is the only one that can hold it.
            var (low, high) = (0, ranges.count)
            while low < high {
                let middle = (low + high) / 2
                let range = ranges[middle]
                let endsBefore =
                    range.family == address.family ? range.upper < address.value : range.family == .v4
                if endsBefore { low = middle + 1 } else { high = middle }
            }
            return low < ranges.count && ranges[low].contains(address)
        }
    }

    public func union(_ other: AddressSet) -> AddressSet {
        if isEmpty { return other }
        return other.isEmpty ? self : AddressSet(ranges + other.ranges)
    }

    public func intersection(_ other: AddressSet) -> AddressSet {
        var result: [IPRange] = []
        var (i, j) = (0, 0)
        while i < ranges.count, j < other.ranges.count {
            let (a, b) = (ranges[i], other.ranges[j])
            guard a.family == b.family else {
                if a.family == .v4 { i += 1 } else { j += 1 }
                continue
            }
            let (lower, upper) = (max(a.lower, b.lower), min(a.upper, b.upper))
            if lower <= upper { result.append(IPRange(a.family, lower, upper)) }
            if a.upper < b.upper { i += 1 } else { j += 1 }
        }
        return AddressSet(canonical: result)
    }

    public func subtracting(_ other: AddressSet) -> AddressSet {
        other.isEmpty ? self : intersection(other.complement)
    }

    /// Every address of both families that is not in the set.
    public var complement: AddressSet {
        var result: [IPRange] = []
        for family in IPAddress.Family.allCases {
            /// The first address not yet spoken of; nil behind the last one.
            var next: UInt128? = 0
            for range in ranges where range.family == family {
                if let next, next < range.lower { result.append(IPRange(family, next, range.lower - 1)) }
                next = range.upper == family.last ? nil : range.upper + 1
            }
            if let next { result.append(IPRange(family, next, family.last)) }
        }
        return AddressSet(canonical: result)
    }

    /// How many addresses of `family`; 2^128 saturates to `UInt128.max`.
    public func count(_ family: IPAddress.Family) -> UInt128 {
        var count: UInt128 = 0
        for range in ranges where range.family == family {
            let (size, overflow) = (range.upper - range.lower).addingReportingOverflow(1)
            if overflow { return .max }
            // The ranges are disjoint: their sizes cannot add up to more than one whole family.
            count += size
        }
        return count
    }

    /// The fewest networks that are exactly this set, in order.
    public var networks: [IPNetwork] { ranges.flatMap(\.networks) }

    /// Addresses that are private, loopback, link-local, CGN or multicast (language page, Meaning 5):
    /// RFC 1918 §3, RFC 6598 §7, RFC 4193 §3.1 and their kin. Documentation ranges count as public.
    public static let notPublic = AddressSet(
        [
            (IPAddress(v4: 0x0a00_0000), 8), (IPAddress(v4: 0xac10_0000), 12), (IPAddress(v4: 0xc0a8_0000), 16),
            (IPAddress(v4: 0x7f00_0000), 8), (IPAddress(v4: 0xa9fe_0000), 16), (IPAddress(v4: 0x6440_0000), 10),
            (IPAddress(v4: 0xe000_0000), 4), (IPAddress(v6: 1), 128), (IPAddress(v6: 0xfc << 120), 7),
            (IPAddress(v6: 0xfe8 << 116), 10), (IPAddress(v6: 0xff << 120), 8),
        ].compactMap { IPNetwork(address: $0, prefixLength: $1)?.range })
}
