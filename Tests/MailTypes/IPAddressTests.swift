import MailTypes
import TestSupport
import Testing

@Suite("addresses")
struct IPAddressTests {
    @Test(
        "text is read strictly and written as RFC 5952 §4 has it",
        arguments: CorpusTable.rows("ip-addresses.tsv", columns: 2))
    func text(row: CorpusTable.Row) {
        #expect((IPAddress(parsing: row.cells[0])?.description ?? "") == row.text(1))
    }

    @Test("every address reads back from its text")
    func roundTrip() {
        var generator = SeededRandom(seed: 6)
        for round in 0..<20_000 {
            let mask =
                UInt128.random(in: 0 ... .max, using: &generator) & UInt128.random(in: 0 ... .max, using: &generator)
            // Whole groups of zero, so that runs of them are met.
            let groups = (0..<8).reduce(UInt128(0)) { value, _ in
                value << 16 | (Bool.random(using: &generator) ? 0xffff : 0)
            }
            let v6 = IPAddress(v6: mask & groups)
            #expect(IPAddress(v6.description) == v6, "seed 6, round \(round)")
            let v4 = IPAddress(v4: UInt32.random(in: 0 ... .max, using: &generator))
            #expect(IPAddress(v4.description) == v4, "seed 6, round \(round)")
        }
    }

    @Test(
        "only a mapped address is an IPv4 client",
        arguments: [
            ("::ffff:10.1.2.3", "10.1.2.3"), ("10.1.2.3", "10.1.2.3"), ("::10.1.2.3", "::a01:203"),
            ("2002:a01:203::", "2002:a01:203::"), ("64:ff9b::10.1.2.3", "64:ff9b::a01:203"),
        ])
    func unmapped(text: String, client: String) {
        #expect(IPAddress(text)?.unmapped.description == client)
    }
}
