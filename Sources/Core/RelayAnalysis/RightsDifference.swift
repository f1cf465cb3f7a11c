import MailTypes
import RelayPolicy

/// What one policy permits and another does not, and of what both relay how much.
public struct RightsDifference: Sendable {
    public var gained: [Change] = []
    public var lost: [Change] = []
    /// What both relay, by rules whose limits bind otherwise.
    public var limits: [LimitChange] = []
    /// Mail that everybody may send to us.
    public var deliveries: [DeliveryChange] = []
    /// Address forms are refused, resolved or taken otherwise (Meaning 10): classes say nothing of such addresses.
    public var treatsAddressFormsOtherwise = false

    public var isEmpty: Bool {
        gained.isEmpty && lost.isEmpty && limits.isEmpty && deliveries.isEmpty && !treatsAddressFormsOtherwise
    }

    /// One class of requests that the one policy relays and the other neither relays nor delivers.
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
        limits = try LimitChange.all(space, now)
        deliveries = DeliveryChange.all(from: old.local, to: new.local)
        treatsAddressFormsOtherwise = old.tricks != new.tricks
    }

    private static func changes(
        _ space: RequestSpace, permittedBy one: Int, not other: Int, _ now: Instant
    ) throws(EffortSpent) -> [Change] {
        let (policy, otherPolicy) = (space.policies[one], space.policies[other])
        guard !policy.observes else { return [] }
        var changes: [Change] = []
        for rule in policy.permitsInForce(at: now) {
            let questions = questions(space, rule, of: one, not: other, now)
            changes += try space.grants(of: rule, one, by: questions, at: now).map { grant in
                Change(grant: grant, otherwise: otherPolicy.decisionInSession(grant.witness))
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
            if stage == .delivery {
                // What is delivered there is not lost.
                space.addRefusalByDelivery(of: other, to: &question)
            } else {
                space.add(stage, of: other, on: now.day, turned: true, to: &question)
            }
            return question
        }
    }
}

extension RequestSpace {
    /// The classes of these questions as grants of a rule of the policy of this number. The questions have no request in
    /// common.
    func grants(of rule: Int, _ policy: Int, by questions: [Question], at now: Instant) throws(EffortSpent) -> [Grant] {
        do throws(EffortSpent) {
            var grants: [Grant] = []
            for requests in try classes(questions) {
                guard let witness = try witness(of: requests, at: now) else { continue }
                let risks = policies[policy].risks(of: policies[policy].relay[rule], requests, ofAddresses: self.risks(ofAddresses:))
                grants.append(Grant(rule: rule, requests: requests, risks: risks, witness: witness))
            }
            return grants
        } catch {
            throw effortSpent(on: rule, of: policy, now)
        }
    }

    private func risks(ofAddresses clients: AddressSet) -> [Risk] {
        addressRisks.value(of: clients) { Policy.risks(ofAddresses: clients) }
    }

    /// The effort was spent at a rule of one of the policies.
    func effortSpent(on rule: Int, of policy: Int, _ now: Instant) -> EffortSpent {
        let others = rulesBearing(on: question(grantsOf: rule, policy, on: now.day), of: policy)
        return EffortSpent(rule: rule, policy: policy, others: others.filter { $0 != rule })
    }
}

extension Policy {
    /// The first word that a session gets: at the connection, at MAIL, or at RCPT.
    func decisionInSession(_ request: RelayRequest) -> Decision {
        connectionRefusal(request) ?? demands(of: request) ?? decidePlainly(request)
    }
}
