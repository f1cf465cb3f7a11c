import MailTypes

/// A policy made ready for many decisions: the cost of one does not grow with the length of its lists.
/// Immutable and shared by all sessions that began under it.
///
/// The order of a recipient and the reading of its address are those of the plain evaluator; what differs is how the
/// rules that fit are found, and no text is made for people.
public final class CompiledPolicy: Sendable {
    public let policy: Policy
    /// Some rule has a `name` line, so that the client's name is worth asking for.
    public let needsClientName: Bool
    /// Some rule has `helo verified` or `helo unverified`.
    public let needsHeloStatus: Bool

    private let refuse: CompiledRules
    private let relay: CompiledRules
    private let ownership: OwnershipIndex
    private let asksForHeloName: Bool
    private let mayObserveConnections: Bool

    public init(_ policy: Policy) {
        self.policy = policy
        refuse = CompiledRules(policy.refuse)
        relay = CompiledRules(policy.relay)
        ownership = OwnershipIndex(policy.ownership)
        let conditions = policy.allRules.map(\.conditions)
        needsClientName = conditions.contains { $0.name != nil }
        needsHeloStatus = conditions.contains { $0.helo == .verified || $0.helo == .unverified }
        mayObserveConnections = policy.mayObserveConnections
        asksForHeloName = conditions.contains { if case .oneOf? = $0.helo { true } else { false } }
    }

    /// As `Policy.decidePlainly`, always.
    public func decide(_ request: RelayRequest) -> Decision {
        // The indexes look for an address, and there is none. It is rare: a balancer's own connections.
        if request.clientIsUnknown { return policy.decidePlainly(request) }
        let client = ClientFacts(request, asksForHeloName: asksForHeloName)
        return policy.observing(request, mayObserveConnections: mayObserveConnections) { observersCount in
            var matcher = Matcher(compiled: self, client: client, observersCount: observersCount)
            return policy.judge(request, with: &matcher)
        }
    }

    /// Those of the facts `open` that a rule which can still decide asks for; `request` is judged as it stands but for
    /// them. Where there are none, verdict, rule and limits are the same whatever they are. After the answers others
    /// may be needed, since `relay` is read when `refuse` is settled.
    public func needed(of open: NameFacts, for request: RelayRequest) -> NameFacts {
        guard !open.isEmpty else { return [] }
        var needed = mayObserveConnections ? policy.neededForObservedConnection(of: open, for: request) : []
        let request = request.leavingOpen(open)
        let client = ClientFacts(request, asksForHeloName: asksForHeloName)
        _ = policy.observing(request, mayObserveConnections: false) { observersCount in
            var matcher = Matcher(compiled: self, client: client, observersCount: observersCount)
            defer { needed.formUnion(matcher.needed) }
            return policy.judge(request, with: &matcher)
        }
        return needed.intersection(open)
    }

    /// Those of the facts `open` without which nobody can say whether this is a relay client.
    public func neededForRelayClient(of open: NameFacts, for request: RelayRequest) -> NameFacts {
        guard !open.isEmpty, !policy.observes(request) else { return [] }
        let request = request.leavingOpen(open)
        return relay.missesForClientOfAPermit(request, ClientFacts(request, asksForHeloName: asksForHeloName))
            .intersection(open)
    }

    /// As `Policy.demands`.
    public func demands(of request: RelayRequest) -> Decision? { policy.demands(of: request) }

    /// As `Policy.isRelayClientPlainly`, always.
    public func isRelayClient(_ request: RelayRequest) -> Bool {
        if request.clientIsUnknown { return policy.isRelayClientPlainly(request) }
        return !policy.observes(request)
            && relay.fitsClientOfAPermit(request, ClientFacts(request, asksForHeloName: asksForHeloName))
    }

    private struct Matcher: RuleMatcher {
        let compiled: CompiledPolicy
        let client: ClientFacts
        let observersCount: Bool
        /// Facts of the DNS that were missing.
        private(set) var needed: NameFacts = []

        init(compiled: CompiledPolicy, client: ClientFacts, observersCount: Bool) {
            (self.compiled, self.client, self.observersCount) = (compiled, client, observersCount)
        }

        mutating func readRefuse(_ request: RelayRequest, to recipient: Recipient) -> FirstMatch {
            let match = compiled.refuse.firstMatch(
                request, client, to: recipient.path, onlyFrom: recipient.isPostmaster, observersCount: observersCount,
                ownership: compiled.ownership)
            needed.formUnion(match.needed)
            return match
        }

        mutating func readRelay(_ request: RelayRequest, to recipient: Recipient) -> FirstMatch {
            let match = compiled.relay.firstMatch(
                request, client, to: recipient.path, onlyFrom: false, observersCount: observersCount,
                ownership: compiled.ownership)
            needed.formUnion(match.needed)
            return match
        }
    }
}
