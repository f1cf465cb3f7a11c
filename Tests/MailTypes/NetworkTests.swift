import MailTypes
import Testing

@Suite("networks")
struct NetworkTests {
    @Test(
        "a network has one reading, or is refused with what to write instead",
        arguments: CorpusTable.rows("networks.tsv", columns: 3))
    func parsing(row: CorpusTable.Row) {
        do {
            #expect(try AddressSet.parse(row.text(0)).description == row.text(1))
        } catch {
            #expect("!" + error.message == row.text(1))
            #expect((error.fix ?? "") == row.text(2))
        }
    }

    @Test("a fix that says `write` can be written", arguments: CorpusTable.rows("networks.tsv", columns: 3))
    func fixes(row: CorpusTable.Row) throws {
        guard row.text(2).hasPrefix("write ") else { return }
        let forms = row.text(2).dropFirst("write ".count).split(separator: " or ")
        // `write all four octets` is advice; what can be copied has no spaces.
        for form in forms where form != "FIRST-LAST" && !form.contains(" ") {
            #expect(throws: Never.self) { try AddressSet.parse(String(form)) }
        }
    }

    @Test("a prefix has to fit its family and leave no host bits")
    func prefixes() {
        #expect(IPNetwork(address: IPAddress(v4: 0), prefixLength: 33) == nil)
        #expect(IPNetwork(address: IPAddress(v4: 0), prefixLength: -1) == nil)
        #expect(IPNetwork(address: IPAddress(v4: 1), prefixLength: 31) == nil)
        #expect(IPNetwork(address: IPAddress(v6: 0), prefixLength: 0)?.range.last == IPAddress(v6: .max))
        #expect(IPNetwork(address: IPAddress(v4: 0), prefixLength: 0)?.range.last == IPAddress(v4: .max))
        #expect(IPNetwork(address: IPAddress(v6: .max), prefixLength: 128)?.range.first == IPAddress(v6: .max))
    }
}
