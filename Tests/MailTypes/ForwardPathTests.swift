import MailTypes
import Testing

@Suite("forward-paths")
struct ForwardPathTests {
    @Test(
        "a forward-path has one canonical form, or is refused",
        arguments: CorpusTable.rows("forward-paths.tsv", columns: 5))
    func canonicalForm(row: CorpusTable.Row) {
        #expect(Self.outcome(row.cells[1]) == row.text(2))
    }

    @Test(
        "every trick is named, by the rules for our domains and for others",
        arguments: CorpusTable.rows("forward-paths.tsv", columns: 5))
    func tricks(row: CorpusTable.Row) throws {
        guard let path = try? WrittenPath(parsing: row.cells[1]) else {
            #expect(row.cells[3].isEmpty && row.cells[4].isEmpty)
            return
        }
        #expect(Self.words(path.tricks(whenLocal: true)) == row.text(3))
        #expect(Self.words(path.tricks(whenLocal: false)) == row.text(4))
    }

    @Test(
        "a trick is resolved by one level, or not at all", arguments: CorpusTable.rows("resolved-paths.tsv", columns: 4)
    )
    func resolving(row: CorpusTable.Row) throws {
        let path = try WrittenPath(parsing: row.cells[0])
        let trick = try #require(AddressTrick(rawValue: row.text(1)))
        let resolved = path.resolving(trick)
        #expect((resolved?.path.description ?? "") == row.text(2))
        #expect(Self.words(resolved?.tricks(whenLocal: true) ?? []) == row.text(3))
    }

    @Test(
        "a refusal is 501 5.1.3 and repeats no byte of the client's",
        arguments: CorpusTable.rows("forward-paths.tsv", columns: 5))
    func refusal(row: CorpusTable.Row) {
        do {
            _ = try WrittenPath(parsing: row.cells[1])
        } catch {
            #expect(error.reply.code == 501)
            #expect(error.reply.description == "501 5.1.3 Bad recipient address: \(error.message)")
        }
    }

    @Test(
        "the hops of a route are kept in order",
        arguments: [
            ("<u@d.example>", []), ("<@a.example:u@d.example>", ["a.example"]),
            ("<@A.example,@b.example,@c.example:u@d.example>", ["a.example", "b.example", "c.example"]),
        ] as [(String, [String])])
    func route(written: String, hops: [String]) throws {
        #expect(try WrittenPath(parsing: Array(written.utf8)).route.map(\.description) == hops)
    }

    @Test(
        "SRS is known in every spelling, and nothing else is taken for it",
        arguments: [
            ("SRS0=AAAA=AA=r.example=u", true), ("srs0+AAAA=AA=r.example=u", true), ("SRS1-x=r.example==y", true),
            ("\"SRS0=a b\"", true), ("SRS2=AAAA", false), ("SRS0", false), ("SRS0x=", false), ("xSRS0=a", false),
        ])
    func srs(localPart: String, isSRS: Bool) throws {
        #expect(try WrittenPath(parsing: Array("<\(localPart)@target.example>".utf8)).isSRS == isSRS)
    }

    @Test(
        "SMTPUTF8 is needed for what was written, also for a U-label",
        arguments: [
            ("<jane@example.com>", false, false), ("<jürgen@example.com>", true, true),
            ("<jane@bücher.example>", true, false), ("<jane@xn--bcher-kva.example>", false, false),
            ("<@bücher.example:jane@example.com>", true, false),
        ])
    func smtpUTF8(written: String, asWritten: Bool, whenSentOn: Bool) throws {
        let path = try WrittenPath(parsing: Array(written.utf8))
        #expect(path.needsSMTPUTF8 == asWritten)
        #expect(path.path.needsSMTPUTF8 == whenSentOn)
    }

    @Test("a bare mailbox is taken on the command line, a bare route and a half-open bracket are not")
    func bareMailbox() throws {
        let bare = try WrittenPath(parsing: Array("u%r@t.example".utf8), allowingBareMailbox: true)
        #expect(bare.path.description == "<u%r@t.example>")
        for text in ["", "@a.example:u@t.example", "<u@t.example", "u@t.example>", "jane", "u@t.example x"] {
            #expect(throws: PathProblem.self) {
                try WrittenPath(parsing: Array(text.utf8), allowingBareMailbox: true)
            }
        }
    }

    /// The canonical form, or `!` and what is wrong.
    private static func outcome(_ bytes: [UInt8]) -> String {
        do {
            return try WrittenPath(parsing: bytes).path.description
        } catch {
            return "!" + error.message
        }
    }

    private static func words(_ tricks: [AddressTrick]) -> String {
        tricks.map(\.rawValue).joined(separator: " ")
    }
}
