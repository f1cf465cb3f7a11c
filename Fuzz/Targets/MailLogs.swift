import DecisionRecords
import FuzzSupport
import JSONText
import MailLogs
import MailTypes
import RelayPolicy

/// Logs of Gatepost, Postfix and Exim: whatever stands in them, each line gives findings that can be shown and judged,
/// a request that was read is written as itself, and a replay counts every one of them.
///
/// Input: lines.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMailLogs(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let log = Array(UnsafeBufferPointer(start: start, count: count))
    var reader = LogReader(now: Site.now)
    var replay = Replay(policy: Site.strict)
    var decisions = 0
    for line in log.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        for finding in reader.read(Array(line)) {
            switch finding {
            case .decision(let past):
                check(past)
                replay.add(past)
                decisions += 1
            case .unread(let why), .newer(let why):
                let shown = EscapedText.forTerminal(why)
                require(!shown.isEmpty && !shown.utf8.contains(0x0a), "a problem is said in a line")
            case .withoutClient:
                break
            }
        }
    }
    require(replay.requests == decisions, "every decision is counted")
    require(replay.flips.reduce(replay.outsidePolicy) { $0 + $1.count } <= decisions, "none is counted twice")
    return 0
}

private func check(_ past: PastDecision) {
    require(past.trial.facts.client == past.trial.facts.client.unmapped, "the client is unmapped")
    let text = Array(past.trial.json.text.utf8)
    require(!text.contains(0x0a), "an example is one line")
    var again: TrialRequest
    do throws(RequestProblem) { again = try TrialRequest(parsing: text, now: Site.now) } catch {
        require(false, "\(text.shown): \(error.message)")
        return
    }
    // JSON has milliseconds, and no bytes for a HELO that is not text.
    again.facts.now = past.trial.facts.now
    again.facts.helo = past.trial.facts.helo
    require(again == past.trial, "\(text.shown) is the request that was read")
}
