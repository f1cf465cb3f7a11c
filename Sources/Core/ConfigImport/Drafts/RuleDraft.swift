import MailTypes
import PolicyLanguage

/// A rule of an imported policy in the making: words of the language, each with its origin.
public struct RuleDraft: Hashable, Sendable {
    public enum Verb: String, Hashable, Sendable {
        case permit, reject, `defer`
        /// In `refuse { }` only.
        case pass
        case rejectConnection = "reject connection"
    }

    public var verb: Verb
    /// What the rule is called; made unique when it joins a draft.
    public var name: String
    /// Who or what it lets pass or stops, in the terms of the original: `anyone whose sender is in a local domain
    /// (normal mode)`.
    public var meaning: String
    public var origin: Origin
    public internal(set) var lines: [Line] = []

    public struct Line: Hashable, Sendable {
        public var keyword: String
        /// Alternatives. Those behind `except` stand in `exceptions`.
        public var values: [Value]
        public var exceptions: [Value] = []
    }

    /// A word of the language with its origin; nil means that of the rule.
    public struct Value: Hashable, Sendable {
        public var text: String
        public var origin: Origin?
        public init(_ text: String, _ origin: Origin? = nil) { (self.text, self.origin) = (text, origin) }
    }

    public init(_ verb: Verb, _ name: String, meaning: String, origin: Origin) {
        (self.verb, self.name, self.meaning, self.origin) = (verb, name, meaning, origin)
    }

    /// Whether some line of alternatives has none, so that the rule never fits. Such a rule is left out.
    public private(set) var neverFits = false

    /// A permit without proof of named domains alone: the system takes mail for them from everybody, as a backup MX does.
    /// Everybody's domains (`*.com`) and ends of names are no such domains.
    public var isForDestinations: Bool {
        guard verb == .permit, lines.contains(where: { $0.keyword == "proof" }),
            let to = lines.first(where: { $0.keyword == "to" })
        else { return false }
        return to.values.allSatisfy { value in
            switch try? PathPattern(parsing: value.text) {
            case .domain(let domain), .mailbox(_, let domain): !PublicSuffixes.isMailboxProvider(domain)
            case .below(let domain): !PublicSuffixes.contains(domain) && !PublicSuffixes.isMailboxProvider(domain)
            case .null, .localPart, .endsWith, nil: false
            }
        }
    }

    /// Where its addresses come from, line by line.
    public var originsOfClients: [Origin] {
        lines.first { $0.keyword == "from" }?.values.compactMap(\.origin) ?? []
    }

    /// The domains of such a permit; nil where it asks for more than the recipient's domain.
    public var destinations: [Sourced<HostPattern>]? {
        guard isForDestinations, Set(lines.map(\.keyword)) == ["to", "proof"] else { return nil }
        var domains: [Sourced<HostPattern>] = []
        for value in lines.first(where: { $0.keyword == "to" })?.values ?? [] {
            switch try? PathPattern(parsing: value.text) {
            case .domain(let domain): domains.append(Sourced(HostPattern(domain: domain, isBelow: false), value.origin ?? origin))
            case .below(let domain): domains.append(Sourced(HostPattern(domain: domain, isBelow: true), value.origin ?? origin))
            default: return nil
            }
        }
        return domains
    }

    /// Its addresses, one by one.
    public var clients: [IPRange] {
        (lines.first { $0.keyword == "from" }?.values ?? []).compactMap { try? AddressSet.parse($0.text) }
    }

    /// All its addresses, without its exceptions; nil where it does not ask for any.
    public var addresses: AddressSet? { lines.first { $0.keyword == "from" }?.addresses }

    /// The rule without some of its addresses; nil if none are left.
    public func without(clients: Set<IPRange>) -> RuleDraft? {
        guard let line = lines.firstIndex(where: { $0.keyword == "from" }) else { return nil }
        var rule = self
        rule.lines[line].values.removeAll { value in
            (try? AddressSet.parse(value.text)).map(clients.contains) ?? false
        }
        return rule.lines[line].values.isEmpty ? nil : rule
    }

    // MARK: Conditions

    /// `from`: the client's address.
    public mutating func from(_ addresses: [Sourced<IPRange>], except: [Sourced<IPRange>] = []) {
        add("from", addresses.map { Value($0.value.description, $0.origin) },
            except: except.map { Value($0.value.description, $0.origin) })
    }

    /// `from` with a set that was computed; all of it has the rule's origin.
    public mutating func from(_ set: AddressSet) { from(set.ranges.map { Sourced($0) }) }

    /// `local-address`: the address that the client connected to.
    public mutating func localAddress(_ addresses: [Sourced<IPRange>]) {
        add("local-address", addresses.map { Value($0.value.description, $0.origin) })
    }

    /// `name`: the client's confirmed name.
    public mutating func name(_ hosts: [Sourced<HostPattern>]) { add("name", Self.words(hosts)) }
    /// `name none`: no confirmed name, absent or forged.
    public mutating func nameNone() { add("name", [Value("none")]) }
    /// `helo`: what the client says that it is called.
    public mutating func helo(_ hosts: [Sourced<HostPattern>]) { add("helo", Self.words(hosts)) }
    public mutating func heloUnverified() { add("helo", [Value("unverified")]) }

    /// `login`: nil for any.
    public mutating func login(_ names: [String]? = nil, mechanisms: [String]? = nil) {
        let words = names.map { $0.map { Value(RuleText.word($0)) } } ?? [Value("any")]
        add("login", words + (mechanisms.map { [Value("mechanism")] + $0.map { Value($0.uppercased()) } } ?? []))
    }

    /// `tls client-certificate NAME` for each.
    public mutating func certificate(_ names: [String]) {
        add("tls", names.flatMap { [Value("client-certificate"), Value(RuleText.word($0))] })
    }

    /// `pop logged-in`
    public mutating func popLogin() { add("pop", [Value("logged-in")]) }

    public mutating func sender(_ patterns: [Sourced<String>]) { add("sender", Self.words(patterns)) }
    /// Recipients.
    public mutating func to(_ patterns: [Sourced<String>]) { add("to", Self.words(patterns)) }
    /// The original asks for no proof.
    public mutating func proofNone() { add("proof", [Value("none")]) }
    /// `reply CODE X.Y.Z "TEXT"`; left out where the text cannot be quoted.
    public mutating func reply(_ code: Int, _ enhanced: String, _ text: String) {
        guard let quoted = RuleText.quoted(text) else { return }
        add("reply", [Value("\(code)"), Value(enhanced), Value(quoted)])
    }

    private mutating func add(_ keyword: String, _ values: [Value], except: [Value] = []) {
        if values.isEmpty { neverFits = true }
        lines.append(Line(keyword: keyword, values: values, exceptions: except))
    }

    private static func words(_ hosts: [Sourced<HostPattern>]) -> [Value] {
        hosts.map { Value($0.value.isBelow ? "*.\($0.value.domain)" : "\($0.value.domain)", $0.origin) }
    }

    private static func words(_ patterns: [Sourced<String>]) -> [Value] {
        patterns.map { Value(RuleText.word($0.value), $0.origin) }
    }
}

/// A value with the place that it was read from.
public struct Sourced<Value: Hashable & Sendable>: Hashable, Sendable {
    public var value: Value
    public var origin: Origin?
    public init(_ value: Value, _ origin: Origin? = nil) { (self.value, self.origin) = (value, origin) }

    public func map<Other>(_ transform: (Value) -> Other) -> Sourced<Other> { Sourced<Other>(transform(value), origin) }
}
