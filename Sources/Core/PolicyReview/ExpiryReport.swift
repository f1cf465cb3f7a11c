import Diagnostics
import MailTypes
import RelayAnalysis
import RelayPolicy

/// Warnings of permits with a date whose requests a later, weaker permit goes on letting through (Meaning 8): whoever
/// wrote the date thinks that they end with it.
struct ExpiryReport {
    /// Questions to the analysis: a permit with a date and a later, weaker one. The rest is not asked.
    private static let mostQuestions = 200
    private(set) var diagnostics: [Diagnostic] = []

    /// What the effort does not suffice for is not warned of.
    init(_ policy: Policy, at now: Instant, effort: Int) {
        guard policy.relay.count <= ReachReport.mostRules else { return }
        let endings = policy.relay.indices.filter { index in
            let rule = policy.relay[index]
            return rule.verb == .permit && !rule.observes && (rule.until.map { $0 >= now.day } ?? false)
        }
        var left = Self.mostQuestions
        let effort = effort / max(1, endings.count)
        for ending in endings where left > 0 {
            let rule = policy.relay[ending]
            let weaker = policy.relay.indices.filter { later in
                later > ending && policy.relay[later].verb == .permit && Weakness(of: policy.relay[later], beside: rule) != nil
                    && policy.relay[later].conditions.mayMeet(rule.conditions)
            }
            let asked = Array(weaker.prefix(left))
            left -= asked.count
            let successors = ((try? policy.successors(of: ending, among: asked, at: now, effort: effort)) ?? []).map { policy.relay[$0] }
            guard !successors.isEmpty, let until = rule.until else { continue }
            let reasons = successors.compactMap { successor in
                Weakness(of: successor, beside: rule).map { "\"\(successor.name)\" in line \(successor.at.line) \($0.text)" }
            }
            diagnostics.append(
                Diagnostic(
                    .warning,
                    "\"\(rule.name)\" ends with \(until), and a part of what it permits stays permitted by \(listed(successors.map { "\"\($0.name)\"" }))",
                    at: rule.at, why: reasons.joined(separator: "; "),
                    fix: "if it is to end, write a reject without a date below this rule, or an `except` into the later one"))
        }
    }
}

/// What the later of two permits asks less, in words that follow its name.
private struct Weakness {
    let text: String

    /// Nil where it asks for as much, or for a stronger proof.
    init?(of later: Rule, beside rule: Rule) {
        let (own, other) = (later.conditions, rule.conditions)
        guard own.strength <= other.strength else { return nil }
        let lacks: [(Bool, String)] = [
            (other.login != nil && own.login == nil, "asks for no login"),
            (other.asksForCertificate && !own.asksForCertificate, "asks for no certificate"),
            (other.needsPOPLogin && !own.needsPOPLogin, "asks for no POP login"),
            (other.name != nil && own.name == nil, "asks for no host name"),
            (other.from != nil && own.from == nil, "asks for no address"),
            (own.from.map { set in other.from.map { !set.set.subtracting($0.set).isEmpty } ?? false } ?? false,
             "takes more addresses"),
            (other.senderOwnedByLogin && !own.senderOwnedByLogin, "takes senders that are not the login's own"),
            (other.sender != nil && own.sender == nil && !own.senderOwnedByLogin, "takes any sender"),
            (other.to != nil && own.to == nil, "takes any recipient"),
            (!rule.limits.isEmpty && later.limits.isEmpty, "has no limit"),
        ]
        let lacking = lacks.filter(\.0).map(\.1)
        guard !lacking.isEmpty else { return nil }
        text = listed(lacking)
    }
}

extension Conditions {
    fileprivate var asksForCertificate: Bool {
        if case .certificate = tls { return true }
        return false
    }

    /// How good the best proof is that the conditions ask for.
    fileprivate var strength: Int {
        if login != nil || asksForCertificate { return 3 }
        if from != nil { return 2 }
        return needsPOPLogin || name != nil ? 1 : 0
    }

    /// False where the addresses alone show that no request fits both.
    fileprivate func mayMeet(_ other: Conditions) -> Bool {
        guard let own = from?.set, let others = other.from?.set else { return true }
        return !own.intersection(others).isEmpty
    }
}
