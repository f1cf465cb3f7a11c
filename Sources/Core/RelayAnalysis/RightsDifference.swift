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

    public init(from old: Policy, to new: Policy, at now: Instant) {
        let space = RequestSpace([old, new])
        gained = Self.changes(space, permittedBy: 1, not: 0, now)
        lost = Self.changes(space, permittedBy: 0, not: 1, now)
        treatsAddressFormsOtherwise = old.tricks != new.tricks
    }

    private static func changes(
        _ space: RequestSpace, permittedBy one: Int, not other: Int, _ now: Instant
    ) -> [Change] {
        let (policy, otherPolicy) = (space.policies[one], space.policies[other])
        guard !policy.observes else { return [] }
        return policy.relay.indices.flatMap { rule -> [Change] in
            guard policy.relay[rule].verb == .permit, policy.relay[rule].isInForce(on: now.day) else { return [] }
            // The other policy refuses in one of its stages, and lets on in those before it.
            let questions = Stage.allCases.map { stage in
                var question = space.question(grantsOf: rule, one, on: now.day)
                for earlier in Stage.allCases where earlier.rawValue < stage.rawValue {
                    space.add(earlier, of: other, on: now.day, to: &question)
                }
                space.add(stage, of: other, on: now.day, turned: true, to: &question)
                return question
            }
            let classes = space.classes(otherPolicy.observes ? [space.question(grantsOf: rule, one, on: now.day)] : questions)
            return classes.compactMap { requests in
                requests.witness(under: space.policies, at: now).map { witness in
                    Change(
                        grant: Grant(
                            rule: rule, requests: requests, risks: policy.risks(of: policy.relay[rule], requests),
                            witness: witness),
                        otherwise: otherPolicy.decisionInSession(witness))
                }
            }
        }
    }
}

extension Policy {
    /// The first word that a session gets: at the connection, at MAIL, or at RCPT.
    func decisionInSession(_ request: RelayRequest) -> Decision {
        connectionRefusal(request) ?? demands(of: request) ?? decidePlainly(request)
    }
}
