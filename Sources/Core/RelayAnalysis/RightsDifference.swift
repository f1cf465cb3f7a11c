import MailTypes
import RelayPolicy

/// What one policy permits and another does not.
public struct RightsDifference: Sendable {
    public var gained: [Change] = []
    public var lost: [Change] = []
    /// Address forms are refused, resolved or taken otherwise (Meaning 10): classes say nothing of such addresses.
    public var treatsAddressFormsOtherwise = false

    public var isEmpty: Bool { gained.isEmpty && lost.isEmpty && !treatsAddressFormsOtherwise }

    /// One class of requests that the one policy relays and the other does not.
    public struct Change: Hashable, Sendable {
        /// By the rules of the policy that permits.
        public var grant: Grant
        /// What the other one says to the witness.
        public var otherwise: Decision
    }

    public init(
        from old: Policy, to new: Policy, at now: Instant, effort: Int = Effort.standard
    ) throws(EffortSpent) {
        let space = try RequestSpace([old, new], Work(effort))
        gained = try Self.changes(space, permittedBy: 1, not: 0, now)
        lost = try Self.changes(space, permittedBy: 0, not: 1, now)
        treatsAddressFormsOtherwise = old.tricks != new.tricks
    }

    private static func changes(
        _ space: RequestSpace, permittedBy one: Int, not other: Int, _ now: Instant
    ) throws(EffortSpent) -> [Change] {
        let (policy, otherPolicy) = (space.policies[one], space.policies[other])
        guard !policy.observes else { return [] }
        var changes: [Change] = []
        for rule in policy.permitsInForce(at: now) {
            for requests in try space.classes(questions(space, rule, of: one, not: other, now)) {
                guard let witness = try space.witness(of: requests, at: now) else { continue }
                let risks = policy.risks(of: policy.relay[rule], requests)
                changes.append(
                    Change(
                        grant: Grant(rule: rule, requests: requests, risks: risks, witness: witness),
                        otherwise: otherPolicy.decisionInSession(witness)))
            }
        }
        return changes
    }

    /// What a rule of the one policy permits and the other refuses in one of its stages, and lets on in those before.
    private static func questions(
        _ space: RequestSpace, _ rule: Int, of one: Int, not other: Int, _ now: Instant
    ) -> [RequestSpace.Question] {
        let granted = space.question(grantsOf: rule, one, on: now.day)
        if space.policies[other].observes { return [granted] }
        return Stage.allCases.map { stage in
            var question = granted
            for earlier in Stage.allCases where earlier.rawValue < stage.rawValue {
                space.add(earlier, of: other, on: now.day, to: &question)
            }
            space.add(stage, of: other, on: now.day, turned: true, to: &question)
            return question
        }
    }
}

extension Policy {
    /// The first word that a session gets: at the connection, at MAIL, or at RCPT.
    func decisionInSession(_ request: RelayRequest) -> Decision {
        connectionRefusal(request) ?? demands(of: request) ?? decidePlainly(request)
    }
}
