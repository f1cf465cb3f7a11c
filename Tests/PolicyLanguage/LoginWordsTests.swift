import Diagnostics
import PolicyLanguage
import Testing

@Suite("the login of an upstream")
struct LoginWordsTests {
    private static func read(_ lines: String...) -> ReadResult {
        let block = "upstream out {\n" + lines.map { "    \($0)\n" }.joined() + "}\n"
        return Configuration.read(
            Array("version 1\n\(block)".utf8), file: "gatepost.conf", purpose: .policyOnly, now: CorpusPolicies.now,
            files: { _ in .failure(FileProblem("no such file")) })
    }

    private static let login = "login gate password credential:smarthost"

    @Test("name and password, which stands elsewhere")
    func words() throws {
        let result = Self.read("server a.test:587", "starttls required", "verify name", Self.login)
        let login = try #require(result.configuration?.upstreams.first?.login)
        #expect(login.name == "gate" && login.password.place == .credential("smarthost") && login.at.line == 6)
        #expect(result.diagnostics.isEmpty && result.notCarriedOut.isEmpty)
    }

    @Test("a server behind TLS or on this host", arguments: [
        ["server a.test:465/tls", "verify name"], ["server 127.0.0.1:25"], ["server [::1]:25", "starttls if-offered"],
        ["server 127.9.9.9:25", "server [::1]:25 backup"],
    ])
    func confidential(lines: [String]) {
        let result = Self.read(lines[0], lines[1..<lines.count].joined(separator: "\n"), Self.login)
        #expect(result.diagnostics.isEmpty, "\(result.diagnostics.map(\.message))")
    }

    @Test("a password that others could hear is an error", arguments: [
        ["server a.test:25"], ["server 192.0.2.1:25", "starttls no"], ["server a.test:25", "starttls if-offered"],
        ["server localhost.test:25"], ["server 127.0.0.1:25", "server 192.0.2.1:25"], ["server [::2]:25"],
    ])
    func inTheClear(lines: [String]) {
        let result = Self.read(lines[0], lines.dropFirst().joined(separator: "\n"), Self.login)
        #expect(result.configuration == nil)
        #expect(result.diagnostics.map(\.message) == ["`login` without `starttls required`"])
        #expect(result.diagnostics.allSatisfy { $0.why != nil && $0.fix != nil })
    }

    @Test("a password that anybody is told who answers is a warning")
    func unverified() {
        let result = Self.read("server a.test:587", "starttls required", Self.login)
        #expect(result.configuration != nil && result.diagnostics.count == 1)
        #expect(result.diagnostics.allSatisfy { $0.severity == .warning && $0.message.contains("without `verify`") })
    }

    @Test("no login on connections that are a client's")
    func told() {
        let result = Self.read("server 127.0.0.1:25", "tell-client-address xclient", Self.login)
        #expect(result.diagnostics.map(\.message) == ["`login` and `tell-client-address` in one upstream"])
    }

    @Test("what is no login", arguments: [
        ("login", "a login is missing after `login`"), ("login gate", "`password` is missing after `gate`"),
        ("login gate password", "credential:NAME is missing after `password`"),
        ("login gate password hunter2", "a secret does not stand in this file"),
        ("login gate password file:secret", "a secret does not stand in this file"),
        ("login gate password credential:../x", "`credential:../x` names no credential"),
        ("login \"\" password credential:x", "empty text"),
        ("login gate password credential:x y", "`y` is one value too many for `login`"),
    ])
    func broken(line: String, message: String) {
        let result = Self.read("server 127.0.0.1:25", line)
        #expect(result.diagnostics.map(\.message) == [message])
    }
}
