import MailTypes
import PolicyLanguage

/// Lookups in an order of which each may end its own search, or all of them, without a verdict. Written out as rules of
/// which the first that fits decides: what an entry shields is the rest of the list, said again for that entry alone.
struct SendmailDecisionList {
    enum Outcome: Hashable {
        case decide(RuleDraft.Verb)
        /// Goes on behind this section, and behind so many more.
        case goOn(skipping: Int)
    }

    struct Step {
        var gate: SendmailGate
        var outcome: Outcome
        var title: String
        var meaning: String
        var origin: Origin
    }

    /// One lookup: its steps in order.
    var sections: [[Step]]
    /// What stands at the end of a shielded part: `pass` in `refuse { }`, `reject` in `relay { }`.
    var end: RuleDraft.Verb

    var rules: [RuleDraft] { rules(from: 0, SendmailGate()) }

    private func rules(from section: Int, _ outer: SendmailGate) -> [RuleDraft] {
        guard section < sections.count else { return [] }
        var result: [RuleDraft] = []
        for step in sections[section] {
            guard let gate = outer.and(step.gate) else { continue }
            switch step.outcome {
            case .decide(let verb): result.append(rule(verb, step, gate))
            case .goOn(let skipping):
                result += rules(from: section + 1 + min(skipping, sections.count), gate)
                result.append(rule(end, step, gate))
            }
        }
        return result + rules(from: section + 1, outer)
    }

    private func rule(_ verb: RuleDraft.Verb, _ step: Step, _ gate: SendmailGate) -> RuleDraft {
        var rule = RuleDraft(verb, step.title, meaning: step.meaning, origin: step.origin)
        gate.write(to: &rule)
        if verb == .permit, !gate.hasProof { rule.proofNone() }
        return rule
    }
}

/// Conditions of a rule, as sets that can be cut with one another.
struct SendmailGate {
    /// Confirmed names of the client.
    var name: [Sourced<HostPattern>]?
    /// No confirmed name.
    var isNameless = false
    var from: [Sourced<IPRange>]?
    var except: [Sourced<IPRange>] = []
    var sender: [Sourced<PathPattern>]?
    var to: [Sourced<PathPattern>]?
    var mechanisms: [String]?
    var certificates: [String]?

    var hasProof: Bool { name != nil || from != nil || mechanisms != nil || certificates != nil }

    /// Both; nil where nothing can satisfy both.
    func and(_ other: SendmailGate) -> SendmailGate? {
        var both = self
        both.name = Self.cut(name, other.name, PathPattern.init) { $0.common($1) }
        both.sender = Self.cut(sender, other.sender, \.self) { $0.common($1) }
        both.to = Self.cut(to, other.to, \.self) { $0.common($1) }
        both.isNameless = isNameless || other.isNameless
        if from != nil, other.from != nil {
            both.from = addresses.intersection(other.addresses).ranges.map { Sourced($0, other.from?.first?.origin) }
            both.except = []
        } else if let from = other.from {
            (both.from, both.except) = (from, other.except)
        }
        both.mechanisms = mechanisms ?? other.mechanisms
        both.certificates = certificates ?? other.certificates
        let isEmpty = both.from?.isEmpty == true || both.name?.isEmpty == true || both.sender?.isEmpty == true || both.to?.isEmpty == true
        return isEmpty || both.isNameless && both.name != nil ? nil : both
    }

    private var addresses: AddressSet {
        AddressSet((from ?? []).map(\.value)).subtracting(AddressSet(except.map(\.value)))
    }

    private static func cut<Pattern: Hashable & Sendable>(
        _ a: [Sourced<Pattern>]?, _ b: [Sourced<Pattern>]?, _ path: (Pattern) -> PathPattern,
        _ common: (Pattern, Pattern) -> Pattern?
    ) -> [Sourced<Pattern>]? {
        guard let a, let b else { return a ?? b }
        let meeting = MeetingPatterns(b.map { path($0.value) })
        return a.flatMap { first in
            meeting.positions(meeting: path(first.value)).compactMap { position in
                let second = b[position]
                return common(first.value, second.value).map { Sourced($0, second.origin ?? first.origin) }
            }
        }
    }

    func write(to rule: inout RuleDraft) {
        if let from { rule.from(from, except: except) }
        if let name { rule.name(name) }
        if isNameless { rule.nameNone() }
        if let mechanisms { rule.login(mechanisms: mechanisms) }
        if let certificates { rule.certificate(certificates) }
        if let sender { rule.sender(sender.map { $0.map(\.description) }) }
        if let to { rule.to(to.map { $0.map(\.description) }) }
    }
}
