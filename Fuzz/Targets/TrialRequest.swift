import DecisionRecords
import FuzzSupport
import JSONText
import MailTypes
import RelayPolicy

/// Requests of `try --batch`: each line is read and judged or refused; what is answered is one line of JSON and one of
/// the log, and says what the evaluators say.
///
/// Input: a line of JSON.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTrialRequest(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let line = Array(UnsafeBufferPointer(start: start, count: count))
    let trial: TrialRequest
    do throws(RequestProblem) { trial = try TrialRequest(parsing: line, now: Site.now) } catch {
        require(!error.message.isEmpty, "a problem is said")
        checkLine(Array(JSONValue.object([.init("error", .string(error.message))]).text.utf8))
        return 0
    }
    for (policy, compiled) in policies { check(trial, policy, compiled) }
    return 0
}

private let policies = [Site.strict, Site.resolving].map { ($0, CompiledPolicy($0)) }

private func check(_ trial: TrialRequest, _ policy: Policy, _ compiled: CompiledPolicy) {
    let judgement = trial.judged(by: policy)
    let decision = judgement.explanation.decision
    require((decision.verdict == .permit) == (decision.reply.code == 250), "\(decision.reply) for \(decision.verdict)")
    let asked = checkDecision(judgement.request, policy, compiled)
    if decision.verdict == .permit { require(asked == decision, "what is permitted is permitted by the evaluators") }

    let record = DecisionRecord(id: "01KAS3Q7", trial: trial, judgement: judgement)
    let json = Array(record.json.text.utf8)
    checkLine(json)
    require((try? JSONValue(parsing: json)) == record.json, "the record is read as itself")
    checkLine(LogLine(record).bytes)
    for line in DecisionText(record, time: "now").lines { checkLine(Array(line.utf8)) }
    require((try? TrialRequest(parsing: request(of: record), now: Site.now)) != nil, "its facts are a request again")
}

/// No byte that ends a line or that a terminal obeys.
private func checkLine(_ bytes: [UInt8]) {
    require(bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f }, "\(bytes.shown) is one line")
    let text = required(String(validating: bytes, as: UTF8.self), "\(bytes.shown) is UTF-8")
    require(!text.unicodeScalars.contains { (0x80..<0xa0).contains($0.value) }, "\(bytes.shown) has no C1 controls")
}

/// The client and the paths of a record, as one would ask about them.
private func request(of record: DecisionRecord) -> [UInt8] {
    let members: [JSONValue.Member] = [
        .init("client", .string("\(record.request.client)")), .init("sender", .string("\(record.request.reversePath)")),
        .init("to", .string("\(record.request.forwardPath.path)")),
    ]
    return Array(JSONValue.object(members).text.utf8)
}
