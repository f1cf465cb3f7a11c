import DecisionRecords
import MailTypes
import PolicyLanguage
import RelayPolicy

@testable import PolicyTightening

/// Short ways to write policies and past decisions by hand.

let now = Instant("2026-11-24T12:00:00Z")!

func addressSet(_ text: String) -> AddressSet {
    AddressSet(text.split(separator: " ").map { try! AddressSet.parse(String($0)) })
}

func patternList(_ text: String) -> [PathPattern] {
    text.split(separator: " ").map { try! PathPattern(parsing: String($0)) }
}

/// A file that is the head of every policy here, and then `relay`.
func file(_ relay: String) -> String { "version 1\n\nlocal {\n    domains  ours.example\n}\n\n\(relay)\n" }

func read(_ text: String) -> ReadResult { read(Array(text.utf8)) }

func read(_ bytes: [UInt8]) -> ReadResult {
    Configuration.read(bytes, file: "gatepost.conf", purpose: .policyOnly, now: now) { _ in
        .failure(FileProblem("no such file"))
    }
}

func past(
    _ client: String, _ sender: String = "<anna@ours.example>", _ to: String = "<y@victim.example>",
    _ verdict: Verdict = .permit, rule: String? = nil, at time: Instant = now,
    change: (inout RelayRequest) -> Void = { _ in }
) -> PastDecision {
    var facts = RelayRequest(client: IPAddress(client)!, forwardPath: WrittenPath(.postmaster), now: time)
    change(&facts)
    let trial = TrialRequest(facts: facts, sender: Array(sender.utf8), to: Array(to.utf8))
    return PastDecision(trial: trial, verdict: verdict, rule: rule)
}

func observe(_ text: String, since: Instant? = nil, _ pasts: [PastDecision]) throws -> Observations {
    guard let policy = read(text).configuration?.policy else { throw Unreadable(problems: "\(read(text).diagnostics)") }
    var observations = Observations(policy: policy, since: since)
    for past in pasts { observations.add(past) }
    return observations
}

func tighten(_ text: String, _ pasts: [PastDecision]) throws -> Tightening {
    try Tightening(observe(text, pasts), file: "gatepost.conf", bytes: Array(text.utf8), at: now, read: read)
}

struct Unreadable: Error {
    var problems: String
}
