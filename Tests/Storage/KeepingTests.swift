import DecisionRecords
import Diagnostics
import JSONText
import MailTypes
import RelayPolicy
import Storage
import Testing

struct KeepingTests {
    @Test func aRecordIsReadAsItWasWritten() throws {
        let folder = try Folder()
        var records = [try refusal(1)]
        for fact in try Self.facts() { records.append(fact) }
        #expect(keeping(records, in: folder.decisions).all == [])
        let found = try DecisionArchive(folder.decisions).find(DecisionSearch())
        #expect(found.unreadable == 0 && found.decisions.allSatisfy { $0.policy == "abc" })
        #expect(found.decisions.map(\.record.json) == records.map(\.json))
        #expect(found.decisions.map(\.record.request) == records.map(\.request))
        #expect(found.decisions.map(\.record.decision) == records.map(\.decision))
        #expect(found.decisions.map(\.record.outcome) == records.map(\.outcome))
    }

    /// One record for each fact that has a form of its own in the file.
    private static func facts() throws -> [DecisionRecord] {
        let name = try #require(Domain("mail.example.net"))
        let changes: [(inout DecisionRecord) -> Void] = [
            { $0.request.clientName = .confirmed(name) },
            { $0.request.clientName = .forged },
            { $0.request.clientName = .temporary(name) },
            { $0.request.clientName = .temporary(nil) },
            { $0.request.heloStatus = .verified },
            { $0.request.heloStatus = .unverified },
            { $0.request.heloStatus = .temporary },
            { $0.request.login = .known(RelayRequest.Login(name: "anna", mechanism: "PLAIN")) },
            { $0.request.login = .unknown },
            { $0.request.popLogin = .known(RelayRequest.POPLogin(name: nil)) },
            { $0.request.popLogin = .known(RelayRequest.POPLogin(name: "anna")) },
            { $0.request.popLogin = .unknown },
            { $0.request.certificates = ["smarthost", "fingerprint:ab"] },
            { $0.request.tlsVersion = "TLSv1.3" },
            { $0.request.localAddress = IPAddress("2001:db8::25") },
            { $0.request.clockIsBehind = true },
            { $0.request.listener = nil },
            { $0.request.helo = nil },
            { $0.request.helo = [0xff, 0x00, 0x22] },
            { $0.request.reversePath = .null },
            { $0.clientPort = nil },
            { $0.outcome = Reply(code: 550, lines: [Array("5.1.1 No".utf8), Array("such user".utf8)]) },
            {
                $0.decision = Decision(
                    verdict: .permit, reason: .observed,
                    rule: Decision.RuleReference(
                        name: "office: \"LAN\"", at: SourceLocation(file: "/etc/a:b.conf", line: 95, column: 1)),
                    reply: Reply(250, "2.1.5", "Recipient ok"), forwardPath: $0.decision.forwardPath, observed: true,
                    wouldHaveBeen: Decision.Outcome($0.decision))
            },
            {
                $0.unreadableReversePath = [0x3c, 0xff, 0x3e]
                $0.request.reversePath = .null
            },
            {
                $0.forwardPathGiven = [0xff]
                $0.request.forwardPath = WrittenPath(.postmaster)
                $0.decision.forwardPath = nil
                $0.decision.reason = .protocolError
            },
        ]
        return try changes.enumerated().map { index, change in
            var record = try refusal(index + 2, client: index % 2 == 0 ? "2001:db8::7" : "192.0.2.1")
            change(&record)
            return record
        }
    }

    @Test func aSecondLogGoesOnInTheSameFile() throws {
        let folder = try Folder()
        #expect(keeping([try refusal(1)], in: folder.decisions).all == [])
        #expect(keeping([try refusal(2)], in: folder.decisions).all == [])
        let found = try DecisionArchive(folder.decisions).find(DecisionSearch())
        #expect(found.decisions.map(\.record.id) == [identifier(1), identifier(2)])
    }

    @Test func moreThanFitInTheQueueAreDroppedAndCounted() throws {
        let folder = try Folder()
        let reports = Reports()
        let log = DecisionLog(
            path: folder.path + "/nosuch/decisions.db", retention: DecisionRetention(age: .seconds(60), size: 1 << 30),
            clock: { noon }, report: { reports.add($0.text) })
        let record = try refusal()
        for _ in 0..<DecisionLog.capacity + 7 { log.append(record, policy: "") }
        #expect(log.status.dropped == 7)
        log.close()
        #expect(log.status.waiting == DecisionLog.capacity && log.status.written == 0)
        #expect(log.status.trouble == "it cannot be opened or created")
        #expect(reports.all.count == 1 && reports.all[0].hasPrefix("decision-log=failing"), "\(reports.all)")
    }
}
