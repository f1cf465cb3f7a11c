import Diagnostics
import PolicyLanguage
import RelayPolicy
import Testing

@Suite("the words of TLS")
struct TLSWordsTests {
    private static func read(_ text: String, purpose: ReadPurpose = .policyOnly) -> ReadResult {
        Configuration.read(
            Array("version 1\n\(text)\n".utf8), file: "gatepost.conf", purpose: purpose, now: CorpusPolicies.now,
            files: { _ in .failure(FileProblem("no such file")) })
    }

    private static let digits = String(repeating: "0a", count: 32)

    @Test("certificate and key are paths or credentials")
    func block() throws {
        let text = "tls {\n certificate chain.pem\n key credential:tls-key\n minimum TLSv1.3\n}"
        let tls = try #require(Self.read(text).configuration?.tls)
        #expect(tls.certificate.place == .path("chain.pem") && tls.certificate.at.line == 3)
        #expect(tls.key.place == .credential("tls-key") && tls.minimum == .tls13)
        #expect(Self.read("tls {\n certificate a\n key a\n}").configuration?.tls?.minimum == .tls12)
        #expect(Self.read("").configuration?.tls == nil)
    }

    @Test(
        "what is no certificate is an error at its place",
        arguments: [
            ("tls {\n certificate a\n}", "`tls` has no `key`"), ("tls {\n key a\n}", "`tls` has no `certificate`"),
            ("tls {\n}", "`tls` has no `certificate`"),
            ("tls {\n certificate a\n key credential:\n}", "`credential:` names no credential"),
            ("tls {\n certificate a\n key credential:../x\n}", "`credential:../x` names no credential"),
            ("tls {\n certificate a\n key b\n minimum TLSv1.1\n}", "`TLSv1.1` is not known here"),
        ])
    func broken(text: String, message: String) {
        let result = Self.read(text)
        #expect(result.configuration == nil)
        #expect(result.diagnostics.map(\.message) == [message])
        #expect(result.diagnostics.allSatisfy { $0.fix != nil })
    }

    @Test("a listener with TLS needs a certificate, where it is to be served")
    func certificateIsThere() {
        let listeners = [
            "listen a {\n address 0.0.0.0:25\n starttls offered\n}", "listen a {\n address 0.0.0.0:25/tls\n}",
            "listen a {\n address 0.0.0.0:25\n starttls required\n}",
        ]
        for listener in listeners {
            let said = Self.read(listener, purpose: .serving).diagnostics.filter { $0.message.contains("certificate") }
            #expect(said.count == 1 && said[0].severity == .error, "\(listener)")
            #expect(Self.read(listener).configuration != nil)
        }
        let plain = Self.read("listen a {\n address 0.0.0.0:25\n starttls no\n}", purpose: .serving)
        #expect(!plain.diagnostics.contains { $0.message.contains("certificate") })
    }

    @Test(
        "verify",
        arguments: [
            ("verify ca", Configuration.Upstream.Verification.authority(nil, .ofServer)),
            ("verify name", .authority(nil, .ofServer)), ("verify name Mail.Example", .authority(nil, .written("mail.example"))),
            ("verify ca name mail.example", .authority(nil, .written("mail.example"))),
            ("verify fingerprint \(digits)", .fingerprints([digits])),
            ("verify fingerprint \(digits.uppercased()) SHA256:\(digits)", .fingerprints([digits, digits])),
        ])
    func verification(line: String, wanted: Configuration.Upstream.Verification) throws {
        let text = "upstream a {\n server mail.example:25\n starttls required\n \(line)\n}"
        let upstream = try #require(Self.read(text).configuration?.upstreams.first)
        #expect(upstream.verification == wanted && upstream.startTLS == .required)
    }

    @Test("verify by a file of one's own")
    func verificationByFile() throws {
        for (line, name) in [("", Configuration.Upstream.ServerName.anybodys), (" name", .ofServer), (" name a.b", .written("a.b"))] {
            let text = "upstream a {\n server 192.0.2.1:465/tls\n verify ca file:ca.pem\(line)\n}"
            let upstream = try #require(Self.read(text).configuration?.upstreams.first)
            guard case .authority(let file?, name) = upstream.verification else {
                Issue.record("\(upstream)")
                continue
            }
            #expect(file.place == .path("ca.pem"))
        }
    }

    @Test(
        "a verification that verifies nothing is an error",
        arguments: ["verify ca", "starttls no\n verify ca", "starttls if-offered\n verify fingerprint \(digits)"])
    func verifiesNothing(lines: String) {
        let result = Self.read("upstream a {\n server 192.0.2.1:465/tls\n server 192.0.2.1:25\n \(lines)\n}")
        #expect(result.diagnostics.map(\.message) == ["`verify` without `starttls required`"])
    }

    @Test("fingerprints have 64 digits", arguments: ["", "ab", "\(digits)0", "x" + digits.dropFirst(), "sha1:\(digits)"])
    func fingerprints(text: String) {
        #expect(CertificateWord.digits(text) == nil)
        let result = Self.read("upstream a {\n server a:25\n starttls required\n verify fingerprint \"\(text)\"\n}")
        #expect(result.configuration == nil)
    }

    @Test(
        "a fingerprint in a rule is the same however it is written",
        arguments: [digits, digits.uppercased(), "sha256:\(digits)", String(repeating: "0A:", count: 31) + "0a"])
    func ruleFingerprint(text: String) {
        let result = Self.read("relay { permit \"p\" { tls fingerprint:\(text) client-certificate ca.pem } }")
        #expect(
            result.configuration?.policy.relay.first?.conditions.tls
                == .certificate(["fingerprint:\(Self.digits)", "ca.pem"]))
    }

    @Test("a word that is no fingerprint is an error at its place", arguments: ["", "12", "zz", "sha1:\(digits)"])
    func noFingerprint(text: String) {
        let result = Self.read("relay { permit \"p\" { tls fingerprint:\(text) } }")
        #expect(result.diagnostics.map(\.message) == ["`fingerprint:\(text)` is no SHA-256 fingerprint"])
        #expect(result.diagnostics.first?.at.column == 26)
    }
}
