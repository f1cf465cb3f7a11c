import MailTypes
import RelayPolicy

extension Policy {
    /// Which of the permits `candidates` let through, on the day after the last one of the permit `ending`, a part of
    /// what that one lets through on its last day. Places in `relay`; the order of `candidates`.
    public func successors(
        of ending: Int, among candidates: [Int], at now: Instant, effort: Int = Effort.standard
    ) throws(EffortSpent) -> [Int] {
        guard !observes, !candidates.isEmpty, let last = relay[ending].until else { return [] }
        let dayAfter = CalendarDay(number: last.number + 1)
        // The same policy twice, since a rule that ends is a line of the one day and none of the other.
        let space = try RequestSpace([self, self], Work(effort))
        let granted = space.question(grantsOf: ending, 0, on: last)
        var successors: [Int] = []
        for candidate in candidates where relay[candidate].verb == .permit && relay[candidate].isInForce(on: dayAfter) {
            var question = granted
            space.addDecision(byOneOf: [candidate], in: .relay, of: 1, on: dayAfter, to: &question)
            if try space.witness(question, at: now) != nil { successors.append(candidate) }
        }
        return successors
    }
}
