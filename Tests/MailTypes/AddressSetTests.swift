import MailTypes
import TestSupport
import Testing

/// Sets on a world of a few addresses, where everything can be tried.
@Suite("sets of addresses")
struct AddressSetTests {
    /// Addresses next to one another, at the ends where arithmetic overflows.
    private static let worlds: [[IPAddress]] = [
        (0..<6).map { IPAddress(v4: $0) },
        (0..<6).map { IPAddress(v4: .max - 5 + $0) },
        (0..<6).map { IPAddress(v6: .max - 5 + UInt128($0)) },
        (0..<3).map { IPAddress(v4: .max - 2 + $0) } + (0..<3).map { IPAddress(v6: UInt128($0)) },
    ]

    @Test("union, intersection and difference are those of plain sets, for all pairs", arguments: worlds)
    func algebra(world: [IPAddress]) {
        let subsets = (0..<1 << world.count).map { bits in
            world.indices.filter { bits >> $0 & 1 == 1 }.map { world[$0] }
        }
        let sets = subsets.map { AddressSet($0.map { IPRange($0) }) }
        for (members, set) in zip(subsets, sets) {
            #expect(world.filter(set.contains) == members)
            #expect(set.complement.complement == set)
            for (otherMembers, other) in zip(subsets, sets) {
                let (plain, otherPlain) = (Set(members), Set(otherMembers))
                #expect(set.union(other) == Self.set(plain.union(otherPlain)))
                #expect(set.intersection(other) == Self.set(plain.intersection(otherPlain)))
                #expect(set.subtracting(other) == Self.set(plain.subtracting(otherPlain)))
            }
        }
    }

    private static func set(_ members: Set<IPAddress>) -> AddressSet { AddressSet(members.map { IPRange($0) }) }

    @Test("ranges are merged whatever their order, and adjacent ones too")
    func canonicalRanges() throws {
        var generator = SeededRandom(seed: 7)
        for round in 0..<2000 {
            var plain: Set<UInt32> = []
            var ranges: [IPRange] = []
            for _ in 0..<Int.random(in: 0...6, using: &generator) {
                let first = UInt32.random(in: 0...30, using: &generator)
                let last = first + UInt32.random(in: 0...4, using: &generator)
                plain.formUnion(first...last)
                ranges.append(try #require(IPRange(first: IPAddress(v4: first), last: IPAddress(v4: last))))
            }
            let set = AddressSet(ranges)
            #expect((0..<40).filter { set.contains(IPAddress(v4: $0)) } == plain.sorted(), "seed 7, round \(round)")
            #expect(set.count(.v4) == UInt128(plain.count), "seed 7, round \(round)")
            #expect(
                zip(set.ranges, set.ranges.dropFirst()).allSatisfy { $0.last.value + 1 < $1.first.value },
                "seed 7, round \(round)")
        }
    }

    @Test("networks are the fewest that are exactly the set, for every range of 32 addresses at either end")
    func fewestNetworks() throws {
        for base in [IPAddress(v4: 0), IPAddress(v4: .max - 31), IPAddress(v6: .max - 31), IPAddress(v6: 0)] {
            for first in 0..<32 {
                for last in first..<32 {
                    let range = try #require(
                        IPRange(first: Self.address(base, first), last: Self.address(base, last)))
                    let networks = AddressSet([range]).networks
                    #expect(AddressSet(networks.map(\.range)) == AddressSet([range]))
                    #expect(networks.count == Self.fewest(first...last, within: 0, size: 32))
                }
            }
        }
    }

    private static func address(_ base: IPAddress, _ offset: Int) -> IPAddress {
        base.family == .v4
            ? IPAddress(v4: UInt32(base.value) + UInt32(offset)) : IPAddress(v6: base.value + UInt128(offset))
    }

    /// The nodes of the binary tree that are wholly in `range` while their parents are not.
    private static func fewest(_ range: ClosedRange<Int>, within first: Int, size: Int) -> Int {
        if range.upperBound < first || range.lowerBound >= first + size { return 0 }
        if range.lowerBound <= first, first + size - 1 <= range.upperBound { return 1 }
        return fewest(range, within: first, size: size / 2) + fewest(range, within: first + size / 2, size: size / 2)
    }

    @Test("everything is both families, and a whole family is one network")
    func everything() {
        let everything = AddressSet.everything
        #expect(everything.networks.map(\.description) == ["0.0.0.0/0", "::/0"])
        #expect(everything.count(.v4) == 1 << 32)
        #expect(everything.count(.v6) == .max)
        #expect(everything.complement.isEmpty)
        #expect(everything.subtracting(AddressSet()) == everything)
        #expect(AddressSet([IPRange(IPAddress(v6: 0))]).complement.count(.v6) == .max)
    }

    @Test("0.0.0.0/1 and 128.0.0.0/1 are everyone")
    func halves() throws {
        let halves = try ["0.0.0.0/1", "128.0.0.0/1"].map { try AddressSet.parse($0) }
        #expect(AddressSet(halves) == AddressSet.everything.subtracting(AddressSet([try AddressSet.parse("::/0")])))
    }

    @Test(
        "public is what is not private, loopback, link-local, CGN or multicast",
        arguments: [
            ("10.0.0.0", false), ("10.255.255.255", false), ("11.0.0.0", true), ("172.15.255.255", true),
            ("172.16.0.0", false), ("172.31.255.255", false), ("172.32.0.0", true), ("192.168.0.1", false),
            ("127.0.0.1", false), ("169.254.1.1", false), ("100.63.255.255", true), ("100.64.0.0", false),
            ("100.127.255.255", false), ("100.128.0.0", true), ("224.0.0.1", false), ("239.255.255.255", false),
            ("240.0.0.1", true), ("192.0.2.1", true), ("0.0.0.0", true), ("::1", false), ("::", true),
            ("fc00::", false),
            ("fdff::1", false), ("fe00::", true), ("fe80::1", false), ("febf::1", false), ("fec0::1", true),
            ("ff02::1", false), ("2001:db8::1", true),
        ])
    func notPublic(address: String, isPublic: Bool) throws {
        #expect(AddressSet.notPublic.contains(try #require(IPAddress(address))) == !isPublic)
    }
}
