import MailTypes

/// Reads every rule from the top, nothing clever, and notes how each was found if asked to.
struct PlainMatcher: RuleMatcher {
    let policy: Policy
    /// Whether rules with `observe` count like any other.
    let observersCount: Bool
    var takesNotes = false

    private(set) var trace: [Explanation.Step] = []
    /// The path with which `relay` was read; nil if it was not.
    private(set) var relayedPath: ForwardPath?
    /// Facts of the DNS that were missing.
    private(set) var needed: NameFacts = []

    init(_ policy: Policy, observersCount: Bool, takesNotes: Bool = false) {
        (self.policy, self.observersCount, self.takesNotes) = (policy, observersCount, takesNotes)
    }

    mutating func readRefuse(_ request: RelayRequest, to recipient: Recipient) -> FirstMatch {
        let meets: (Rule) -> Bool = recipient.isPostmaster ? { $0.conditions.areFromAlone } : { _ in true }
        return read(policy.refuse, where: meets, request, to: recipient.path)
    }

    mutating func readRelay(_ request: RelayRequest, to recipient: Recipient) -> FirstMatch {
        relayedPath = recipient.path
        return read(policy.relay, where: { _ in true }, request, to: recipient.path)
    }

    mutating func read(
        _ rules: [Rule], where meets: (Rule) -> Bool, _ request: RelayRequest, to path: ForwardPath
    ) -> FirstMatch {
        var match = FirstMatch()
        for (index, rule) in rules.enumerated() where meets(rule) {
            let findings = rule.findings(request, to: path, in: policy)
            if findings.fit == .unknown { match.misses(rule.conditions.nameFacts) }
            if takesNotes { trace.append(policy.step(of: rule, findings, request, to: path)) }
            if rule.observes && !observersCount {
                match.skipObserver(findings.fit)
            } else if match.read(index, rule.verb, findings.fit) {
                break
            } else if rule.verb == .permit, findings.fit == .fails, findings.unmet == [.senderOwnedByLogin] {
                match.failedByOwnershipAlone = true
            }
        }
        needed.formUnion(match.needed)
        return match
    }
}

extension Conditions {
    /// Whether `from` is its only condition.
    var areFromAlone: Bool {
        guard from != nil else { return false }
        var others = self
        others.from = nil
        return others == Conditions()
    }
}
