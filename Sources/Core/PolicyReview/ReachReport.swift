import Diagnostics
import MailTypes
import RelayAnalysis
import RelayPolicy

/// Warnings of rules that decide nothing: equal to one before, or covered by several.
struct ReachReport {
    /// The work for a rule grows with the number of those before it.
    static let mostRules = 1000
    private let policy: Policy
    private(set) var diagnostics: [Diagnostic] = []

    init(_ policy: Policy, at now: Instant, effort: Int) {
        self.policy = policy
        guard policy.connectionRules.count + policy.refuse.count + policy.relay.count <= Self.mostRules else { return }
        let equal = policy.equalRules()
        for (place, same) in equal { diagnostics.append(equality(of: place, and: same)) }
        let known = Set(equal.map(\.rule))
        let dead = policy.deadRules(at: now, effort: effort)
        for dead in dead.rules where !known.contains(dead.rule) {
            if let warning = warning(of: dead) { diagnostics.append(warning) }
        }
        diagnostics.sort { ($0.at.line, $0.at.column) < ($1.at.line, $1.at.column) }
        if !dead.isComplete, let last = policy.relay.last ?? policy.refuse.last { diagnostics.append(incompleteness(last)) }
    }

    private func incompleteness(_ rule: Rule) -> Diagnostic {
        Diagnostic(
            .warning, "not all rules were asked whether they are ever reached", at: rule.at,
            why: "the rules overlap so much that the effort of the analysis was spent first",
            fix: "take rules apart that overlap in several of their lines; nothing else depends on this")
    }

    private func rule(_ place: DeadRule.Place) -> Rule {
        switch place.list {
        case .connection: policy.connectionRules[place.index]
        case .refuse: policy.refuse[place.index]
        case .relay: policy.relay[place.index]
        }
    }

    private func equality(of place: DeadRule.Place, and same: DeadRule.Place) -> Diagnostic {
        let (rule, first) = (rule(place), rule(same))
        let what = first.verb == rule.verb ? "fits the same as" : "is never reached: the same fits"
        return Diagnostic(
            .warning, "\"\(rule.name)\" \(what) \"\(first.name)\" in line \(first.at.line)", at: rule.at,
            fix: "delete one of them")
    }

    private func warning(of dead: DeadRule) -> Diagnostic? {
        let rule = rule(dead.rule)
        // Said already, at its word.
        if rule.conditions.from?.set.isEmpty == true || rule.conditions.localAddress?.set.isEmpty == true { return nil }
        let covers = dead.coveredBy.map { "\"\(self.rule($0).name)\" in line \(self.rule($0).at.line)" }
        var reasons: [String] = []
        if !covers.isEmpty {
            let rest = dead.isCoveredByDelivery || dead.isCoveredByDemands
            reasons.append(
                "\(listed(covers)) \(covers.count == 1 ? "fits" : "together fit") \(rest ? "a part of what" : "whatever") it fits")
        }
        if dead.isCoveredByDelivery {
            reasons.append("mail to local domains is delivery, and needs no permit")
        }
        if dead.isCoveredByDemands { reasons.append("what its listeners demand keeps the others out") }
        let isAlone = covers.isEmpty
        return Diagnostic(
            .warning, "\"\(rule.name)\" \(isAlone ? "never fits" : "is never reached")", at: rule.at,
            why: reasons.isEmpty ? "no request fits all of its lines" : reasons.joined(separator: "; "),
            fix: isAlone ? "delete the rule" : "write it above \(covers.count == 1 ? "that one" : "those"), or delete it")
    }
}
