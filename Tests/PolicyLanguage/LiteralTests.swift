import Diagnostics
import Testing

@testable import PolicyLanguage

@Suite("literals")
struct LiteralTests {
    private func word(_ text: String) -> Word {
        Word(text: text, isQuoted: false, at: SourceLocation(file: "f", line: 1, column: 1))
    }

    @Test("durations", arguments: [("1s", 1), ("90s", 90), ("20m", 1200), ("1h", 3600), ("90d", 7_776_000)])
    func durations(text: String, seconds: Int) throws {
        #expect(try word(text).duration() == .seconds(seconds))
    }

    @Test(
        "no durations",
        arguments: [
            "", "s", "0s", "-1s", "+1s", "1", "1.5h", "01h", "1w", "1 h", "99999999999999999999s", "9999d", "１h",
        ])
    func noDurations(text: String) { #expect(throws: Diagnostic.self) { try word(text).duration() } }

    @Test("periods", arguments: [("minute", 60), ("hour", 3600), ("day", 86_400), ("10m", 600)])
    func periods(text: String, seconds: Int) throws { #expect(try word(text).period() == .seconds(seconds)) }

    @Test(
        "sizes are powers of 1024",
        arguments: [("1", 1), ("10KB", 10_240), ("50MB", 52_428_800), ("2gb", 2_147_483_648)])
    func sizes(text: String, bytes: UInt64) throws { #expect(try word(text).size() == bytes) }

    @Test("no sizes", arguments: ["", "0", "MB", "1TB", "1.5MB", "-1", "99999999999GB", "1 MB"])
    func noSizes(text: String) { #expect(throws: Diagnostic.self) { try word(text).size() } }

    @Test("counts are plain numbers", arguments: ["", "0", "-1", "+1", "1e3", "0x10", "1000000001", "01", "٣"])
    func noCounts(text: String) { #expect(throws: Diagnostic.self) { try word(text).count() } }

    @Test(
        "addresses with ports",
        arguments: [
            ("192.0.2.1:25", "192.0.2.1", 25, false), ("[::]:465/tls", "::", 465, true),
            ("[2001:DB8::1]:25", "2001:db8::1", 25, false), ("mail.Example.com:587", "mail.example.com", 587, false),
        ])
    func endpoints(text: String, host: String, port: UInt16, tls: Bool) throws {
        let endpoint = try Endpoint(word(text), allowingName: true)
        #expect(endpoint.hostText == host && endpoint.port == port && endpoint.implicitTLS == tls)
    }

    @Test(
        "no addresses with ports",
        arguments: [
            "", ":", ":25", "192.0.2.1", "192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:25/ssl", "::1:25",
            "[::1]",
            "[::1]25", "[192.0.2.1]:25", "192.0.2:25", "a_b:25", "192.0.2.1:+25", "/tls",
        ])
    func noEndpoints(text: String) { #expect(throws: Diagnostic.self) { try Endpoint(word(text), allowingName: true) } }

    @Test(
        "a slip of the finger is recognised",
        arguments: [
            ("ofice", "office"), ("offcie", "office"), ("Office", "office"), ("offices", "office"), ("sender", nil),
            ("", nil), ("x", nil),
        ])
    func suggestions(written: String, meant: String?) {
        #expect(Suggestion.nearest(to: written, among: ["office", "printers", "branches"]) == meant)
    }
}
