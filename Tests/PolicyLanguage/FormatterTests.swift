import Foundation
import MailTypes
import PolicyLanguage
import RelayPolicy
import TestSupport
import Testing

@Suite("layout")
struct FormatterTests {
    private static let names = GoldenFileTests.names + ["complete/gatepost.conf"]

    private func format(_ text: String) throws -> String {
        String(decoding: try formatted(Array(text.utf8), file: "f").get(), as: UTF8.self)
    }

    @Test("twice is the same as once, and the meaning stays", arguments: names)
    func stable(name: String) throws {
        let path = CorpusPolicies.folder.appending(path: name)
        let bytes = try [UInt8](Data(contentsOf: path))
        guard case .success(let once) = formatted(bytes, file: name) else { return }
        #expect(try formatted(once, file: name).get() == once)
        func read(_ bytes: [UInt8]) -> ReadResult {
            Configuration.read(bytes, file: path.lastPathComponent, purpose: .policyOnly, now: CorpusPolicies.now) {
                CorpusPolicies.read($0, beside: path)
            }
        }
        let (before, after) = (read(bytes), read(once))
        #expect(before.diagnostics.map(\.message) == after.diagnostics.map(\.message))
        #expect(before.configuration?.policy.withoutPlaces == after.configuration?.policy.withoutPlaces)
    }

    @Test("white space between words does not matter", arguments: 0..<50)
    func anyLayout(seed: Int) throws {
        var generator = SeededRandom(seed: UInt64(seed))
        let bytes = try [UInt8](Data(contentsOf: CorpusPolicies.folder.appending(path: "complete/gatepost.conf")))
        let canonical = try formatted(bytes, file: "f").get()
        var mangled: [UInt8] = []
        var isQuoted = false
        var isComment = false
        for byte in canonical {
            if byte == UInt8(ascii: "\""), !isComment { isQuoted.toggle() }
            if byte == UInt8(ascii: "#"), !isQuoted { isComment = true }
            if byte == UInt8(ascii: "\n") { (isComment, isQuoted) = (false, false) }
            if byte == UInt8(ascii: " "), !isQuoted, !isComment {
                mangled += Array(generator.pick([" ", "\t", "   ", "\t "]).utf8)
            } else if byte == UInt8(ascii: "\n") {
                mangled += Array(generator.pick(["\n", " \n", "\t\n"]).utf8)
            } else {
                mangled.append(byte)
            }
        }
        #expect(try formatted(mangled, file: "f").get() == canonical, "seed \(seed)")
    }

    @Test(
        "the canonical form",
        arguments: [
            ("version   1", "version 1\n"),
            ("version 1\n\n\n\nrelay {\n\n}\n\n", "version 1\n\nrelay {\n}\n"),
            (
                "version 1\r\nnode {\r\nstate /a\r\nhostname b # c  \r\n}\r\n",
                "version 1\r\nnode {\r\n    state     /a\r\n    hostname  b    # c\r\n}\r\n"
            ),
            (
                "upstream a {server b:25}\nupstream abc   {   server b:25 server c:25 backup   }\n",
                "upstream a { server b:25 }\nupstream abc { server b:25   server c:25 backup }\n"
            ),
            (
                "networks a 192.0.2.1\nnetworks abcd 192.0.2.1\nroute local x\n",
                "networks  a      192.0.2.1\nnetworks  abcd   192.0.2.1\nroute     local  x\n"
            ),
            (
                "log { to stderr }\nmetrics { address 127.0.0.1:1 }\n",
                "log     { to stderr }\nmetrics { address 127.0.0.1:1 }\n"
            ),
            (
                "tests {\nreject from 192.0.2.1 to a@b.example\npermit from 10.1.1.123 to c@d.example by \"x\"\n}\n",
                "tests {\n    reject  from 192.0.2.1   to a@b.example\n    permit  from 10.1.1.123  to c@d.example  by \"x\"\n}\n"
            ),
            ("# only a comment", "# only a comment\n"),
            ("", ""),
        ])
    func canonical(text: String, expected: String) throws { #expect(try format(text) == expected) }

    @Test(
        "what cannot be cut into statements is said, and nothing is laid out",
        arguments: ["relay {\n", "}\n", "because \"x\n", "a \u{1}\n"])
    func refused(text: String) {
        guard case .failure(let problems) = formatted(Array(text.utf8), file: "f") else {
            Issue.record("\(text) was laid out")
            return
        }
        #expect(!problems.diagnostics.isEmpty)
    }
}
