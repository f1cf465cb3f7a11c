import MailTypes
import RelayPolicy

extension Policy {
    /// Every permitted relaying, as disjoint classes in the order of the rules, each with a witness. Exact for every
    /// request whose recipient's address form is taken (Meaning 10) and that comes by no listener that observes.
    ///
    /// `isPublicSuffix` says of a domain whether strangers register names below it.
    public func whoCanRelay(
        at now: Instant, narrowedTo narrowing: Narrowing? = nil, isPublicSuffix: (Domain) -> Bool
    ) -> RelayAnswer {
        let everyone = grants(at: now, narrowedTo: nil)
        let strangers = strangers(by: everyone, isPublicSuffix)
        return RelayAnswer(
            grants: narrowing == nil ? everyone : grants(at: now, narrowedTo: narrowing),
            strangersCanRelay: strangers.answer, openRules: strangers.rules)
    }

    /// The classes alone.
    public func grants(at now: Instant, narrowedTo narrowing: Narrowing? = nil) -> [Grant] {
        guard !observes else { return [] }
        let space = RequestSpace([self], narrowedTo: narrowing.map { [$0] } ?? [])
        return relay.indices.flatMap { rule -> [Grant] in
            guard relay[rule].verb == .permit, relay[rule].isInForce(on: now.day) else { return [] }
            return space.classes(space.question(grantsOf: rule, 0, on: now.day)).compactMap { requests in
                requests.witness(under: [self], at: now).map { witness in
                    Grant(rule: rule, requests: requests, risks: risks(of: relay[rule], requests), witness: witness)
                }
            }
        }
    }

    // MARK: Risks

    /// Addresses that a proxy, a container bridge or NAT may give to any client.
    private static let borrowed = AddressSet(
        [("10.0.0.0", 8), ("172.16.0.0", 12), ("192.168.0.0", 16), ("127.0.0.0", 8), ("169.254.0.0", 16), ("100.64.0.0", 10),
         ("::1", 128), ("fc00::", 7), ("fe80::", 10)]
            .compactMap { text, length in
                IPAddress(text).flatMap { IPNetwork(address: $0, prefixLength: length) }?.range
            })

    func risks(of rule: Rule, _ requests: RequestClass) -> [Risk] {
        var risks: [Risk] = []
        if !requests.ownership.contains(where: \.holds) { risks.append(.clientChoosesSender) }
        if requests.needsName { risks.append(.trustsDNS) }
        let byAddressAlone = !requests.needsMoreThanAddress
        let open = requests.clients.subtracting(.notPublic)
        if byAddressAlone, open.count(.v4) > 1 << 16 || open.count(.v6) > 1 << 80 { risks.append(.wide) }
        if byAddressAlone, !requests.clients.intersection(Self.borrowed).isEmpty { risks.append(.addressMayBeAProxy) }
        if requests.pop == true { risks.append(.weakProof) }
        if rule.proofNone { risks.append(.noProof) }
        if rule.limits.isEmpty { risks.append(.noLimit) }
        return risks
    }

    // MARK: Strangers

    private func strangers(
        by grants: [Grant], _ isPublicSuffix: (Domain) -> Bool
    ) -> (answer: StrangersAnswer, rules: [RelayAnswer.OpenRule]) {
        var rules: [RelayAnswer.OpenRule] = []
        for grant in grants {
            let requests = grant.requests
            guard requests.logins.hasNone, requests.pop != true, requests.certificates.each.isEmpty,
                !requests.needsName || relay[grant.rule].takesNamesOfAnybody(isPublicSuffix)
            else { continue }
            let addresses = requests.clients.subtracting(.notPublic)
            if rules.last?.rule == grant.rule {
                rules[rules.count - 1].addresses = rules[rules.count - 1].addresses.union(addresses)
            } else {
                rules.append(RelayAnswer.OpenRule(rule: grant.rule, addresses: addresses))
            }
        }
        let all = rules.reduce(AddressSet()) { $0.union($1.addresses) }
        if grants.contains(where: { relay[$0.rule].proofNone }) || all.count(.v4) > 1 << 24 || all.count(.v6) > 1 << 108 {
            return (.yes, rules)
        }
        let anyObserves = observes || listeners.contains(where: \.observes)
        return (anyObserves ? .asTheServerBehind : .no, rules)
    }
}

extension Rule {
    /// Whether anybody can have a name that its `name` line takes.
    fileprivate func takesNamesOfAnybody(_ isPublicSuffix: (Domain) -> Bool) -> Bool {
        guard case .oneOf(_, let below) = conditions.name else { return false }
        return below.contains(where: isPublicSuffix)
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
