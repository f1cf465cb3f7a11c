import MailTypes
import Testing

@testable import MailProtocols

@Suite("commands")
struct CommandTests {
    private static func code(_ line: String) -> UInt16? {
        do throws(CommandProblem) { _ = try Command(parsing: Array(line.utf8)) } catch { return error.reply.code }
        return nil
    }

    @Test(
        "lines that are commands",
        arguments: [
            "EHLO a.test", "ehlo [192.0.2.1]", "HELO x", "MAIL FROM:<>", "mail from:<a@b.test>",
            "MAIL FROM: <a@b.test>", "MAIL FROM:<a@b.test> SIZE=100 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=a+2Bb",
            "RCPT TO:<a@b.test>", "RCPT TO: <a@b.test>", "RCPT TO:<Postmaster>", "RCPT TO:<\"a> b\"@c.test>",
            "RCPT TO:<a@b.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+40b", "DATA", "DATA ", "RSET", "NOOP x", "QUIT",
            "VRFY x", "STARTTLS", "BDAT 10 LAST", "XCLIENT ADDR=127.0.0.1",
        ])
    func good(line: String) { #expect(Self.code(line) == nil) }

    @Test(
        "lines that are none, and what is said to them",
        arguments: [
            ("", 500), ("NONSENSE", 500), ("MAIL", 501), ("MAIL FROM", 501), ("MAIL FROM:a@b.test", 501),
            ("MAIL FROM:<a@b.test>SIZE=1", 501), ("MAIL FROM:<a@b.test> SIZE=-1", 501),
            ("MAIL FROM:<a@b.test> SIZE=1 SIZE=2", 501), ("MAIL FROM:<a@b.test> AUTH=<>", 555),
            ("MAIL FROM:<a@b.test> SIZE=99999999999999999999999", 501), ("RCPT TO:<a@b.test> SIZE=1", 555),
            ("RCPT TO:<a@b.test> NOTIFY=NEVER,DELAY", 501), ("RCPT TO:<a@b.test> ORCPT=rfc822;x+0D+0ARCPT", 501),
            ("RCPT TO:<jane@t.test> TO:<u@r.test>", 501), ("RCPT TO:<jane@t.test><u@r.test>", 501), ("DATA x", 501),
            ("EHLO", 501), ("EHLO a b", 501), ("EHLO é", 501), ("RSET x", 501),
        ])
    func bad(line: String, code: Int) { #expect(Self.code(line) == UInt16(code)) }

    @Test(
        "line ends",
        arguments: [
            ("NOOP\r\n", CommandFraming.Finding.line(4)), ("NOOP\n", .broken(.bareLineFeed)), ("NOOP", .incomplete),
            ("NO\rOP\r\n", .refused(7, .bareCarriageReturn)), ("NO\0OP\r\n", .broken(.nul)), ("NO\0", .broken(.nul)),
            ("NOOP\r\r\n", .refused(7, .bareCarriageReturn)), ("\r\n", .line(0)),
        ])
    func framing(bytes: String, finding: CommandFraming.Finding) {
        #expect(Array(bytes.utf8).withUnsafeBytes(CommandFraming.scan) == finding)
    }

    @Test("a line too long is refused whole, and the next one is read")
    func longLine() {
        let bytes = Array(repeating: UInt8(ascii: "a"), count: 3_000) + [13, 10]
        #expect(bytes.withUnsafeBytes(CommandFraming.scan) == .refused(3_002, .tooLong))
    }
}
