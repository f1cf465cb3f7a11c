import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy
import TestSupport
import Testing

@testable import PolicyTightening

@Suite("narrower rules")
struct TighteningTests {
    private static let wide = file(
        """
        relay {
            permit "inside" {
                from    10.0.0.0/8 except 10.0.0.66    # the kiosk
                limit   5 recipients per hour for each client
                until   2027-03-31
                owner   "Anna"
            }
        }
        """)

    @Test("a rule gets what was used, keeps the rest, and nothing observed is lost")
    func narrower() throws {
        let tightening = try tighten(
            Self.wide, [past("10.0.0.1"), past("10.0.0.2"), past("10.9.0.1", "<bert@ours.example>"), past("10.0.0.1")])
        #expect(tightening.stillPermitted == 4)
        #expect(tightening.difference.gained.isEmpty && !tightening.difference.lost.isEmpty)
        #expect(
            tightening.changes.map { tightening.lines(of: $0) } == [
                [
                    "permit \"inside\" {",
                    "    from    10.0.0.1-10.0.0.2 10.9.0.1    # the kiosk",
                    "    sender  anna@ours.example bert@ours.example",
                    "    to      y@victim.example",
                    "    limit   5 recipients per hour for each client",
                    "    until   2027-03-31",
                    "    owner   \"Anna\"",
                    "}",
                ]
            ])
        #expect(tightening.addresses.after == addressSet("10.0.0.1 10.0.0.2 10.9.0.1"))
    }

    @Test("an exception stays one, also where many addresses become networks")
    func exceptions() throws {
        let used = stride(from: 1, to: 140, by: 4).map { past("10.0.0.\($0)") }
        let tightening = try tighten(Self.wide, used)
        let from = try #require(tightening.policy.relay[0].conditions.from)
        #expect(!from.set.contains(IPAddress("10.0.0.66")!))
        #expect(from.set.ranges.count <= 16)
        #expect(tightening.stillPermitted == used.count)
    }

    @Test("a rule that was never used is proposed to be deleted, unless its facts are in no record")
    func unused() throws {
        let text = file(
            """
            relay {
                permit "a" { from 192.0.2.1 }
                permit "b" { from 192.0.2.2 }
                permit "c" {
                    tls  client-certificate app-ca.pem
                }
                permit "d" {
                    login  any
                }
            }
            """)
        let tightening = try tighten(text, [past("192.0.2.1")])
        #expect(tightening.proposals.map(\.rule) == [0, 1, 2, 3])
        #expect(
            tightening.proposals.dropFirst().map(\.outcome) == [
                .delete, .keep(.factsNotInLog(["client-certificate"])), .delete,
            ])
        #expect(tightening.policy.relay.map(\.name) == ["a", "c"])
    }

    @Test("a fact that only refused mail has in the log is missing where it counts")
    func factsOfTakenMail() throws {
        let text = file(
            "relay {\n    permit \"a\" {\n        from  192.0.2.0/24\n        helo  pc.example\n    }\n"
                + "    permit \"b\" {\n        from  192.0.2.0/24\n    }\n}")
        let refused = past("198.51.100.7", "<x@evil.example>", "<y@victim.example>", .reject) {
            $0.helo = Array("evil".utf8)
        }
        #expect(
            try tighten(text, [past("192.0.2.1"), refused]).proposals[0].outcome == .keep(.factsNotInLog(["helo"])))
    }

    @Test("without any use nothing is proposed: silence is no evidence")
    func silence() throws {
        for pasts in [[], [past("198.51.100.7", "<x@evil.example>", "<y@victim.example>", .reject)]] {
            let tightening = try tighten(Self.wide, pasts)
            #expect(tightening.changes.isEmpty && tightening.difference.isEmpty)
        }
    }

    @Test("a rule that the log names for what is decided otherwise now is left alone")
    func decidedOtherwise() throws {
        let text = file(
            "relay {\n    permit \"a\" {\n        from  192.0.2.0/24\n    }\n"
                + "    permit \"b\" {\n        login  any\n    }\n}"
        )
        let tightening = try tighten(text, [past("192.0.2.1"), past("198.51.100.7", rule: "b")])
        #expect(tightening.proposals[1].outcome == .keep(.decidedOtherwiseNow(1)))
    }

    @Test("deliveries, refusals and what is too old are no evidence")
    func evidence() throws {
        let observations = try observe(
            Self.wide, since: now,
            [
                past("10.0.0.1", "<x@evil.example>", "<info@ours.example>"), past("10.0.0.1"),
                past("10.0.0.2", "<a@b.example>", "<y@victim.example>", .reject), past("198.51.100.7"),
                past("10.0.0.3", at: Instant(seconds: now.seconds - 1)),
            ])
        #expect(observations.relayed == 1)
        #expect(observations.refusedThen == 1)
        #expect(observations.notPermittedNow == 1)
        #expect(observations.tooOld == 1)
        #expect(observations.usage[0].addresses == [IPAddress("10.0.0.1")!])
    }

    @Test("rules that may fit together are used together where a fact could not be had")
    func unknownFacts() throws {
        let text = file(
            "relay {\n    permit \"by name\" {\n        name  *.partner.example\n    }\n"
                + "    permit \"by address\" {\n        from  192.0.2.0/24\n    }\n}")
        let tightening = try tighten(text, [past("192.0.2.1") { $0.clientName = .temporary(nil) }])
        #expect(tightening.stillPermitted == 1)
        #expect(tightening.policy.relay.map(\.name) == ["by name", "by address"])
    }

    @Test("a rule on one line stays on one, and tests that cite a deleted rule do not stand in the way")
    func oneLine() throws {
        let text = file(
            "relay {\n    permit \"a\" { from 192.0.2.0/24 limit 5 recipients per hour for each client }\n"
                + "    permit \"b\" { from 192.0.3.0/24 }\n}\ntests {\n"
                + "    permit from 192.0.3.1 sender a@b.example to y@victim.example by \"b\"\n}")
        let tightening = try tighten(text, [past("192.0.2.1")])
        #expect(
            tightening.lines(of: tightening.proposals[0]) == [
                "permit \"a\" { from 192.0.2.1   sender anna@ours.example   to y@victim.example   "
                    + "limit 5 recipients per hour for each client }"
            ])
        #expect(tightening.policy.relay.count == 1)
    }

    @Test(
        "whatever a client writes as its sender, the lines say it",
        arguments: [
            #"<"file:a"@x.example>"#, #"<"ends-with:a"@x.example>"#, #"<"a # } { b"@x.example>"#, #"<"*"@x.example>"#,
            #"<"a\"\\b"@x.example>"#, "<\u{fc}@x.example>", "<a@[192.0.2.1]>", "<>", "<owned-by-login@x.example>",
        ])
    func strangeSenders(sender: String) throws {
        let tightening = try tighten(Self.wide, [past("10.0.0.1", sender)])
        #expect(tightening.stillPermitted == 1)
        guard case .narrower(let conditions) = tightening.proposals[0].outcome else {
            Issue.record("\(tightening.proposals)")
            return
        }
        #expect(tightening.policy.relay[0].conditions.sender?.set.patterns == conditions.sender)
    }

    /// What the proof says of lines that mean something else than they should.
    private func misread(_ change: (inout Policy) -> Void) throws -> Tightening {
        try Tightening(
            observe(Self.wide, [past("10.0.0.1")]), file: "gatepost.conf", bytes: Array(Self.wide.utf8), at: now
        ) { bytes in
            var result = read(bytes)
            if bytes != Array(Self.wide.utf8) { change(&result.configuration!.policy) }
            return result
        }
    }

    @Test("lines that would lose what was observed are not proposed")
    func proofOfUse() throws {
        let tightening = try misread { $0.relay = [] }
        #expect(tightening.proposals.map(\.outcome) == [.keep(.notProved)])
        #expect(tightening.stillPermitted == 1 && tightening.difference.isEmpty)
    }

    @Test("lines that would give a right are no proposal at all")
    func proofOfRights() {
        #expect(throws: Tightening.Failure.self) {
            try misread { $0.relay[0].conditions.from?.set = addressSet("0.0.0.0/0") }
        }
    }

    @Test("random use of random rules: nothing observed breaks, nothing is gained", arguments: 0..<60)
    func random(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        func pick(_ words: [String], _ count: ClosedRange<Int>) -> String {
            words.shuffled(using: &random).prefix(Int.random(in: count, using: &random)).joined(separator: " ")
        }
        let networks = ["10.0.0.0/24", "10.0.1.0-10.0.1.77", "10.0.0.64/26", "10.0.2.9", "2001:db8::/64"]
        let patterns = ["*@a.example", "*.a.example", "anna@*", "bert@b.example", "<>"]
        let rules = (0..<Int.random(in: 1...5, using: &random)).map { number -> String in
            let verb = Int.random(in: 0..<4, using: &random) == 0 ? "reject" : "permit"
            var lines = ["from \(pick(networks, 1...3))"]
            if Bool.random(using: &random) { lines.append("sender \(pick(patterns, 1...3))") }
            if Bool.random(using: &random) { lines.append("to \(pick(patterns.filter { $0 != "<>" }, 1...3))") }
            return "    \(verb) \"r\(number)\" {\n        \(lines.joined(separator: "\n        "))\n    }"
        }
        let text = file("relay {\n\(rules.joined(separator: "\n"))\n}")
        let mailboxes = ["anna@a.example", "bert@b.example", "x@sub.a.example", "y@c.example", "Anna@b.example"]
        let pasts = (0..<150).map { _ in
            let client = ["10.0.0.", "10.0.1.", "10.0.2.", "2001:db8::"].randomElement(using: &random)!
            return past(
                "\(client)\(Int.random(in: 1...99, using: &random))", "<\(pick(mailboxes + [""], 1...1))>",
                "<\(pick(mailboxes, 1...1))>")
        }
        let observations = try observe(text, pasts)
        let tightening = try tighten(text, pasts)
        guard observations.relayed > 0 else { return }
        #expect(tightening.stillPermitted == observations.relayed)
        #expect(tightening.difference.gained.isEmpty)
        #expect(!tightening.proposals.contains { $0.outcome == .keep(.notProved) })
        for (index, rule) in tightening.policy.relay.enumerated() where rule.verb == .permit {
            let own = observations.policy.relay.first { $0.name == rule.name }
            #expect(rule.conditions.from!.set.subtracting(own!.conditions.from!.set).isEmpty, "rule \(index)")
        }
    }
}
