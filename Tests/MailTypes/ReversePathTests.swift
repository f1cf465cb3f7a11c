import MailTypes
import Testing

@Suite("reverse-paths")
struct ReversePathTests {
    @Test(
        "a reverse-path has one canonical form, or is refused with 501 5.1.7",
        arguments: CorpusTable.rows("reverse-paths.tsv", columns: 3))
    func canonicalForm(row: CorpusTable.Row) {
        do {
            #expect(try ReversePath(parsing: row.cells[1]).description == row.text(2))
        } catch {
            #expect("!" + error.message == row.text(2))
            #expect(error.reply.description == "501 5.1.7 Bad sender address: \(error.message)")
        }
    }

    @Test("a bare mailbox is taken on the command line only")
    func bareMailbox() throws {
        let bytes = Array("anna@example.com".utf8)
        #expect(try ReversePath(parsing: bytes, allowingBareMailbox: true).description == "<anna@example.com>")
        #expect(throws: PathProblem.self) { try ReversePath(parsing: bytes) }
        #expect(throws: PathProblem.self) { try ReversePath(parsing: [], allowingBareMailbox: true) }
    }
}
