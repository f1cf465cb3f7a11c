import DecisionRecords
import JSONText
import MailTypes
import RelayPolicy

/// `try --batch`: a JSON request a line in, a JSON decision a line out.
struct TryBatch {
    let policy: Policy
    let listeners: ListenerNames

    /// How many lines could not be read.
    func run() throws(Trouble) -> Int {
        var input = StandardInput()
        var answers: [UInt8] = []
        var unreadable = 0
        while let line = try input.next(beforeWaiting: { () throws(Trouble) in try Self.flush(&answers) }) {
            do {
                try record(of: line).json.write(to: &answers)
            } catch {
                unreadable += 1
                JSONValue.object([.init("error", .string(error.message))]).write(to: &answers)
            }
            answers.append(UInt8(ascii: "\n"))
            if answers.count > 1 << 20 { try Self.flush(&answers) }
        }
        try Self.flush(&answers)
        return unreadable
    }

    private func record(of line: StandardInput.Line) throws(RequestProblem) -> DecisionRecord {
        guard case .text(let bytes) = line else {
            throw RequestProblem("longer than \(StandardInput.longestLine) bytes")
        }
        let trial = try TrialRequest(parsing: bytes, now: .now)
        try listeners.check(trial.facts.listener)
        return DecisionRecord(id: DecisionIdentifier.next(), trial: trial, judgement: trial.judged(by: policy))
    }

    private static func flush(_ answers: inout [UInt8]) throws(Trouble) {
        guard !answers.isEmpty else { return }
        try StandardOutput.write(answers)
        answers.removeAll(keepingCapacity: true)
    }
}
