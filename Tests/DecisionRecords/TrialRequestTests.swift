import DecisionRecords
import Diagnostics
import JSONText
import MailTypes
import RelayPolicy
import Testing

@Suite("a request that somebody asks about")
struct TrialRequestTests {
    private func read(_ json: String) throws(RequestProblem) -> TrialRequest {
        try TrialRequest(parsing: Array(json.utf8), now: noon)
    }

    /// The request with these members more than it needs.
    private func read(with members: String) throws(RequestProblem) -> TrialRequest {
        try read(#"{"client":"198.51.100.7","sender":"<>","to":"a@b.example",\#(members)}"#)
    }

    @Test("three members are enough, and nothing else is known then")
    func least() throws {
        let trial = try read(#"{"client":"198.51.100.7","sender":"<x@evil.example>","to":"y@victim.example"}"#)
        #expect(trial.facts == RelayRequest(client: stranger, forwardPath: WrittenPath(.postmaster), now: noon))
        #expect(trial.sender == Array("<x@evil.example>".utf8))
        #expect(trial.to == Array("y@victim.example".utf8))
    }

    @Test("every fact is taken over")
    func everything() throws {
        let colons = String(repeating: ":AB", count: 32).dropFirst()
        let trial = try read(
            with: """
                "name":"Host.Example","nameStatus":"temporary","helo":"h","heloStatus":"unverified","login":"anna",
                "mechanism":"plain","pop":"bert","certificate":["app-ca.pem","fingerprint:AB01","fingerprint:\(colons)"],"tls":"TLSv1.2",
                "at":"2026-11-24T12:35:52Z","listener":"public","local":"::ffff:192.0.2.1"
                """)
        let facts = trial.facts
        #expect(facts.clientName == .temporary(Domain("host.example")))
        #expect(facts.helo == [0x68])
        #expect(facts.heloStatus == .unverified)
        #expect(facts.login == .known(.init(name: "anna", mechanism: "PLAIN")))
        #expect(facts.popLogin == .known(.init(name: "bert")))
        let digits = String(repeating: "ab", count: 32)
        #expect(facts.certificates == ["app-ca.pem", "fingerprint:ab01", "fingerprint:\(digits)"])
        #expect(facts.tlsVersion == "TLSv1.2")
        #expect(facts.now == Instant("2026-11-24T12:35:52Z"))
        #expect(facts.listener == "public")
        #expect(facts.localAddress == IPAddress("192.0.2.1"))
    }

    @Test("null is the same as an absent key")
    func nulls() throws {
        let nulls = TrialRequest.keys.filter { !["client", "sender", "to"].contains($0) }.map { "\"\($0)\":null" }
        let plain = try read(#"{"client":"198.51.100.7","sender":"<>","to":"a@b.example"}"#)
        #expect(try read(with: nulls.joined(separator: ",")) == plain)
    }

    @Test(
        "a name alone is confirmed, no name is absent",
        arguments: [
            (#""name":"h.example""#, .confirmed(Domain("h.example"))), (#""nameStatus":"absent""#, .absent),
            (#""name":"h.example","nameStatus":"confirmed""#, .confirmed(Domain("h.example"))),
            (#""name":"h.example","nameStatus":"forged""#, .forged), (#""nameStatus":"forged""#, .forged),
            (#""nameStatus":"temporary""#, .temporary(nil)),
        ] as [(String, NameExpectation)])
    func names(members: String, expected: NameExpectation) throws {
        #expect(try read(with: members).facts.clientName == expected.name)
    }

    @Test(
        "bytes that are not text come in Base64",
        arguments: [("/w==", [0xff]), ("", []), ("PGE+", [60, 97, 62])] as [(String, [UInt8])])
    func base64(text: String, bytes: [UInt8]) throws {
        let trial = try read(#"{"client":"::1","senderBase64":"\#(text)","toBase64":"\#(text)"}"#)
        #expect(trial.to == bytes)
        #expect(trial.sender == bytes)
    }

    @Test(
        "what cannot be read is said",
        arguments: [
            ("", "not JSON"), ("[]", "a request is a JSON object"), ("{", "not JSON"),
            (#"{"sender":"<>","to":"a@b"}"#, "`client` is missing"),
            (#"{"client":"198.51.100.7","to":"a@b"}"#, "`sender` is missing"),
            (#"{"client":"198.51.100.7","sender":"<>"}"#, "`to` is missing"),
            (#"{"client":null,"sender":"<>","to":"a@b"}"#, "`client` is missing"),
            (#"{"client":"nonsense","sender":"<>","to":"a@b"}"#, "`nonsense` is not an IP address (`client`)"),
            (#"{"client":"10.0.0.0/8","sender":"<>","to":"a@b"}"#, "is not an IP address"),
            (#"{"client":1,"sender":"<>","to":"a@b"}"#, "`client` is a string"),
            (#"{"client":"::1","client":"::2","sender":"<>","to":"a@b"}"#, "a second member of the same name"),
            (#"{"client":"::1","sender":"<>","to":"a@b","toBase64":"YQ=="}"#, "exclude each other"),
            (#"{"client":"::1","sender":"<>","toBase64":"YR=="}"#, "`toBase64` is not Base64"),
            (#"{"client":"::1","sender":"<>","toBase64":"YQ"}"#, "`toBase64` is not Base64"),
            (#"{"client":"::1","sender":"<>","toBase64":"Y==="}"#, "`toBase64` is not Base64"),
            (#"{"client":"::1","sender":"<>","toBase64":"Y Q="}"#, "`toBase64` is not Base64"),
        ])
    func unreadable(json: String, message: String) {
        let problem = #expect(throws: RequestProblem.self) { try read(json) }
        #expect(problem?.message.contains(message) == true, "\(problem?.message ?? "")")
    }

    @Test(
        "a fact that is misspelt or contradicts another is an error, not another request",
        arguments: [
            (#""sendr":"<>""#, "unknown key `sendr`"), (#""Client":"::1""#, "unknown key `Client`"),
            (#""nameStatus":"yes""#, "is not confirmed, absent, forged or temporary"),
            (#""nameStatus":"confirmed""#, "needs a `name`"),
            (#""name":"h.example","nameStatus":"absent""#, "contradicts"), (#""name":"..""#, "is not a host name"),
            (#""heloStatus":"maybe""#, "is not verified, unverified or temporary"),
            (#""mechanism":"PLAIN""#, "`login` is missing"), (#""login":"""#, "`login` is empty"),
            (#""pop":"""#, "`pop` is true or a login"), (#""pop":1"#, "`pop` is true or a login"),
            (#""certificate":[1]"#, "`certificate` is a string"), (#""certificate":"""#, "`certificate` is empty"),
            (#""at":"yesterday""#, "is not a time"), (#""local":"x""#, "is not an IP address"),
            (#""tls":true"#, "`tls` is a string"),
        ])
    func contradictions(members: String, message: String) {
        let problem = #expect(throws: RequestProblem.self) { try read(with: members) }
        #expect(problem?.message.contains(message) == true, "\(problem?.message ?? "")")
    }

    @Test("a mapped client is the IPv4 client")
    func mappedClient() throws {
        let trial = try read(#"{"client":"::ffff:198.51.100.7","sender":"<>","to":"a@b.example"}"#)
        #expect(trial.facts.client == stranger)
    }

    @Test("a path that is none is a decision, of MAIL before RCPT")
    func unreadablePaths() throws {
        let policy = Policy()
        let badRecipient = try read(#"{"client":"::1","sender":"<>","to":"<a@b@@>"}"#).judged(by: policy)
        #expect(badRecipient.explanation.decision.verdict == .reject)
        #expect(badRecipient.explanation.decision.reason == .protocolError)
        #expect(badRecipient.explanation.decision.reply.code == 501)
        #expect(badRecipient.unreadableReversePath == nil)
        let both = try read(#"{"client":"::1","sender":"<<x>","to":"<<y>"}"#)
        let judgement = both.judged(by: policy)
        #expect(judgement.unreadableReversePath == Array("<<x>".utf8))
        let record = DecisionRecord(id: "1", trial: both, judgement: judgement)
        #expect(record.json["reversePath"] == .string("<x"))
        #expect(record.json["forwardPathGiven"] == .string("<y"))
        #expect(record.json["forwardPath"] == .null)
    }

    @Test("a listener's demands come before the address")
    func demands() throws {
        var policy = Policy()
        policy.listeners = [.init(name: "submission", requiresLogin: true)]
        let trial = try read(with: #""listener":"submission""#)
        #expect(trial.judged(by: policy).explanation.decision.reason == .loginRequired)
    }

    @Test("the connection comes before everything")
    func connection() throws {
        var policy = Policy()
        var rule = Rule(
            name: "known bad", at: SourceLocation(file: "f", line: 3, column: 1), verb: .reject)
        rule.conditions.from = .init(AddressSet.everything, text: "anywhere")
        policy.connectionRules = [rule]
        let explanation = try read(#"{"client":"::1","sender":"<<","to":"a@b.example"}"#).judged(by: policy).explanation
        #expect(explanation.decision.rule?.name == "known bad")
        #expect(explanation.trace.map(\.rule.name) == ["known bad"])
    }
}

/// What a name must become; a type of its own, since an argument must be `Sendable` and describable.
enum NameExpectation: Sendable {
    case confirmed(Domain?), absent, forged, temporary(Domain?)

    var name: RelayRequest.ClientName? {
        switch self {
        case .confirmed(let domain): domain.map { .confirmed($0) }
        case .absent: .absent
        case .forged: .forged
        case .temporary(let domain): .temporary(domain)
        }
    }
}
