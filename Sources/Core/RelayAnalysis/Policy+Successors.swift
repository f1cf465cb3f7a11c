import MailTypes
import RelayPolicy

extension Policy {
    /// Which of the permits `candidates` let through, on the day after the last one of the permit `ending`, a part of
    /// what that one lets through on its last day. Places in `relay`; the order of `candidates`.
    public func successors(of ending: Int, among candidates: [Int], at now: Instant) -> [Int] {
        guard !observes, !candidates.isEmpty, let last = relay[ending].until else { return [] }
        let dayAfter = CalendarDay(number: last.number + 1)
        // The same policy twice, since a rule that ends is a line of the one day and none of the other.
        let space = RequestSpace([self, self])
        let granted = space.question(grantsOf: ending, 0, on: last)
        return candidates.filter { candidate in
            guard relay[candidate].verb == .permit, relay[candidate].isInForce(on: dayAfter) else { return false }
            var question = granted
            space.addDecision(by: candidate, in: .relay, of: 1, on: dayAfter, to: &question)
            return space.classes(question).contains { $0.witness(under: space.policies, at: now) != nil }
        }
    }
}
