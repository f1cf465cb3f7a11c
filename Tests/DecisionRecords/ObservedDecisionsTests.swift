import DecisionRecords
import Diagnostics
import MailTypes
import RelayPolicy
import Testing

@Suite("what observe kept from being said")
struct ObservedDecisionsTests {
    /// A decision of a moment and a client, with what it would have been.
    private func observed(
        _ verdict: Verdict = .permit, _ reason: Reason = .observed, would: Verdict = .reject, because: Reason = .noRule,
        rule: String? = nil, line: Int = 9, client: String = "198.51.100.7", after seconds: Int64 = 0,
        outcome: Reply? = Reply(250, "2.1.5", "Ok")
    ) throws -> DecisionRecord {
        var record = try record(verdict: verdict, reason: reason)
        var request = RelayRequest(
            client: try #require(IPAddress(client)), forwardPath: record.request.forwardPath, now: noon)
        request.reversePath = record.request.reversePath
        record.request = request
        record.time = Instant(seconds: noon.seconds + seconds)
        record.id = "01KAS3Q7\(seconds)"
        record.outcome = outcome
        record.decision.observed = true
        let place = SourceLocation(file: "gatepost.conf", line: line, column: 5)
        record.decision.wouldHaveBeen = Decision.Outcome(
            Decision(
                verdict: would, reason: because, rule: rule.map { .init(name: $0, at: place) },
                reply: Reply(550, "5.7.1", "No")))
        return record
    }

    private func report(_ records: [DecisionRecord]) -> ObservedDecisions {
        var report = ObservedDecisions()
        for record in records { report.add(record) }
        return report
    }

    @Test("a decision in which nothing observed does not count")
    func nothingObserved() throws {
        let report = report([try record(), try record(verdict: .permit, reason: .delivery)])
        #expect(report.recipients == 0 && report.differences.isEmpty && report.first == nil)
    }

    @Test("one group for each reason, rule, network and word of the server behind, the largest first")
    func groups() throws {
        let report = report([
            try observed(client: "198.51.100.7"), try observed(client: "198.51.100.8", after: 20),
            try observed(client: "198.51.100.7", after: 10), try observed(client: "203.0.113.1", after: 5),
            try observed(client: "2001:db8::7"), try observed(client: "2001:db8::ffff:7"),
            try observed(because: .addressTrick, after: 7), try observed(because: .denyRule, rule: "bad"),
            try observed(outcome: Reply(554, "5.7.1", "Relay access denied")), try observed(would: .defer, because: .undecided),
        ])
        #expect(report.recipients == 10 && report.passedForListener == 10 && report.same == 0)
        let groups = report.differences
        #expect(groups.map(\.recipients) == [3, 2, 1, 1, 1, 1, 1])
        let first = try #require(groups.first)
        #expect("\(first.group.network)" == "198.51.100.0/24" && first.clients.count == 2)
        #expect(first.first == noon && first.last.seconds == noon.seconds + 20 && first.example == "01KAS3Q720")
        #expect("\(groups[1].group.network)" == "2001:db8::/64" && groups[1].clients.count == 2)
        #expect(groups.allSatisfy { $0.group.observer == .listener && $0.group.said == .permit })
        #expect(groups.filter { $0.group.server == .refused }.count == 1)
        #expect(report.first == noon && report.last?.seconds == noon.seconds + 20)
    }

    @Test("the rule stands where it stood last")
    func rule() throws {
        let report = report([
            try observed(because: .denyRule, rule: "bad", line: 9, after: 1),
            try observed(because: .denyRule, rule: "bad", line: 12, after: 2),
            try observed(because: .denyRule, rule: "bad", line: 8),
        ])
        #expect(report.differences.map(\.rule?.at.line) == [12] && report.differences.map(\.recipients) == [3])
    }

    @Test("a rule that observes is told apart, whichever way it would turn the decision")
    func ofRules() throws {
        let report = report([
            try observed(.permit, .delivery, because: .denyRule, rule: "new"),
            try observed(.reject, .noRule, would: .permit, because: .relayRule, rule: "trial", outcome: nil),
            try observed(.reject, .noRule, would: .defer, because: .denyRule, rule: "later", outcome: nil),
            try observed(.permit, .relayRule, would: .permit, because: .relayRule, rule: "trial"),
        ])
        #expect(report.passedForListener == 0 && report.same == 2)
        #expect(report.differences.map(\.group.observer) == [.rule, .rule])
        #expect(report.differences.map(\.group.would) == [.reject, .permit])
        #expect(report.differences.map(\.group.server) == [.took, nil])
    }

    @Test("what passes without observe too is the same, and a server that is down says nothing of the rules")
    func same() throws {
        let report = report([
            try observed(would: .permit, because: .relayRule, rule: "office"), try observed(would: .permit, because: .delivery),
            try observed(.defer, .upstreamDown, outcome: nil), try observed(.defer, .limit, outcome: nil),
        ])
        #expect(report.recipients == 4 && report.same == 2 && report.outsidePolicy == 2 && report.differences.isEmpty)
    }
}
