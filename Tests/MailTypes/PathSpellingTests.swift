import MailTypes
import TestSupport
import Testing

/// What is sent to a server that judges for itself.
@Suite("a path as the client wrote it")
struct PathSpellingTests {
    @Test(
        "what the canonical form leaves out is kept, and nothing else is",
        arguments: [
            ("<u@d.example>", "u@d.example", false), ("<U@D.Example>", "U@d.example", false),
            ("<\"jane\"@d.example>", "jane@d.example", false), ("<Postmaster>", "postmaster", false),
            ("<u%v@d.example>", "u%v@d.example", false), ("<v!u@d.example>", "v!u@d.example", false),
            ("<\"u@v\"@d.example>", "\"u@v\"@d.example", false), ("<u@v@d.example>", "u@v@d.example", true),
            ("<\".u\"@d.example>", "\".u\"@d.example", false), ("<.u@d.example>", ".u@d.example", true),
            ("<@a.example:u@d.example>", "@a.example:u@d.example", true),
            ("<@A.example,@b.example:u@v@d.example>", "@a.example,@b.example:u@v@d.example", true),
            ("<@a.example:\"u v\"@d.example>", "@a.example:\"u v\"@d.example", true),
        ])
    func spelling(written: String, sent: String, isSpelledOtherwise: Bool) throws {
        let path = try WrittenPath(parsing: Array(written.utf8))
        #expect(String(decoding: path.spelling, as: UTF8.self) == sent)
        #expect(path.isSpelledOtherwise == isSpelledOtherwise)
    }

    @Test("whatever bytes a client sends, what is sent on reads as the same path and ends neither path nor command")
    func readsBack() {
        var generator = SeededRandom(seed: 0x6f62_7365_7276_6521)
        var spelledOtherwise = 0
        for round in 0..<40_000 {
            let route = generator.once(in: 3) ? Array("@a.b,@c.d:".utf8) : []
            let bytes = [UInt8(ascii: "<")] + route + generator.addressBytes() + Array("@a.b>".utf8)
            guard let path = try? WrittenPath(parsing: bytes) else { continue }
            let sent = path.spelling
            if path.isSpelledOtherwise { spelledOtherwise += 1 }
            #expect(sent.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "round \(round): \(bytes)")
            let again = try? WrittenPath(parsing: [UInt8(ascii: "<")] + sent + [UInt8(ascii: ">")])
            #expect(again?.path == path.path && again?.route == path.route, "round \(round): \(bytes)")
            #expect(again?.spelling == sent, "round \(round): \(bytes)")
        }
        #expect(spelledOtherwise > 1000)
    }
}
