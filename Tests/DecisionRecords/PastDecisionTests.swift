import DecisionRecords
import MailTypes
import RelayPolicy
import Testing

@Suite("a decision read again")
struct PastDecisionTests {
    /// Facts in many combinations, with the bytes that strangers put into them.
    private static let records: [DecisionRecord] = {
        let helos = [nil, "evil", "a b\" helo=\\x41\r\n"]
        let logins = [nil, "anna", "a\u{1b}\" b", "jürgen"]
        let paths = ["<y@victim.example>", "<y%victim.example@example.com>", "<\"a b\"@example.com>"]
        var records: [DecisionRecord] = []
        for helo in helos {
            for login in logins {
                for path in paths {
                    let reply = Reply(550, "5.7.1", "Relaying denied")
                    guard
                        var record = try? record(
                            reason: .addressTrick, rule: "Büro \"Süd\"", reply: reply, given: path,
                            change: {
                                $0.helo = helo.map { Array($0.utf8) }
                                if let login { $0.login = .known(.init(name: login)) }
                                if login != nil { $0.popLogin = .known(.init(name: helo)) }
                                if login == nil, let name = Domain("host.example") { $0.clientName = .confirmed(name) }
                                $0.tlsVersion = helo == nil ? "TLSv1.3" : nil
                                $0.listener = login == nil ? nil : "public"
                            })
                    else { continue }
                    record.decision.forwardPath = nil
                    records.append(record)
                }
            }
        }
        return records
    }()

    /// Without what the record writes no more of.
    private func expectSame(_ past: PastDecision, as record: DecisionRecord, isText: Bool) {
        #expect(past.verdict == record.decision.verdict)
        #expect(past.reason == record.decision.reason.rawValue)
        #expect(past.rule == record.decision.rule?.name)
        let facts = past.trial.facts
        #expect(facts.client == record.request.client)
        #expect(facts.clientName == record.request.clientName)
        #expect(facts.helo == record.request.helo)
        #expect(facts.login == record.request.login)
        #expect(facts.listener == record.request.listener)
        #expect(facts.tlsVersion == record.request.tlsVersion)
        if isText { #expect(facts.popLogin == record.request.popLogin) }
        #expect([0x3c] + past.trial.to + [0x3e] == record.forwardPathGiven)
        #expect(past.trial.sender == Array("x@evil.example".utf8))
    }

    @Test("from its line of log, with what the client wrote, byte for byte")
    func logLine() throws {
        #expect(Self.records.count == 36)
        for record in Self.records {
            expectSame(try PastDecision(logLine: LogLine(record).bytes, time: noon), as: record, isText: true)
        }
    }

    @Test("from its JSON")
    func json() throws {
        for record in Self.records {
            expectSame(try PastDecision(record: record.json, now: noon), as: record, isText: false)
        }
    }

    @Test("the time of a line is the one in its id")
    func time() throws {
        var record = try record()
        record.id = "01M86X61GKBVZCJ1R56SZQ2QMD"
        let past = try PastDecision(logLine: LogLine(record).bytes, time: noon)
        #expect(past.trial.facts.now == Instant("2026-11-24T13:51:03.187Z"))
    }

    @Test("a request that was read is written as itself")
    func requests() throws {
        for record in Self.records {
            let trial = try PastDecision(logLine: LogLine(record).bytes, time: noon).trial
            if trial.facts.helo?.isEmpty == true { continue }
            #expect(try TrialRequest(trial.json, now: noon) == trial)
        }
        for bytes in [[], [0xff], [0xff, 0], [0xff, 0, 1], [0xff, 0x80, 0xc0, 0xfe]] as [[UInt8]] {
            let facts = RelayRequest(client: stranger, forwardPath: WrittenPath(.postmaster), now: noon)
            let trial = TrialRequest(facts: facts, sender: Array("<>".utf8), to: bytes)
            #expect(try TrialRequest(trial.json, now: noon) == trial)
        }
    }

    @Test("only what no policy says is outside it", arguments: Reason.allCases)
    func outside(reason: Reason) throws {
        let trial = try PastDecision(record: record().json, now: noon).trial
        let outside: Set<Reason> = [
            .limit, .loginFailed, .protocolError, .upstreamRefused, .upstreamDown, .storeDown, .shuttingDown,
            .otherServer, .banned,
        ]
        for verdict in Verdict.allCases {
            let past = PastDecision(trial: trial, verdict: verdict, reason: reason.rawValue)
            #expect(past.isOutsidePolicy == (verdict != .permit && outside.contains(reason)))
        }
    }
}
