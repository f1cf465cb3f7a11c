import MailTypes

/// `reject connection` of `refuse { }` (Meaning 9).
extension Policy {
    /// The reply to the connection that `reject connection` gives; nil if none fits. Unknown facts: defer.
    public func connectionRefusal(_ request: RelayRequest) -> Decision? {
        guard !observes(request), var refused = refusal(by: connectionMatch(request, observersCount: false)) else {
            return nil
        }
        if refused.observed {
            refused.wouldHaveBeen = refusal(by: connectionMatch(request, observersCount: true)).map(Decision.Outcome.init)
        }
        return refused
    }

    /// What `reject connection` would have said if nothing had `observe`; nil where it refuses nobody then, or this
    /// client all the same.
    func observedConnectionRefusal(_ request: RelayRequest) -> Decision? {
        if !observes(request) {
            let match = connectionMatch(request, observersCount: false)
            guard match.skippedAnObserver, refusal(by: match) == nil else { return nil }
        }
        return refusal(by: connectionMatch(request, observersCount: true))
    }

    /// Those of `open` without which nobody can say whether the connection is refused. What is said in HELO is not
    /// known yet, so that it cannot matter.
    public func neededForConnection(of open: NameFacts, for request: RelayRequest) -> NameFacts {
        guard !connectionRules.isEmpty, !open.isEmpty, !observes(request) else { return [] }
        return missesOfConnection(request.leavingOpen(open), observersCount: false).intersection(open)
    }

    /// The same of what `observe` keeps it from being refused for, which is said of each recipient.
    func neededForObservedConnection(of open: NameFacts, for request: RelayRequest) -> NameFacts {
        missesOfConnection(request.leavingOpen(open), observersCount: observes(request)).intersection(open)
    }

    private func missesOfConnection(_ request: RelayRequest, observersCount: Bool) -> NameFacts {
        connectionMatch(request, observersCount: observersCount).needed.intersection(.clientName)
    }

    private func connectionMatch(_ request: RelayRequest, observersCount: Bool) -> FirstMatch {
        var matcher = PlainMatcher(self, observersCount: observersCount)
        return matcher.read(connectionRules, where: { _ in true }, request, to: request.forwardPath.path)
    }

    private func refusal(by match: FirstMatch) -> Decision? {
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
        case .end, .rule: nil
        }
    }
}
