import MailTypes
import PolicyLanguage

/// A gatepost.conf in the making, as an importer writes it: what the original decides, line for line with its origin.
///
/// Destinations that the original takes for everybody are domains of `local { }` with `via`: taking mail for them is
/// no relaying for strangers.
public struct PolicyDraft: Hashable, Sendable {
    public internal(set) var domains: [DomainLine] = []
    public internal(set) var tricks: [TricksLine] = []
    public internal(set) var refuse: [RuleDraft] = []
    public internal(set) var relay: [RuleDraft] = []
    private var ruleNames: Set<String> = []
    /// The last number that a name was given to make it unique; tables give thousands of rules one name.
    private var ruleNumbers: [String: Int] = [:]
    var domainPositions: [HostPattern: Int] = [:]

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

    /// The rule under a name of its own; nil for one that never fits.
    mutating func accepted(_ rule: RuleDraft) -> RuleDraft? {
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
}
