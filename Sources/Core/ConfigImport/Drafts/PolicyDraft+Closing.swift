import MailTypes
import PolicyLanguage

/// What `--closed` makes of a draft.
extension PolicyDraft {
    /// The draft without what lets hidden destinations through.
    public func refusingTricks() -> PolicyDraft {
        var closed = self
        closed.tricks.removeAll { $0.treatment != .reject }
        return closed
    }

    /// The draft with `rule` in the place of the relay rule of its name.
    public func replacing(_ rule: RuleDraft) -> PolicyDraft {
        var changed = self
        for position in changed.relay.indices where changed.relay[position].name == rule.name { changed.relay[position] = rule }
        return changed
    }

    /// The draft without permits of these names; all else stays.
    public func without(permitsNamed names: Set<String>) -> PolicyDraft {
        var rest = self
        rest.relay.removeAll { $0.verb == .permit && names.contains($0.name) }
        return rest
    }

    /// The draft without the local domains that `isExcluded` names.
    public func without(domains isExcluded: (HostPattern) -> Bool) -> PolicyDraft {
        var closed = self
        closed.domains.removeAll { isExcluded($0.pattern) }
        closed.domainPositions = Dictionary(uniqueKeysWithValues: closed.domains.enumerated().map { ($1.pattern, $0) })
        return closed
    }

    /// The draft in which the destinations that `original` relays to for everybody are local domains: a permit of them
    /// asks for no proof, which a closed policy may not have.
    ///
    /// What the rules above such a permit say of its recipients (exceptions within the domains, and who may send there all
    /// the same) then stands at the end of `refuse { }`, and before whatever ends that list earlier. Of the permits among
    /// them those count that are in this draft.
    public func keepingDestinations(of original: PolicyDraft) -> PolicyDraft {
        guard let last = original.relay.lastIndex(where: { $0.destinations != nil }) else { return self }
        var kept = self
        let own = Dictionary(relay.map { ($0.name, $0) }) { first, _ in first }
        var exceptions: [RuleDraft] = []
        var next = 0
        for rule in original.relay[...last] {
            if own[rule.name] != nil {
                // Permits that stand for one of the original's.
                while relay[next].name != rule.name {
                    exceptions += [relay[next].passing].compactMap(\.self)
                    next += 1
                }
                next += 1
            }
            if rule.verb != .permit {
                exceptions.append(rule.refusingAsRelay)
            } else if let passing = rule.isForDestinations ? rule.passing : own[rule.name]?.passing {
                exceptions.append(passing)
            }
        }
        while exceptions.last?.verb == .pass { exceptions.removeLast() }
        if !exceptions.isEmpty {
            var own = RuleDraft(
                .pass, "our own domains", meaning: "mail for local domains, of which the rules about relaying say nothing",
                origin: Origin(note: "local domains"))
            own.to(domains.map { Sourced(PathPattern($0.pattern).description, $0.origins.first) })
            kept.weaveIntoRefuse((own.neverFits ? [] : [own]) + exceptions)
        }
        for domain in original.relay.flatMap({ $0.destinations ?? [] }) {
            kept.addDomain(domain.value, via: Self.onward, origin: domain.origin ?? Origin(note: "relayed for everybody"))
        }
        return kept
    }

    /// The draft in which destinations that `original` relays to for everybody, and that cannot be local domains (single
    /// mailboxes, ends of names), stay for whoever proves who they are: in the place of each such permit stands one for each
    /// permit of this draft that asks for a proof, with that proof. Where the other permit takes them there anyway there is
    /// none. Nil where that would be too many.
    public func keepingDestinationsOfProven(of original: PolicyDraft) -> PolicyDraft? {
        let own = Dictionary(relay.map { ($0.name, $0) }) { first, _ in first }
        let rules = original.relay.map { (rule: $0, combinable: CombinableRule($0)) }
        let unproven = rules.count { $0.rule.asksForDestinationAlone && own[$0.rule.name] == nil }
        guard unproven * rules.count <= Self.mostPairs else { return nil }
        var kept = self
        kept.relay = []
        for (place, (rule, combinable)) in rules.enumerated() {
            if let rule = own[rule.name] { kept.relay.append(rule) }
            guard rule.asksForDestinationAlone, rule.destinations == nil, own[rule.name] == nil else { continue }
            /// Whether a rule behind this one, and before the other permit, may refuse them.
            var isRefused = false
            for (other, (permit, others)) in rules.enumerated() {
                if other > place, permit.verb != .permit, combinable.and(others) != .never { isRefused = true }
                guard let permit = own[permit.name], let prover = permit.prover else { continue }
                if permit.lines.count == prover.lines.count, other < place || !isRefused { continue }
                var proven = rule
                proven.lines.removeAll { $0.keyword == "proof" }
                guard case .both(var both) = CombinableRule(proven).and(CombinableRule(prover)) else { continue }
                both.name = "\(rule.name), for \(permit.name)"
                both.meaning = "\(rule.meaning): \(permit.meaning)"
                if let both = kept.accepted(both) { kept.relay.append(both) }
            }
        }
        return kept
    }

    /// Beyond this number of pairs of rules nothing is compared.
    private static let mostPairs = 10_000

    /// Adds rules at the end of `refuse { }`, and copies of them before each rule that ends it with `pass`.
    private mutating func weaveIntoRefuse(_ rules: [RuleDraft]) {
        var woven: [RuleDraft] = []
        let combinable = rules.map(CombinableRule.init)
        for rule in refuse {
            if rule.verb == .pass {
                let passing = CombinableRule(rule)
                woven += combinable.flatMap { added -> [RuleDraft] in
                    switch added.and(passing) {
                    case .never: []
                    case .both(let both): [both]
                    // Stricter than wanted is no hole.
                    case .cannotSay: added.rule.verb == .pass ? [] : [added.rule]
                    }
                }.compactMap { accepted($0) }
            }
            woven.append(rule)
        }
        woven += rules.compactMap { accepted($0) }
        refuse = woven
    }
}

extension RuleDraft {
    /// Whether it permits whoever sends to named destinations, and asks for nothing else.
    fileprivate var asksForDestinationAlone: Bool { verb == .permit && Set(lines.map(\.keyword)) == ["to", "proof"] }

    /// Whoever a permit takes for proven, whatever they send; nil for what is no permit of them.
    fileprivate var prover: RuleDraft? {
        guard verb == .permit, !lines.contains(where: { $0.keyword == "proof" }) else { return nil }
        var rule = self
        rule.lines.removeAll { $0.keyword == "to" || $0.keyword == "sender" }
        return rule
    }
}
