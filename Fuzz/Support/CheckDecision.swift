import MailTypes
import RelayPolicy

/// All ways of judging a request say the same, and a permit is what a permit must be.
@discardableResult
public func checkDecision(_ request: RelayRequest, _ policy: Policy, _ compiled: CompiledPolicy) -> Decision {
    let plain = policy.decidePlainly(request)
    let fast = compiled.decide(request)
    require(fast == plain, "compiled \(fast) is plain \(plain) for \(request)")
    let explanation = policy.explain(request)
    require(explanation.decision == plain, "explained \(explanation.decision) is plain \(plain)")
    require(explanation.closest.count <= 3 && (plain.verdict != .permit || explanation.closest.isEmpty), "the closest rules")
    require(
        compiled.isRelayClient(request) == policy.isRelayClientPlainly(request), "a relay client or not: \(request)")
    checkPermit(plain, policy)
    return plain
}

private func checkPermit(_ decision: Decision, _ policy: Policy) {
    guard decision.verdict == .permit else {
        require(!decision.reply.isPositive && decision.destination == nil, "\(decision) grants nothing")
        require(decision.reply.isPermanent == (decision.verdict == .reject) || decision.reason == .denyRule, "\(decision.reply)")
        return
    }
    require(decision.reply.code == 250, "\(decision.reply) is a permit's reply")
    let path = required(decision.forwardPath, "a permit has a path to send on")
    guard decision.reason != .observed else { return }
    switch decision.destination {
    case .delivery?:
        if case .mailbox(let mailbox) = path {
            require(policy.local.entry(for: mailbox.domain) != nil, "\(path) is local")
        }
    case .relay?:
        let rule = required(decision.rule, "relaying is permitted by a rule")
        require(policy.relay.contains { $0.name == rule.name && $0.verb == .permit }, "\(rule.name) is a permit")
    case nil: fail("a permit has a destination")
    }
}
