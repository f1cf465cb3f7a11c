import DecisionRecords
import Diagnostics
import Foundation
import MailTypes
import RelayPolicy
import Storage
import Synchronization

/// A folder that goes with the test.
final class Folder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "gatepost-storage-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        _ = chmod(path, 0o700)
        try? FileManager.default.removeItem(atPath: path)
    }

    var decisions: String { path + "/decisions.db" }
    var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

/// What a log reported.
final class Reports: Sendable {
    private let lines = Mutex<[String]>([])
    func add(_ line: String) { lines.withLock { $0.append(line) } }
    var all: [String] { lines.withLock { $0 } }
}

let noon = Instant(seconds: 1_800_000_000, nanoseconds: 123_000_000)

func identifier(_ number: Int) -> String {
    let digits = String(number)
    return "01KAS3Q7" + String(repeating: "0", count: 18 - digits.count) + digits
}

/// A refused relay, of which a test changes what it is about.
func refusal(
    _ number: Int = 1, client: String = "198.51.100.7", to: String = "<y@victim.example>"
) throws -> DecisionRecord {
    let given = Array(to.utf8)
    let path = try WrittenPath(parsing: given)
    guard let address = IPAddress(client) else { throw CocoaError(.formatting) }
    var request = RelayRequest(client: address, forwardPath: path, now: noon)
    request.now.seconds += Int64(number)
    request.listener = "public"
    request.helo = Array("evil".utf8)
    request.reversePath = try ReversePath(parsing: Array("<x@evil.example>".utf8))
    return DecisionRecord(
        id: identifier(number), time: request.now, via: .gateway, clientPort: 40312, request: request,
        forwardPathGiven: given,
        decision: Decision(
            verdict: .reject, reason: .noRule, reply: Reply(550, "5.7.1", "Relaying denied"), forwardPath: path.path))
}

func keeping(_ records: [DecisionRecord], in path: String, policy: String = "abc") -> Reports {
    let reports = Reports()
    let log = DecisionLog(
        path: path, retention: DecisionRetention(age: .seconds(86_400), size: 1 << 30), clock: { noon },
        report: { reports.add($0.text) })
    for record in records { log.append(record, policy: policy) }
    log.close()
    return reports
}
