import MailTypes

extension Policy {
    /// The meaning of a policy: every rule read from the top, nothing clever. The compiled matcher is held
    /// against it.
    public func explain(_ request: RelayRequest) -> Explanation {
        var notes: PlainMatcher?
        let decision = observing(request) { observersCount in
            var matcher = PlainMatcher(self, observersCount: observersCount, takesNotes: notes == nil)
            let decision = judge(request, with: &matcher)
            // Where a rule observes there is a second judgement, of what would have been; the way is the first's.
            notes = notes ?? matcher
            return decision
        }
        let path = decision.verdict == .permit ? nil : notes?.relayedPath
        return Explanation(
            decision: decision, trace: notes?.trace ?? [],
            closest: path.map { closestPermits(request, to: $0) } ?? [])
    }

    /// The same without the trace.
    public func decidePlainly(_ request: RelayRequest) -> Decision {
        observing(request) { observersCount in
            var matcher = PlainMatcher(self, observersCount: observersCount)
            return judge(request, with: &matcher)
        }
    }

    /// Whether the client's side of a permit that is live and certain fits, so that the whole transaction goes to
    /// `route clients` (Meaning 11). Sender and recipient in `request` are not looked at. Never where the listener
    /// or node observes: from there everything goes to the `local` route (Meaning 13).
    public func isRelayClientPlainly(_ request: RelayRequest) -> Bool {
        !observes(request)
            && relay.contains { rule in
                rule.verb == .permit && !rule.observes
                    && rule.findings(request, to: request.forwardPath.path, in: self)
                        .allSatisfy { $0.fit == .fits || !$0.condition.isOfClient }
            }
    }

    /// The reply to the connection that `reject connection` gives; nil if none fits. Unknown facts: defer.
    public func connectionRefusal(_ request: RelayRequest) -> Decision? {
        let decision = observing(request) { observersCount in
            var matcher = PlainMatcher(self, observersCount: observersCount)
            let match = matcher.read(connectionRules, where: { _ in true }, request, to: request.forwardPath.path)
            return connectionDecision(by: match)
        }
        return decision.verdict == .permit ? nil : decision
    }

    private func connectionDecision(by match: FirstMatch) -> Decision {
        switch match.outcome(atEnd: .pass) {
        case .rule(let index, let verb, _) where verb != .pass:
            Decision(
                verdict: verb == .defer ? .defer : .reject, reason: .denyRule, rule: connectionRules[index].reference,
                reply: connectionRules[index].reply(
                    orReject: StandardReply.noService, orDefer: StandardReply.noServiceNow),
                observed: match.skippedAnObserver)
        case .undecided:
            Decision(
                verdict: .defer, reason: .undecided, reply: StandardReply.noServiceNow,
                observed: match.skippedAnObserver)
        case .end, .rule:
            Decision(
                verdict: .permit, reason: .delivery, reply: StandardReply.recipientOK,
                observed: match.skippedAnObserver)
        }
    }
}
