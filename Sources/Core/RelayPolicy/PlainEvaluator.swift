import MailTypes

extension Policy {
    /// The meaning of a policy: every rule read from the top, nothing clever. The compiled matcher is held
    /// against it.
    public func explain(_ request: RelayRequest) -> Explanation {
        var notes: PlainMatcher?
        let decision = observing(request, mayObserveConnections: mayObserveConnections) { observersCount in
            var matcher = PlainMatcher(self, observersCount: observersCount, takesNotes: notes == nil)
            let decision = judge(request, with: &matcher)
            // Where a rule observes there is a second judgement, of what would have been; the way is the first's.
            notes = notes ?? matcher
            return decision
        }
        // Who passes for `observe` alone wants to know what would let him pass without it.
        let verdict = decision.reason == .observed ? decision.wouldHaveBeen?.verdict : decision.verdict
        let path = verdict == .permit ? nil : notes?.relayedPath
        return Explanation(
            decision: decision, trace: notes?.trace ?? [],
            closest: path.map { closestPermits(request, to: $0) } ?? [])
    }

    /// The same without the trace.
    public func decidePlainly(_ request: RelayRequest) -> Decision {
        observing(request, mayObserveConnections: mayObserveConnections) { observersCount in
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
}
