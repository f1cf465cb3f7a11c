import DecisionRecords
import Diagnostics
import Foundation
import JSONText
import MailTypes
import RelayPolicy
import Testing

@Suite("the record of a decision")
struct DecisionRecordTests {
    @Test("as JSON its keys stand in the published order")
    func keys() throws {
        guard case .object(let members) = try record().json else {
            Issue.record("a record is an object")
            return
        }
        #expect(
            members.map(\.name) == [
                "id", "time", "via", "listener", "client", "clientPort", "clientName", "helo", "tls", "login",
                "certificate", "reversePath", "forwardPathGiven", "forwardPath", "verdict", "reason", "rule", "reply",
                "observed",
            ])
    }

    @Test("what was not known is null")
    func absentFacts() throws {
        let json = try record(reason: .addressTrick, given: "<y%victim.example@example.com>").json
        for key in ["clientName", "tls", "login", "certificate", "forwardPath", "rule"] { #expect(json[key] == .null) }
        #expect(json["client"] == .string("198.51.100.7"))
        #expect(json["reversePath"] == .string("x@evil.example"))
        #expect(json["forwardPathGiven"] == .string("y%victim.example@example.com"))
        #expect(json["reply"] == .string("550 5.7.1 Relaying denied"))
    }

    @Test("facts that few requests have stand under the names of a trial request")
    func rareFacts() throws {
        var record = try record {
            $0.heloStatus = .unverified
            $0.clientName = .forged
            $0.login = .known(RelayRequest.Login(name: "anna", mechanism: "PLAIN"))
            $0.popLogin = .known(RelayRequest.POPLogin(name: nil))
            $0.localAddress = IPAddress("192.0.2.25")
        }
        (record.forwardPathGiven, record.unreadableReversePath) = ([0xff], [0xfe, 0xff])
        let expected: [(String, JSONValue)] = [
            ("heloStatus", .string("unverified")), ("nameStatus", .string("forged")), ("clientName", .null),
            ("mechanism", .string("PLAIN")), ("pop", .bool(true)), ("local", .string("192.0.2.25")),
            ("toBase64", .string("/w==")), ("senderBase64", .string("/v8=")),
        ]
        for (key, value) in expected { #expect(record.json[key] == value, "\(key)") }
    }

    @Test("the null reverse-path and the postmaster keep their names")
    func specialPaths() throws {
        var record = try record(given: "<Postmaster>") { $0.reversePath = .null }
        record.decision.forwardPath = .postmaster
        #expect(record.json["reversePath"] == .string("<>"))
        #expect(record.json["forwardPath"] == .string("postmaster"))
        #expect(record.json["forwardPathGiven"] == .string("Postmaster"))
    }

    @Test("trace, closest, outcome and what would have been said are there when they are known")
    func furtherKeys() throws {
        let rule = Decision.RuleReference(
            name: "office LAN", at: SourceLocation(file: "gatepost.conf", line: 95, column: 5))
        var record = try record()
        record.trace = [.init(rule: rule, stopped: "from", because: "198.51.100.7 is not in office", undecided: true)]
        record.closest = []
        record.outcome = Reply(250, "2.0.0", "Ok: queued")
        record.decision.observed = true
        record.decision.wouldHaveBeen = .init(record.decision)
        let json = record.json
        #expect(
            json["trace"]?.text == """
                [{"rule":"office LAN","at":"gatepost.conf:95","stopped":"from",\
                "because":"198.51.100.7 is not in office","undecided":true}]
                """)
        #expect(json["closest"] == .array([]))
        #expect(json["outcome"] == .string("250 2.0.0 Ok: queued"))
        #expect(json["wouldHaveBeen"]?.text == #"{"verdict":"reject","reason":"no-rule","rule":null}"#)
    }

    @Test(
        "the certificate is the word that a rule has, or all that fit",
        arguments: [
            ([], .null), (["app-ca.pem"], .string("app-ca.pem")), (["a", "b"], .array([.string("a"), .string("b")])),
        ] as [([String], JSONValue)])
    func certificates(words: [String], json: JSONValue) throws {
        #expect(try record { $0.certificates = words }.json["certificate"] == json)
    }

    @Test("people read it in columns")
    func text() throws {
        func step(_ name: String, _ line: Int, _ stopped: String?, _ because: String?) -> Explanation.Step {
            .init(
                rule: .init(name: name, at: SourceLocation(file: "gatepost.conf", line: line, column: 5)),
                stopped: stopped, because: because)
        }
        var record = try record { $0.login = .known(.init(name: "a\u{1b}b")) }
        record.closest = [
            step("office LAN", 105, "from", "198.51.100.7 is not in office"), step("staff, logged in", 87, nil, nil),
        ]
        #expect(
            DecisionText(record, time: "23 Nov 2026 23:40:01 +0100").lines == [
                "reject    23 Nov 2026 23:40:01 +0100   public   198.51.100.7 -> y@victim.example   "
                    + "from x@evil.example   login a\\u{1b}b",
                "reason    no-rule: nothing in relay { } fits   reply 550 5.7.1 Relaying denied",
                #"closest   "office LAN"        gatepost.conf:105  stopped at from  198.51.100.7 is not in office"#,
                #"          "staff, logged in"  gatepost.conf:87   fits"#,
            ])
    }
}

@Suite("the published schema of a decision")
struct DecisionSchemaTests {
    @Test("it lists every reason, verdict and door that there is")
    func words() throws {
        let here = URL(filePath: #filePath)
        let schema = try Data(contentsOf: URL(filePath: "../../docs/json/decision.schema.json", relativeTo: here))
        let properties = try #require(JSONValue(parsing: Array(schema))["properties"])
        func words(_ key: String) -> JSONValue? { properties[key]?["enum"] }
        func all<Word: CaseIterable & RawRepresentable<String>>(_: Word.Type) -> JSONValue {
            .array(Word.allCases.map { .string($0.rawValue) })
        }
        #expect(words("reason") == all(Reason.self))
        #expect(words("verdict") == all(Verdict.self))
        #expect(words("via") == all(DecisionRecord.Via.self))
    }
}
