import MailTypes

extension Policy {
    /// The listener that the request names, if the policy has it.
    func listener(of request: RelayRequest) -> Listener? {
        request.listener.flatMap { name in listeners.first { $0.name == name } }
    }

    /// Whether the node or the listener has `observe`, so that every recipient passes, to the `local` route
    /// (Meaning 13).
    func observes(_ request: RelayRequest) -> Bool {
        observes || (listener(of: request)?.observes ?? false)
    }

    /// The reply to MAIL that the listener's demands give (530), with its reason; nil if they are met.
    public func demands(of request: RelayRequest) -> Decision? {
        guard !observes, let listener = listener(of: request), !listener.observes else { return nil }
        return unmetDemand(of: listener, request)
    }

    func unmetDemand(of listener: Listener, _ request: RelayRequest) -> Decision? {
        if listener.requiresTLS && request.tlsVersion == nil {
            return Decision(verdict: .reject, reason: .tlsRequired, reply: StandardReply.tlsRequired)
        }
        guard listener.requiresLogin else { return nil }
        return switch request.login {
        case .known: nil
        case .absent: Decision(verdict: .reject, reason: .loginRequired, reply: StandardReply.loginRequired)
        case .unknown: Decision(verdict: .defer, reason: .undecided, reply: StandardReply.undecided)
        }
    }

    /// The decision where nothing of a listener or node with `observe` counts, and what it would have been
    /// otherwise. `judge` judges with or without the rules that observe.
    func observing(_ request: RelayRequest, judge: (_ observersCount: Bool) -> Decision) -> Decision {
        if observes(request) {
            return Decision(
                verdict: .permit, reason: .observed, reply: StandardReply.recipientOK,
                forwardPath: request.forwardPath.path, destination: .delivery(via: nil), observed: true,
                wouldHaveBeen: Decision.Outcome(judge(true)))
        }
        var decision = judge(false)
        if decision.observed { decision.wouldHaveBeen = Decision.Outcome(judge(true)) }
        return decision
    }
}
