import MailTypes
import RelayPolicy

/// A request that somebody asks about (`gatepost try`), as against one that a client made: facts are given
/// instead of found out, and the two paths are as they would stand on the wire.
public struct TrialRequest: Hashable, Sendable {
    /// The facts. Its two paths are set when it is judged.
    public var facts: RelayRequest
    /// What follows `MAIL FROM:`, without spaces around it; a bare mailbox too.
    public var sender: [UInt8]
    /// What follows `RCPT TO:`, without spaces around it; a bare mailbox too.
    public var to: [UInt8]

    /// Spaces before a path are printers' and are taken as they are on the wire (Meaning 10).
    public init(facts: RelayRequest, sender: [UInt8], to: [UInt8]) {
        (self.facts, self.sender, self.to) = (facts, Self.withoutSpaces(sender), Self.withoutSpaces(to))
    }

    private static func withoutSpaces(_ path: [UInt8]) -> [UInt8] {
        let rest = path.drop { $0 == UInt8(ascii: " ") }
        return Array(rest.prefix((rest.lastIndex { $0 != UInt8(ascii: " ") } ?? rest.startIndex - 1) - rest.startIndex + 1))
    }

    /// What the policy says, in the order in which a session meets it: the connection, MAIL, RCPT. A path that is
    /// none is no mistake in the asking: a client may send it, and is told so.
    public func judged(by policy: Policy) -> Judgement {
        var request = facts
        func refused(_ decision: Decision, unreadableReversePath: [UInt8]? = nil) -> Judgement {
            let steps = decision.rule.map { [Explanation.Step(rule: $0)] } ?? []
            return Judgement(
                request: request, unreadableReversePath: unreadableReversePath,
                explanation: Explanation(decision: decision, trace: steps, closest: []))
        }

        let reversePath = Result { () throws(PathProblem) in
            try ReversePath(parsing: sender, allowingBareMailbox: true)
        }
        if case .success(let path) = reversePath { request.reversePath = path }
        let unreadable: [UInt8]? = if case .failure = reversePath { sender } else { nil }
        if let refusal = policy.connectionRefusal(request) ?? policy.demands(of: request) {
            return refused(refusal, unreadableReversePath: unreadable)
        }
        if case .failure(let problem) = reversePath {
            return refused(Self.decision(for: problem), unreadableReversePath: unreadable)
        }
        do throws(PathProblem) {
            request.forwardPath = try WrittenPath(parsing: to, allowingBareMailbox: true)
        } catch {
            return refused(Self.decision(for: error))
        }
        return Judgement(request: request, unreadableReversePath: nil, explanation: policy.explain(request))
    }

    private static func decision(for problem: PathProblem) -> Decision {
        Decision(
            verdict: problem.reply.isTransient ? .defer : .reject, reason: .protocolError, reply: problem.reply)
    }

    /// The request with its paths read, and the decision on it.
    public struct Judgement: Hashable, Sendable {
        public var request: RelayRequest
        /// The sender, if it is no path.
        public var unreadableReversePath: [UInt8]?
        public var explanation: Explanation
    }
}

extension DecisionRecord {
    public init(id: String, trial: TrialRequest, judgement: TrialRequest.Judgement) {
        self.init(
            id: id, time: trial.facts.now, via: .try, request: judgement.request,
            unreadableReversePath: judgement.unreadableReversePath, forwardPathGiven: trial.to,
            decision: judgement.explanation.decision, explanation: judgement.explanation)
    }
}
