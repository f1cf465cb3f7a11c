import MailTypes
import RelayPolicy

/// Requests that both of two policies relay, by permits whose limits bind otherwise.
///
/// Held against each other are the limits of the two rules that decide. Two rules count apart, so that a rule which
/// was made into two lets whoever fits both send twice; that is in no one request, and `reach` says it.
public struct LimitChange: Hashable, Sendable {
    /// By the rules of the new policy.
    public var grant: Grant
    /// The permit of the old policy: its place in `relay`.
    public var oldRule: Int
    public var effect: LimitEffect

    static func all(_ space: RequestSpace, _ now: Instant) throws(EffortSpent) -> [LimitChange] {
        let (old, new) = (space.policies[0], space.policies[1])
        guard !old.observes, !new.observes else { return [] }
        var changes: [LimitChange] = []
        for rule in new.permitsInForce(at: now) {
            let limits = new.relay[rule].limits
            let others = old.permitsInForce(at: now).filter { LimitEffect(from: old.relay[$0].limits, to: limits) != nil }
            if others.isEmpty { continue }
            do throws(EffortSpent) {
                changes += try Self.changes(space, rule, others, now)
            } catch {
                throw space.effortSpent(on: rule, of: 1, now)
            }
        }
        return changes
    }

    /// What `rule` relays, and the old policy by one of `others`.
    private static func changes(
        _ space: RequestSpace, _ rule: Int, _ others: [Int], _ now: Instant
    ) throws(EffortSpent) -> [LimitChange] {
        let (old, new) = (space.policies[0], space.policies[1])
        let granted = space.question(grantsOf: rule, 1, on: now.day)
        // Mostly none of them is met, and one question says so.
        guard try space.witness(granted.and(space.question(grantsOfOneOf: Set(others), 0, on: now.day)), at: now) != nil
        else { return [] }
        var changes: [LimitChange] = []
        for other in others {
            guard let effect = LimitEffect(from: old.relay[other].limits, to: new.relay[rule].limits) else { continue }
            let both = granted.and(space.question(grantsOf: other, 0, on: now.day))
            changes += try space.grants(of: rule, 1, by: [both], at: now).map { grant in
                LimitChange(grant: grant, oldRule: other, effect: effect)
            }
        }
        return changes
    }
}

/// What other limits mean for whoever is bound by them. Raw values are the words of the JSON.
public enum LimitEffect: String, Hashable, Sendable {
    /// Whoever it is may send more than before, and nobody less.
    case more
    case fewer
    /// Not to be compared: another unit, subject or time.
    case otherwise

    /// Nil where they bind the same. What is answered beyond a limit (`then reject`) does not count.
    public init?(from old: [Limit], to new: [Limit]) {
        let keepsAll = old.allSatisfy { limit in new.contains { $0.implies(limit) } }
        let hadAll = new.allSatisfy { limit in old.contains { $0.implies(limit) } }
        switch (keepsAll, hadAll) {
        case (true, true): return nil
        case (true, false): self = .fewer
        case (false, true): self = .more
        case (false, false): self = .otherwise
        }
    }
}

extension Limit {
    /// Whether nobody who keeps to this one can go beyond the other. It may be so and not be seen.
    fileprivate func implies(_ other: Limit) -> Bool {
        guard unit == other.unit, subject == other.subject || subject == .rule else { return false }
        if subject == other.subject, window == other.window { return count <= other.count }
        // Windows that begin at different times: one more than fit may meet the other's.
        let (own, others) = (max(1, window.components.seconds), max(1, other.window.components.seconds))
        let (most, isTooMuch) = count.multipliedReportingOverflow(by: UInt64((others + own - 1) / own + 1))
        return !isTooMuch && most <= other.count
    }
}
