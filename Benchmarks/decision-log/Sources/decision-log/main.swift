// What keeping a decision costs, and how long a search takes:
//
//     swift run -c release decision-log FILE [RECORDS]
//
// FILE is written, and has to be on a real disk for the figures to mean anything.

import DecisionRecords
import Diagnostics
import Glibc
import MailTypes
import RelayPolicy
import Storage

let arguments = CommandLine.arguments
guard arguments.count > 1 else { fatalError("decision-log FILE [RECORDS]") }
let file = arguments[1]
let count = arguments.count > 2 ? Int(arguments[2]) ?? 1_000_000 : 1_000_000

/// User and system time of the whole process, in microseconds.
func processorTime() -> Double {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    func microseconds(_ time: timeval) -> Double { Double(time.tv_sec) * 1e6 + Double(time.tv_usec) }
    return microseconds(usage.ru_utime) + microseconds(usage.ru_stime)
}

/// A record as the gate makes them: every second one is a refused relay, the others are permitted by a rule.
func record(_ number: Int) throws -> DecisionRecord {
    let given = Array("<user\(number % 5000)@domain\(number % 777).example>".utf8)
    let path = try WrittenPath(parsing: given)
    let address = IPAddress(v4: 0xc633_6400 + UInt32(truncatingIfNeeded: number % 65_536))
    var request = RelayRequest(
        client: address, forwardPath: path,
        now: Instant(seconds: 1_800_000_000 + Int64(number / 100), nanoseconds: Int32(number % 100) * 10_000_000))
    request.listener = "public"
    request.localAddress = IPAddress(v4: 0xc000_0219)
    request.helo = Array("mail.client\(number % 100).example.net".utf8)
    let sender = "<sender\(number % 3000)@client\(number % 100).example.net>"
    request.reversePath = try ReversePath(parsing: Array(sender.utf8))
    let digits = String(number)
    let id = "01KAS3Q7" + String(repeating: "0", count: 18 - digits.count) + digits
    let refusal = Decision(
        verdict: .reject, reason: .noRule, reply: Reply(550, "5.7.1", "Relaying denied"), forwardPath: path.path)
    let permit = Decision(
        verdict: .permit, reason: .relayRule,
        rule: Decision.RuleReference(
            name: "office LAN", at: SourceLocation(file: "/etc/gatepost/gatepost.conf", line: 95, column: 5)),
        reply: Reply(250, "2.1.5", "Recipient ok"), forwardPath: path.path)
    return DecisionRecord(
        id: id, time: request.now, via: .gateway, clientPort: 40312, request: request, forwardPathGiven: given,
        decision: number % 2 == 0 ? refusal : permit,
        outcome: number % 2 == 0 ? nil : Reply(250, "2.1.5", "Ok"))
}

func measure() throws {
    let log = DecisionLog(
        path: file, retention: DecisionRetention(age: .seconds(315_360_000), size: 1 << 40),
        clock: { Instant(seconds: 1_800_000_000) }, report: { print($0) })
    var appending = 0.0
    var making = 0.0
    let start = processorTime()
    var next = 1
    while next <= count {
        let before = processorTime()
        let records = try (next..<min(next + 10_000, count + 1)).map(record)
        making += processorTime() - before
        let clock = ContinuousClock()
        let elapsed = clock.measure { for record in records { log.append(record, policy: "0123456789abcdef") } }
        appending += Double(elapsed.components.attoseconds) / 1e12 + Double(elapsed.components.seconds) * 1e6
        next += records.count
        while log.status.waiting > 0 { usleep(1000) }
    }
    log.close()
    let spent = processorTime() - start - making
    print("kept \(log.status.written), dropped \(log.status.dropped)")
    print("processor time a record, all in: \(spent / Double(count)) µs")
    print("of it on the caller's thread: \(appending / Double(count)) µs")
    var status = stat()
    stat(file, &status)
    print("bytes a record: \(Double(status.st_size) / Double(count))")

    let archive = try DecisionArchive(file)
    let searches: [(String, (inout DecisionSearch) -> Void)] = [
        ("the newest 100", { _ in }),
        ("nothing found by verdict", { $0.verdict = .defer }),
        ("nothing found by client", { $0.client = IPAddress("203.0.113.1").map(IPRange.init) }),
        ("nothing found by recipient domain", { $0.to = "nowhere.example" }),
        ("nothing found by pattern", { $0.to = "*@*.nowhere.example" }),
        ("a mailbox of old", { $0.to = "user1@domain1.example" }),
        ("an id", { $0.id = "01KAS3Q7000000000000000077" }),
        ("by rule since a time", { ($0.rule, $0.since) = ("no such rule", Instant(seconds: 1_800_005_000)) }),
    ]
    for (name, change) in searches {
        var search = DecisionSearch()
        change(&search)
        var found = 0
        let elapsed = try ContinuousClock().measure { found = try archive.find(search).decisions.count }
        print("search, \(name): \(elapsed), \(found) found")
    }
}

try measure()
