import MailTypes
import PolicyLanguage

/// A gatepost.conf in the making, as an importer writes it: what the original decides, line for line with its origin.
///
/// Destinations that the original takes for everybody are domains of `local { }` with `via`: taking mail for them is
/// no relaying for strangers.
public struct PolicyDraft: Hashable, Sendable {
    public private(set) var domains: [DomainLine] = []
    public private(set) var tricks: [TricksLine] = []
    public private(set) var refuse: [RuleDraft] = []
    public private(set) var relay: [RuleDraft] = []
    private var ruleNames: Set<String> = []
    /// The last number that a name was given to make it unique; tables give thousands of rules one name.
    private var ruleNumbers: [String: Int] = [:]
    private var domainPositions: [HostPattern: Int] = [:]

    /// `domains DOMAIN [via UPSTREAM]`
    public struct DomainLine: Hashable, Sendable {
        public var pattern: HostPattern
        /// The server that it is passed on to; nil for mail that the system delivers.
        public var via: String?
        public var origins: [Origin]
    }

    /// `address-tricks FORM… resolve|as-written [at DOMAIN…]`
    public struct TricksLine: Hashable, Sendable {
        public enum Treatment: String, Hashable, Sendable { case reject, resolve, asWritten = "as-written" }
        public var forms: [AddressTrick]
        public var treatment: Treatment
        /// Empty: for all domains.
        public var at: [Domain]
        public var origin: Origin
    }

    public init() {}

    /// The name of the upstream that `via` means where the original only says that a domain is passed on.
    public static let onward = "onward"

    /// The system takes mail for `pattern` from anybody. Of a domain that comes twice the first stands, with the
    /// origins of both.
    public mutating func addDomain(_ pattern: HostPattern, via: String? = nil, origin: Origin) {
        if let position = domainPositions[pattern] {
            domains[position].origins.append(origin)
        } else {
            domainPositions[pattern] = domains.count
            domains.append(DomainLine(pattern: pattern, via: via, origins: [origin]))
        }
    }

    /// The system delivers mail for each of `domains`; `origin` is that of a domain without one.
    public mutating func addDomains(_ domains: [Sourced<Domain>], origin: Origin) {
        for domain in domains {
            addDomain(HostPattern(domain: domain.value, isBelow: false), origin: domain.origin ?? origin)
        }
    }

    /// How the original takes recipients with such a trick: `resolve` where it unwraps them, `as-written` where it
    /// neither does that nor refuses them. What is not said is refused.
    public mutating func treat(
        _ forms: [AddressTrick], _ treatment: TricksLine.Treatment, at domains: [Domain] = [], origin: Origin
    ) {
        guard !forms.isEmpty else { return }
        tricks.append(TricksLine(forms: forms, treatment: treatment, at: domains, origin: origin))
    }

    /// The original takes out hidden destinations of the common forms and judges what is left. A route is dropped by
    /// every reader of a path, so it stands `as-written`; an encapsulated address is a local part to all but Exchange.
    public mutating func unwrapsHiddenDestinations(origin: Origin) {
        treat([.percent, .bang, .quoted, .doubleAt], .resolve, origin: origin)
        treat([.route, .encapsulated], .asWritten, origin: origin)
    }

    /// The same, for its own domains alone: what stands left of another domain's `@` is that domain's matter, and taken as
    /// it is. Names below `*.domain` cannot be told apart here and count as another's.
    public mutating func unwrapsHiddenDestinations(at domains: [Domain], origin: Origin) {
        takesLocalPartsAsWritten(origin: origin)
        for start in stride(from: 0, to: domains.count, by: 50) {
            let some = Array(domains[start..<min(start + 50, domains.count)])
            treat([.percent, .bang, .quoted, .doubleAt], .resolve, at: some, origin: origin)
        }
    }

    /// The original judges a recipient by what stands right of its last `@`, whatever its local part hides.
    public mutating func takesLocalPartsAsWritten(origin: Origin) {
        treat([.route, .percent, .bang, .quoted, .doubleAt, .encapsulated], .asWritten, origin: origin)
    }

    /// Adds a rule at the end of `refuse { }`; one that never fits is left out.
    public mutating func addRefuse(_ rule: RuleDraft) { if let rule = accepted(rule) { refuse.append(rule) } }
    /// Adds a rule at the end of `relay { }`; one that never fits is left out.
    public mutating func addRelay(_ rule: RuleDraft) { if let rule = accepted(rule) { relay.append(rule) } }

    private mutating func accepted(_ rule: RuleDraft) -> RuleDraft? {
        guard !rule.neverFits else { return nil }
        var rule = rule
        let wanted = rule.name
        var number = ruleNumbers[wanted] ?? 1
        while !ruleNames.insert(rule.name).inserted {
            number += 1
            rule.name = "\(wanted) (\(number))"
        }
        ruleNumbers[wanted] = number
        return rule
    }

    /// Where refusals let few through at all, permits that ask for no proof name them: no stranger can use those.
    public mutating func namesWhoMaySend() {
        guard relay.contains(where: \.permitsWithoutProof), let reach = RefusalReach(refuse) else { return }
        relay = relay.map { $0.permitsWithoutProof ? $0.reaching(reach) : $0 }.filter { !$0.neverFits }
    }

    /// The rule of that name.
    public func rule(named name: String) -> RuleDraft? {
        relay.first { $0.name == name } ?? refuse.first { $0.name == name }
    }

    // MARK: Closing

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

    /// The draft in which the destinations that `original` relays to for everybody are local domains: a permit of them
    /// asks for no proof, which a closed policy may not have.
    ///
    /// What the rules above such a permit say of its recipients (exceptions within the domains, and who may send there all
    /// the same) then stands at the end of `refuse { }`, and before whatever ends that list earlier. Of the permits among
    /// them those count that are in this draft.
    public func keepingDestinations(of original: PolicyDraft) -> PolicyDraft {
        guard let last = original.relay.lastIndex(where: { $0.destinations != nil }) else { return self }
        var kept = self
        var exceptions = original.relay[...last].compactMap { rule -> RuleDraft? in
            guard rule.verb == .permit else { return rule.refusingAsRelay }
            if rule.isForDestinations { return rule.passing }
            return relay.first { $0.name == rule.name }?.passing
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

    /// Adds rules at the end of `refuse { }`, and copies of them before each rule that ends it with `pass`.
    private mutating func weaveIntoRefuse(_ rules: [RuleDraft]) {
        var woven: [RuleDraft] = []
        for rule in refuse {
            if rule.verb == .pass {
                woven += rules.flatMap { added -> [RuleDraft] in
                    switch added.and(rule) {
                    case .never: []
                    case .both(let both): [both]
                    // Stricter than wanted is no hole.
                    case .cannotSay: added.verb == .pass ? [] : [added]
                    }
                }.compactMap { accepted($0) }
            }
            woven.append(rule)
        }
        woven += rules.compactMap { accepted($0) }
        refuse = woven
    }

    /// The draft without the local domains that `isExcluded` names.
    public func without(domains isExcluded: (HostPattern) -> Bool) -> PolicyDraft {
        var closed = self
        closed.domains.removeAll { isExcluded($0.pattern) }
        return closed
    }
}
