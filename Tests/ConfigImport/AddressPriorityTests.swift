import ConfigImport
import MailTypes
import Testing
import TestSupport

@Suite("tables of addresses of which one entry applies")
struct AddressPriorityTests {
    private static func range(_ first: Int, _ last: Int) -> IPRange {
        IPRange(first: IPAddress(v4: UInt32(first)), last: IPAddress(v4: UInt32(last)))!
    }

    private static func priority(_ entries: [(first: Int, last: Int, isAllow: Bool)]) -> [AddressPriority<Bool>.Entry] {
        entries.enumerated().map { .init([range($1.first, $1.last)], $1.isAllow, Origin(note: "line \($0 + 1)")) }
    }

    @Test("rules give each address what the entry that applies says, for every address of a small world", arguments: 1...60)
    func rules(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let entries = Self.priority((0..<Int.random(in: 0...12, using: &random)).map { _ in
            let first = Int.random(in: 0...30, using: &random)
            return (first, Int.random(in: first...31, using: &random), Bool.random(using: &random))
        })
        for table in [AddressPriority(inFileOrder: entries), AddressPriority(narrowestFirst: entries)] {
            for outcome in [true, false] {
                let rules = table.rules(with: outcome)
                for address in (0...32).map({ IPAddress(v4: UInt32($0)) }) {
                    let fits = rules.contains { rule in
                        rule.entry.ranges.contains { $0.contains(address) } && !rule.except.contains { $0.value.contains(address) }
                    }
                    #expect(fits == (table.entry(for: address)?.outcome == outcome), "\(address)")
                    #expect(table.addresses(with: outcome).contains(address) == fits, "\(address)")
                }
            }
        }
    }

    @Test("two orders disagree where some address has two outcomes", arguments: 1...60)
    func disagreement(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let entries = Self.priority((0..<Int.random(in: 0...4, using: &random)).map { _ in
            let first = Int.random(in: 0...30, using: &random)
            return (first, Int.random(in: first...31, using: &random), Bool.random(using: &random))
        })
        let (sequential, narrowest) = (AddressPriority(inFileOrder: entries), AddressPriority(narrowestFirst: entries))
        let differing = (0...32).map { IPAddress(v4: UInt32($0)) }.filter {
            sequential.entry(for: $0)?.outcome != narrowest.entry(for: $0)?.outcome
        }
        let found = narrowest.disagreement(with: sequential)
        #expect((found == nil) == differing.isEmpty)
        if let found { #expect(differing.contains(found)) }
    }

    @Test("entries that all overlap take no quadratic time")
    func nested() {
        let entries = Self.priority((0..<20_000).map { (1_000_000 - $0 * 7, 1_000_000 + $0 * 11, $0 % 2 == 0) })
        let time = ProcessorTime.measure {
            let table = AddressPriority(narrowestFirst: entries)
            #expect(!table.rules(with: true).isEmpty)
            #expect(table.disagreement(with: AddressPriority(inFileOrder: entries.reversed())) != nil)
        }
        #expect(time < .seconds(20), "\(time)")
    }

    @Test("the last address of a family belongs to a table as others do")
    func ends() {
        let everybody = [Self.range(0, Int(UInt32.max)), IPRange(first: IPAddress(v6: 0), last: IPAddress(v6: .max))!]
        let table = AddressPriority(inFileOrder: [
            .init([IPRange(IPAddress(v6: .max))], false, Origin(note: "last")), .init(everybody, true, Origin(note: "all")),
        ])
        #expect(table.addresses(with: false).ranges == [IPRange(IPAddress(v6: .max))])
        #expect(table.addresses(with: true).contains(IPAddress(v4: .max)))
        #expect(table.rules(with: true).first?.except.map(\.value) == [IPRange(IPAddress(v6: .max))])
    }

    @Test(
        "how wide a set of addresses is",
        arguments: [
            ("192.0.2.0/24", AddressWidth.narrow), ("10.0.0.0/8", .narrow), ("198.18.0.0/16", .wide), ("198.0.0.0/8", .wide),
            ("0.0.0.0/0", .strangers), ("64.0.0.0/7", .strangers), ("2001:db8::/48", .wide), ("2001:db8::/49", .narrow),
            ("2000::/19", .strangers), ("fd00::/8", .narrow),
        ])
    func width(text: String, expected: AddressWidth) throws {
        let network = try #require(try? IPNetwork(parsing: text))
        #expect(AddressWidth(AddressSet([network.range])) == expected)
    }
}
