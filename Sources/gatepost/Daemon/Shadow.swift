import JSONText
import MailTypes
import NIOConcurrencyHelpers
import RelayPolicy
import Sessions

/// A candidate beside the configuration that runs: it decides every recipient too, and what it would say otherwise is
/// logged. It changes nothing.
final class Shadow: Sendable {
    struct Counts: Sendable {
        var decided = 0
        var wouldPermit = 0
        var wouldRefuse = 0
    }

    let file: String
    let fingerprint: String
    let since = Instant.now
    private let candidate: CompiledPolicy
    private let counts = NIOLockedValueBox(Counts())

    init(_ policy: Policy, file: String, fingerprint: String) {
        (candidate, self.file, self.fingerprint) = (CompiledPolicy(policy), file, fingerprint)
    }

    /// What the candidate would have said, where it permits what was not permitted, or the reverse. Limits and the
    /// protected server are left out of it on both sides: they are about the moment and not about the rules.
    func difference(from active: CompiledPolicy, _ record: RecipientRecord) -> Decision? {
        guard !record.decision.reason.precedesTheRules else { return nil }
        let (now, would) = (Self.decide(active, record.request), Self.decide(candidate, record.request))
        let differs = (now.verdict == .permit) != (would.verdict == .permit)
        counts.withLockedValue { counts in
            counts.decided += 1
            guard differs else { return }
            if would.verdict == .permit { counts.wouldPermit += 1 } else { counts.wouldRefuse += 1 }
        }
        return differs ? would : nil
    }

    /// In the order in which a session meets them: the connection, MAIL, RCPT.
    private static func decide(_ policy: CompiledPolicy, _ request: RelayRequest) -> Decision {
        policy.policy.connectionRefusal(request) ?? policy.policy.demands(of: request) ?? policy.decide(request)
    }

    var json: JSONValue {
        let counts = counts.withLockedValue { $0 }
        return .object([
            .init("file", .string(file)), .init("hash", .string(fingerprint)), .init("since", .string(since.rfc3339())),
            .init("decided", .number(counts.decided)), .init("wouldPermit", .number(counts.wouldPermit)),
            .init("wouldRefuse", .number(counts.wouldRefuse)),
        ])
    }
}
