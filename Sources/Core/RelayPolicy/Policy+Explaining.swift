import MailTypes

extension Policy {
    /// How one rule was found, with the condition that stopped it.
    func step(
        of rule: Rule, _ findings: [Finding], _ request: RelayRequest, to path: ForwardPath
    ) -> Explanation.Step {
        let stopper = findings.stopper
        let isUnknown = stopper?.fit == .unknown
        return Explanation.Step(
            rule: rule.reference, stopped: stopper?.condition.word,
            because: stopper.map { because($0.condition, of: rule, request, to: path, isUnknown: isUnknown) },
            undecided: isUnknown, observed: rule.observes)
    }

    /// At most three permits of `relay`, those with the fewest conditions unmet first, then in their order.
    func closestPermits(_ request: RelayRequest, to path: ForwardPath) -> [Explanation.Step] {
        relay.enumerated()
            .filter { $1.verb == .permit }
            .map { (index: $0, rule: $1, findings: $1.findings(request, to: path, in: self)) }
            .sorted { ($0.findings.unmet.count, $0.index) < ($1.findings.unmet.count, $1.index) }
            .prefix(3)
            .map { step(of: $0.rule, $0.findings, request, to: path) }
    }
}
