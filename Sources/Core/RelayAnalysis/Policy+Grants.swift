import MailTypes
import RelayPolicy

extension Policy {
    /// Every permitted relaying, as disjoint classes in the order of the rules, each with a witness. Exact for every
    /// request whose recipient's address form is taken (Meaning 10) and that comes by no listener that observes.
    ///
    /// `isPublicSuffix` says of a domain whether strangers register names below it. `effort` is what the classes may
    /// cost, and once more what the question about strangers may.
    public func whoCanRelay(
        at now: Instant, narrowedTo narrowing: Narrowing? = nil, effort: Int = Effort.standard,
        isPublicSuffix: (Domain) -> Bool
    ) -> RelayAnswer {
        do throws(EffortSpent) {
            let grants = try grants(at: now, narrowedTo: narrowing, effort: effort)
            // All classes say who strangers are too, and a second search would cost as much again.
            let strangers =
                narrowing == nil
                ? strangers(by: grants, isPublicSuffix)
                : strangers(at: now, effort: effort, isPublicSuffix: isPublicSuffix)
            return RelayAnswer(grants: grants, strangers: strangers)
        } catch {
            let strangers = strangers(at: now, effort: effort, isPublicSuffix: isPublicSuffix)
            return RelayAnswer(grants: nil, effortSpent: error, strangers: strangers)
        }
    }

    /// The classes alone.
    public func grants(
        at now: Instant, narrowedTo narrowing: Narrowing? = nil, effort: Int = Effort.standard
    ) throws(EffortSpent) -> [Grant] {
        guard !observes else { return [] }
        let space = try RequestSpace([self], narrowedTo: narrowing.map { [$0] } ?? [], Work(effort))
        var grants: [Grant] = []
        for rule in permitsInForce(at: now) {
            grants += try space.grants(of: rule, 0, by: [space.question(grantsOf: rule, 0, on: now.day)], at: now)
        }
        return grants
    }

    /// Places in `relay`.
    func permitsInForce(at now: Instant) -> [Int] {
        relay.indices.filter { relay[$0].verb == .permit && relay[$0].isInForce(on: now.day) }
    }

    // MARK: Risks

    /// Addresses that a proxy, a container bridge or NAT may give to any client.
    private static let borrowed = AddressSet(
        [("10.0.0.0", 8), ("172.16.0.0", 12), ("192.168.0.0", 16), ("127.0.0.0", 8), ("169.254.0.0", 16), ("100.64.0.0", 10),
         ("::1", 128), ("fc00::", 7), ("fe80::", 10)]
            .compactMap { text, length in
                IPAddress(text).flatMap { IPNetwork(address: $0, prefixLength: length) }?.range
            })

    /// What is risky about addresses that relay without any other proof.
    static func risks(ofAddresses clients: AddressSet) -> [Risk] {
        (clients.isWide ? [.wide] : []) + (clients.intersection(borrowed).isEmpty ? [] : [.addressMayBeAProxy])
    }

    func risks(of rule: Rule, _ requests: RequestClass, ofAddresses: (AddressSet) -> [Risk]) -> [Risk] {
        var risks: [Risk] = []
        if !requests.ownership.contains(where: \.holds) { risks.append(.clientChoosesSender) }
        if requests.needsName { risks.append(.trustsDNS) }
        if !requests.needsMoreThanAddress { risks += ofAddresses(requests.clients) }
        if requests.pop == true { risks.append(.weakProof) }
        if rule.proofNone { risks.append(.noProof) }
        if rule.limits.isEmpty { risks.append(.noLimit) }
        return risks
    }
}

extension RequestClass {
    /// Whether a confirmed name is needed.
    public var needsName: Bool { names.map { !$0.hasSpecial } ?? false }

    /// Whether it asks for a login, certificate, POP login or name.
    public var needsMoreThanAddress: Bool {
        !logins.hasNone || pop == true || !certificates.each.isEmpty || needsName
    }
}
