import MailTypes
import Testing

@testable import MailProtocols

@Suite("replies of a server")
struct ReplyReaderTests {
    private static func read(_ text: String) -> [Reply]? {
        var reader = ReplyReader()
        var replies: [Reply] = []
        do { try Array(text.utf8).withUnsafeBytes { try reader.received($0, into: &replies) } } catch { return nil }
        return replies
    }

    @Test("a reply of several lines is one reply, also byte by byte")
    func lines() throws {
        let text = "250-a\r\n250-b\r\n250 c\r\n354\r\n"
        let expected = Self.read(text)
        #expect(expected?.map(\.code) == [250, 354])
        #expect(expected?.first?.lines.count == 3)
        var reader = ReplyReader()
        var replies: [Reply] = []
        for byte in text.utf8 { try [byte].withUnsafeBytes { try reader.received($0, into: &replies) } }
        #expect(replies == expected)
        #expect(!reader.isWithinReply)
    }

    @Test(
        "what is no reply is an error",
        arguments: ["hello\r\n", "25\r\n", "250_x\r\n", "199 x\r\n", "600 x\r\n", "250-a\r\n550 b\r\n", "-50 x\r\n"])
    func garbage(text: String) { #expect(Self.read(text) == nil) }

    @Test("a reply without end is an error, in length and in lines")
    func endless() {
        #expect(Self.read("250 " + String(repeating: "x", count: 5_000)) == nil)
        #expect(Self.read(String(repeating: "250-x\r\n", count: 200)) == nil)
    }

    /// Found by the fuzzer: the CR was counted when it came before its LF.
    @Test("the longest line is read whole and cut at any place, a longer one nowhere", arguments: [0, 1])
    func longestLine(excess: Int) throws {
        let line = "250 " + String(repeating: "x", count: ReplyReader.longestLine - 4 + excess) + "\r\n"
        #expect((Self.read(line) != nil) == (excess == 0))
        var reader = ReplyReader()
        var replies: [Reply] = []
        try? line.utf8.forEach { byte in try [byte].withUnsafeBytes { try reader.received($0, into: &replies) } }
        #expect((replies.count == 1) == (excess == 0))
    }

    @Test("what is no reply takes nothing from the replies before it")
    func replyBeforeGarbage() {
        var reader = ReplyReader()
        var replies: [Reply] = []
        #expect(throws: ReplyReader.Problem.self) {
            try Array("250 queued\r\ngarbage\r\n".utf8).withUnsafeBytes { try reader.received($0, into: &replies) }
        }
        #expect(replies.map(\.code) == [250])
    }

    @Test("control bytes in a reply's text do not reach the client")
    func controls() {
        #expect(Self.read("250 a\0b\u{1b}c\r\n")?.first?.lines == [Array("a?b?c".utf8)])
    }
}
