import DecisionRecords
import Diagnostics
import MailTypes
import RelayPolicy

let stranger = IPAddress(v4: 0xc633_6407)
let noon = Instant(seconds: 1_795_521_600)

/// A refused stranger, to be changed by each test.
func record(
    verdict: Verdict = .reject, reason: Reason = .noRule, rule: String? = nil,
    reply: Reply = Reply(550, "5.7.1", "Relaying denied"), given: String = "<y@victim.example>",
    change: (inout RelayRequest) -> Void = { _ in }
) throws -> DecisionRecord {
    let written = try WrittenPath(parsing: Array("<y@victim.example>".utf8))
    var request = RelayRequest(client: stranger, forwardPath: written, now: noon)
    request.reversePath = try ReversePath(parsing: Array("<x@evil.example>".utf8))
    request.listener = "public"
    request.helo = Array("evil".utf8)
    change(&request)
    let at = SourceLocation(file: "gatepost.conf", line: 87, column: 5)
    let decision = Decision(
        verdict: verdict, reason: reason, rule: rule.map { Decision.RuleReference(name: $0, at: at) }, reply: reply,
        forwardPath: reason == .addressTrick ? nil : written.path)
    return DecisionRecord(
        id: "01KAS3Q7000000000000000000", time: noon, via: .gateway, clientPort: 40312, request: request,
        forwardPathGiven: Array(given.utf8), decision: decision)
}
