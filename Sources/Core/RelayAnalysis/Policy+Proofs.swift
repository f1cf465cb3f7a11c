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
    public func counterexample(toNever narrowing: Narrowing, at now: Instant) -> Counterexample? {
        guard !observes else { return nil }
        let space = RequestSpace([self], narrowedTo: [narrowing])
        for rule in relay.indices where relay[rule].verb == .permit && relay[rule].isInForce(on: now.day) {
            for requests in space.classes(space.question(grantsOf: rule, 0, on: now.day)) {
                if let witness = requests.witness(under: [self], at: now) {
                    return Counterexample(request: witness, rule: rule)
                }
            }
        }
        guard narrowing.recipients != nil else { return nil }
        for requests in space.classes(space.questionOfDelivery(on: now.day)) {
            if let witness = requests.witness(under: [self], at: now) { return Counterexample(request: witness, rule: nil) }
        }
        return nil
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
