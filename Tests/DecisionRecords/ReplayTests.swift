import DecisionRecords
import MailTypes
import RelayPolicy
import Testing

@Suite("past decisions under another policy")
struct ReplayTests {
    /// Under a policy without rules, which rejects all relaying.
    private func replay(_ pasts: [PastDecision]) -> Replay {
        var replay = Replay(policy: Policy())
        for past in pasts { replay.add(past) }
        return replay
    }

    private func past(
        _ verdict: Verdict, client: UInt32 = 0xc000_020a, rule: String? = nil, to: String = "<y@victim.example>"
    ) -> PastDecision {
        let facts = RelayRequest(client: IPAddress(v4: client), forwardPath: WrittenPath(.postmaster), now: noon)
        let trial = TrialRequest(facts: facts, sender: Array("<x@evil.example>".utf8), to: Array(to.utf8))
        return PastDecision(trial: trial, verdict: verdict, rule: rule)
    }

    @Test("what stays refused is no flip, whether rejected or deferred")
    func noFlips() {
        let replay = replay([past(.reject), past(.defer)])
        #expect(replay.requests == 2)
        #expect(replay.flips.isEmpty)
    }

    @Test("flips are grouped by client and rule, the most frequent first, with the first request of each")
    func groups() {
        let replay = replay([
            past(.permit, rule: "a", to: "<1@victim.example>"), past(.permit, rule: "b", to: "<2@victim.example>"),
            past(.permit, client: 1, rule: "b", to: "<3@victim.example>"), past(.reject),
            past(.permit, rule: "b", to: "<4@victim.example>"),
        ])
        #expect(replay.requests == 5)
        #expect(replay.flips.map(\.count) == [2, 1, 1])
        #expect(replay.flips.map(\.group.ruleThen) == ["b", "a", "b"])
        #expect(replay.flips.map { $0.example.to[1] } == Array("213".utf8))
        #expect(replay.flips.allSatisfy { $0.group.to == .reject && $0.group.reasonNow == .noRule })
    }
}
