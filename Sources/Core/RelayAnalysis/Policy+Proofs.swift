import MailTypes
import RelayPolicy

/// A request that shows a claim of `tests { }` to be false.
public struct Counterexample: Hashable, Sendable {
    public var request: RelayRequest
    /// The permit that lets it through; nil where it is delivery.
    public var rule: Int?
}

extension Policy {
    /// A request of `narrowing` that is permitted: relayed, or delivered where its recipients are named. Nil: there is
    /// none, of all requests whose address form is taken.
    public func counterexample(
        toNever narrowing: Narrowing, at now: Instant, effort: Int = Effort.standard
    ) throws(EffortSpent) -> Counterexample? {
        guard !observes else { return nil }
        let space = try RequestSpace([self], narrowedTo: [narrowing], Work(effort))
        for rule in permitsInForce(at: now) {
            if let witness = try space.witness(space.question(grantsOf: rule, 0, on: now.day), at: now) {
                return Counterexample(request: witness, rule: rule)
            }
        }
        guard narrowing.recipients != nil else { return nil }
        return try space.witness(space.questionOfDelivery(on: now.day), at: now)
            .map { Counterexample(request: $0, rule: nil) }
    }
}

extension RequestSpace {
    /// What is delivered: it passes every stage before `relay`, and is local where the listener does not demand a login.
    func questionOfDelivery(on day: CalendarDay) -> Question {
        var question = Question()
        for stage in [Stage.demands, .connection, .refuse] { add(stage, of: 0, on: day, to: &question) }
        // Of the four lines of `delivery` the third and fourth say where `relay` is asked at all.
        guard let range = ranges[0][.delivery] else { return question }
        question.lists.append(DecisionDiagram.List(lines: range, endIsGood: false))
        question.taking += range
        question.good.append(range.lowerBound + 3)
        return question
    }
}
