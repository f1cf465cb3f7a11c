/// `observe` on a rule, a listener and the node (Meaning 13).
extension Policy {
    /// Whether the node or the listener has `observe`, so that every recipient passes, to the `local` route.
    public func observes(_ request: RelayRequest) -> Bool {
        observes || request.listener.map { observes(listener: $0) } ?? false
    }

    public func observes(listener name: String) -> Bool {
        observes || listeners.contains { $0.observes && $0.name == name }
    }

    /// The same with `observe` taken off the node and its listeners: what the rules say, whether they count yet or not.
    /// Rules keep theirs.
    public var withoutObservation: Policy {
        var policy = self
        policy.observes = false
        for index in policy.listeners.indices { policy.listeners[index].observes = false }
        return policy
    }

    /// Whether `observe` may keep some `reject connection` from counting. Asked once for many requests.
    var mayObserveConnections: Bool {
        !connectionRules.isEmpty
            && (observes || listeners.contains(where: \.observes) || connectionRules.contains(where: \.observes))
    }

    /// The decision where nothing of a listener or node with `observe` counts, and what it would have been otherwise:
    /// of the connection where that would have been refused, since it comes first. `judge` judges with or without the
    /// rules that observe.
    ///
    /// What passes is sent on as the client wrote it (`WrittenPath.appendSpelling`): the server behind judges for itself.
    func observing(
        _ request: RelayRequest, mayObserveConnections: Bool, judge: (_ observersCount: Bool) -> Decision
    ) -> Decision {
        let ofConnection = mayObserveConnections ? observedConnectionRefusal(request) : nil
        if observes(request) {
            return Decision(
                verdict: .permit, reason: .observed, reply: StandardReply.recipientOK,
                forwardPath: request.forwardPath.path, destination: .delivery(via: nil), observed: true,
                wouldHaveBeen: Decision.Outcome(ofConnection ?? judge(true)))
        }
        var decision = judge(false)
        decision.observed = decision.observed || ofConnection != nil
        if decision.observed { decision.wouldHaveBeen = Decision.Outcome(ofConnection ?? judge(true)) }
        return decision
    }
}
