import DecisionRecords
import JSONText
import MailTypes
import RelayPolicy
import Testing

@Suite("the log line of a decision")
struct LogLineTests {
    @Test("its fields stand in a fixed order")
    func order() throws {
        #expect(
            LogLine(try record()).text == """
                verdict=reject rule="" reason=no-rule client=198.51.100.7 listener=public login="" helo=evil \
                sender=x@evil.example recipient=y@victim.example reply="550 5.7.1" id=01KAS3Q7000000000000000000 \
                via=gateway port=40312
                """)
    }

    @Test("what is known beyond that follows")
    func furtherFields() throws {
        let reply = Reply(250, "2.1.5", "Ok")
        var record = try record(verdict: .permit, reason: .relayRule, rule: "office LAN", reply: reply) {
            $0.clientName = Domain("host.example").map { .confirmed($0) } ?? .absent
            $0.tlsVersion = "TLSv1.3"
            $0.login = .known(.init(name: "anna"))
            $0.popLogin = .known(.init(name: nil))
            $0.helo = nil
        }
        record.outcome = Reply(code: 250, lines: [Array("Ok: queued as 7F\" id=forged".utf8)])
        record.decision.observed = true
        #expect(
            LogLine(record).text == """
                verdict=permit rule="office LAN" reason=relay-rule client=198.51.100.7 listener=public login="anna" \
                helo="" sender=x@evil.example recipient=y@victim.example reply="250 2.1.5" \
                id=01KAS3Q7000000000000000000 via=gateway port=40312 name=host.example tls=TLSv1.3 pop="" \
                outcome="250" observed=yes
                """)
    }

    @Test(
        "no client can forge a field, a line or a terminal's command",
        arguments: [
            ("a b", #"a\x20b"#), ("a\r\nverdict=permit", #"a\x0d\x0averdict=permit"#), ("\"", #"\x22"#),
            ("\\x41", #"\x5cx41"#), ("\u{1b}[2J", #"\x1b[2J"#), ("\u{7f}\0", #"\x7f\x00"#), ("é", #"\xc3\xa9"#),
            ("client=198.51.100.99", "client=198.51.100.99"), ("", "\"\""),
        ])
    func escaping(helo: String, text: String) throws {
        let line = LogLine(try record { $0.helo = Array(helo.utf8) }).text
        #expect(line.contains(" helo=\(text) sender="))
        let login = LogLine(try record { $0.login = .known(.init(name: helo)) }).text
        #expect(login.contains(" login=\"\(helo.isEmpty ? "" : text)\" helo="))
    }

    @Test("what passes for observe is shown as it was sent on, with its route")
    func observedRecipient() throws {
        let path = try WrittenPath(parsing: Array("<@a.example:y@b.example@ours.example>".utf8))
        var request = try record().request
        request.forwardPath = path
        let decision = Decision(
            verdict: .permit, reason: .observed, reply: Reply(250, "2.1.5", "Ok"), forwardPath: path.path, observed: true,
            wouldHaveBeen: .init(Decision(verdict: .reject, reason: .addressTrick, reply: Reply(550, "5.7.1", "No"))))
        let kept = DecisionRecord(
            id: "01KAS3Q7000000000000000000", time: noon, via: .gateway, request: request,
            forwardPathGiven: Array("<@A.example:y@b.example@ours.example>".utf8), decision: decision)
        let text = LogLine(kept).text
        #expect(text.contains(" recipient=@a.example:y@b.example@ours.example reply="))
        #expect(text.hasSuffix(" observed=yes would=reject would-rule=\"\""))
        #expect(kept.json["forwardPath"] == .string("@a.example:y@b.example@ours.example"))
    }

    @Test("a field that is too long is cut, and says so")
    func longField() throws {
        let line = LogLine(try record { $0.helo = [UInt8](repeating: 0x61, count: 1000) }).text
        #expect(line.contains(" helo=" + String(repeating: "a", count: 320) + #"\+680 sender="#))
    }

    @Test("a recipient without one reading is shown as it was given")
    func givenRecipient() throws {
        let line = LogLine(try record(reason: .addressTrick, given: "<y%victim.example@example.com>")).text
        #expect(line.contains(" recipient=y%victim.example@example.com "))
    }

    @Test("a rule's name stays readable and cannot leave its quotes")
    func ruleName() throws {
        let line = LogLine(try record(reason: .denyRule, rule: "Büro \"Süd\"\n")).text
        #expect(line.hasPrefix(#"verdict=reject rule="Büro \x22Süd\x22\u{a}" reason=deny-rule client=198.51.100.7 "#))
    }

    @Test(
        "whatever the bytes, there is one line with the keys that belong to it",
        arguments: 1...100 as ClosedRange<UInt64>)
    func anyBytes(seed: UInt64) throws {
        var state = seed
        func bytes() -> [UInt8] {
            (0..<40).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            }
        }
        var record = try record { $0.helo = bytes() }
        record.decision.forwardPath = nil
        record.forwardPathGiven = bytes()
        record.unreadableReversePath = bytes()
        let line = LogLine(record).bytes
        #expect(line.allSatisfy { (0x20...0x7e).contains($0) }, "seed \(seed)")
        let fields = line.split(separator: UInt8(ascii: " "))
        let keys = fields.map { String(decoding: $0.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self) }
        #expect(
            keys == [
                "verdict", "rule", "reason", "client", "listener", "login", "helo", "sender", "recipient", "reply",
                "5.7.1\"", "id", "via", "port",
            ], "seed \(seed)")
    }
}
