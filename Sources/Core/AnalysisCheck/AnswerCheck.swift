import JSONText
import MailTypes
import RelayPolicy

/// Holds an answer of `who-can-relay --json` against the rules, read plainly.
///
/// It trusts nothing of the analysis: it reads the JSON by itself, makes requests of the policy's own boundary points
/// and at random, and asks `Policy.decidePlainly` of each. The answer is right on a request if it is in exactly one
/// class and relayed by that class's rule, or in none and not relayed. A right answer on all of them is no proof for
/// those in between, but a set that is wrong is wrong at one of its ends.
public struct AnswerCheck {
    /// Requests made of boundary points.
    public private(set) var boundaryRequests = 0
    public private(set) var randomRequests = 0
    /// Witnesses of the answer that were tried.
    public private(set) var witnesses = 0
    public private(set) var disagreement: Disagreement?

    public struct Disagreement {
        public var request: RelayRequest
        /// The permit that relays it; nil if none does.
        public var relayedBy: String?
        /// The rules of the classes that it is in.
        public var classes: [String]
    }

    private let policy: Policy
    private var rules: RulesByClient
    private let grants: [WrittenGrant]
    private let now: Instant
    private let knownListeners: Set<String>
    private var random: RandomBits

    /// `answer` is the JSON; `witnesses` the requests that its grants give, read by whoever reads requests.
    public init(_ answer: JSONValue, of policy: Policy, at now: Instant, seed: UInt64) throws(AnswerProblem) {
        guard case .array(let written)? = answer["grants"] else { throw AnswerProblem("there is no list of `grants`") }
        var grants: [WrittenGrant] = []
        for one in written { grants.append(try WrittenGrant(one)) }
        (self.grants, self.policy, self.now) = (grants, policy, now)
        rules = RulesByClient(policy)
        knownListeners = Set(
            policy.listeners.map(\.name)
                + policy.allRules.flatMap { $0.conditions.listeners ?? [] })
        random = RandomBits(state: seed)
    }

    /// Up to so many boundary requests every value is put into every basis; beyond, the values of a rule into the basis
    /// of that rule, and every value into an everyday request.
    private static let mostBoundary = 400_000

    /// Tries witnesses, boundary points and `count` random requests, up to the first disagreement.
    public mutating func run(witnesses given: [RelayRequest], random count: Int) {
        for witness in given {
            witnesses += 1
            guard agrees(witness) else { return }
        }
        let points = BoundaryPoints(policy)
        guard runBoundary(points, given) else { return }
        for _ in 0..<count {
            randomRequests += 1
            guard agrees(randomRequest(points)) else { return }
        }
    }

    // MARK: Requests

    /// Each boundary value put into requests that meet the rules, one fact at a time.
    private mutating func runBoundary(_ points: BoundaryPoints, _ witnesses: [RelayRequest]) -> Bool {
        let rules = policy.allRules
        let isSmall = points.count * (rules.count + witnesses.count + 1) <= Self.mostBoundary
        var bases = [(everydayRequest(), points)]
        for rule in rules {
            bases.append(
                (
                    BoundaryPoints.request(meeting: rule, policy, at: now),
                    isSmall ? points : BoundaryPoints(policy, of: [rule], most: 20)
                ))
        }
        if isSmall { bases += witnesses.map { ($0, points) } }
        for (base, points) in bases {
            for changed in Self.variants(of: base, points) {
                boundaryRequests += 1
                guard agrees(changed) else { return false }
            }
        }
        return true
    }

    private static func variants(of base: RelayRequest, _ points: BoundaryPoints) -> [RelayRequest] {
        var variants: [RelayRequest] = []
        func vary<Value>(_ key: WritableKeyPath<RelayRequest, Value>, _ values: [Value]) {
            for value in values {
                var changed = base
                changed[keyPath: key] = value
                variants.append(changed)
            }
        }
        vary(\.client, points.clients)
        vary(\.localAddress, points.localAddresses)
        vary(\.clientName, points.names)
        vary(\.helo, points.helo)
        vary(\.heloStatus, points.heloStatuses)
        vary(\.listener, points.listeners)
        vary(\.login, points.logins)
        vary(\.popLogin, points.popLogins)
        vary(\.reversePath, points.senders)
        vary(\.forwardPath, points.recipients)
        for words in points.certificates {
            for listener in points.listeners {
                var changed = base
                (changed.certificates, changed.tlsVersion, changed.listener) = (words, "TLSv1.3", listener)
                variants.append(changed)
            }
        }
        var plain = base
        (plain.certificates, plain.tlsVersion) = ([], nil)
        variants.append(plain)
        return variants
    }

    private func everydayRequest() -> RelayRequest {
        RelayRequest(client: IPAddress(v4: 0xc633_6407), forwardPath: WrittenPath(.postmaster), now: now)
    }

    private mutating func randomRequest(_ points: BoundaryPoints) -> RelayRequest {
        var request = everydayRequest()
        request.client = random.pick(points.clients)
        request.reversePath = random.pick(points.senders)
        request.forwardPath = random.pick(points.recipients)
        if random.isOneOf(2) { request.login = random.pick(points.logins) }
        if random.isOneOf(3) { request.popLogin = random.pick(points.popLogins) }
        if random.isOneOf(2) { request.listener = random.pick(points.listeners) }
        if random.isOneOf(2) { request.localAddress = random.pick(points.localAddresses) }
        if random.isOneOf(2) { request.clientName = random.pick(points.names) }
        if random.isOneOf(2) { request.helo = random.pick(points.helo) }
        if random.isOneOf(2) { request.heloStatus = random.pick(points.heloStatuses) }
        if random.isOneOf(2) {
            request.tlsVersion = "TLSv1.3"
            request.certificates = random.pick(points.certificates)
        }
        return request
    }

    // MARK: One request

    /// True also for what no class speaks of: a recipient's form that is refused before any rule, and a listener
    /// that observes.
    private mutating func agrees(_ request: RelayRequest) -> Bool {
        guard let path = policy.canonicalPath(of: request.forwardPath, from: request.reversePath),
            !policy.observes, !(policy.listeners.first { $0.name == request.listener }?.observes ?? false)
        else { return true }
        var relayedBy: String?
        let rules = rules.policy(for: request.client)
        if rules.connectionRefusal(request) == nil, rules.demands(of: request) == nil {
            let decision = rules.decidePlainly(request)
            if decision.verdict == .permit, decision.reason == .relayRule { relayedBy = decision.rule?.name }
        }
        let listener = request.listener.flatMap { knownListeners.contains($0) ? $0 : nil }
        let classes = grants.filter { $0.holds(request, to: path, listener: listener, under: policy) }.map(\.rule)
        if classes == (relayedBy.map { [$0] } ?? []) { return true }
        disagreement = Disagreement(request: request, relayedBy: relayedBy, classes: classes)
        return false
    }
}

/// SplitMix64: numbers that a seed settles.
private struct RandomBits {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(next() % UInt64(elements.count))]
    }

    mutating func isOneOf(_ count: UInt64) -> Bool { next() % count == 0 }
}
