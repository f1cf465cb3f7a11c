import MailTypes
import RelayPolicy

extension Policy {
    /// Whether strangers can relay (Meaning 5), and by which rules.
    ///
    /// It is asked for clients alone, without the classes. If `effort` is spent first, the rules are read coarsely:
    /// the answer may then be that it cannot be told, and is never a wrong no.
    public func strangers(
        at now: Instant, effort: Int = Effort.standard, isPublicSuffix: (Domain) -> Bool
    ) -> StrangersReading {
        do throws(EffortSpent) {
            return try exactStrangers(at: now, effort: effort, isPublicSuffix)
        } catch {
            return coarseStrangers(at: now, isPublicSuffix)
        }
    }

    /// The addresses, public or not, that may relay something without a login, certificate, POP login or name.
    public func addressesThatRelay(at now: Instant, effort: Int = Effort.standard) throws(EffortSpent) -> AddressSet {
        guard !observes else { return AddressSet() }
        let space = try RequestSpace([self], Work(effort))
        var all = AddressSet()
        for rule in permitsInForce(at: now) {
            let question = space.question(grantsOf: rule, 0, on: now.day)
            all = all.union(try space.clientsWithoutProof(question, withoutName: true, at: now))
        }
        return all
    }

    private func exactStrangers(
        at now: Instant, effort: Int, _ isPublicSuffix: (Domain) -> Bool
    ) throws(EffortSpent) -> StrangersReading {
        var rules: [StrangersReading.OpenRule] = []
        var withoutProof: [Int] = []
        if !observes {
            let space = try RequestSpace([self], Work(effort))
            for rule in permitsInForce(at: now) {
                let question = space.question(grantsOf: rule, 0, on: now.day)
                if relay[rule].proofNone, try space.witness(question, at: now) != nil { withoutProof.append(rule) }
                let clients = try space.clientsWithoutProof(
                    question, withoutName: !relay[rule].takesNamesOfAnybody(isPublicSuffix), at: now)
                if !clients.isEmpty {
                    rules.append(StrangersReading.OpenRule(rule: rule, addresses: clients.subtracting(.notPublic)))
                }
            }
        }
        let isOpen = !withoutProof.isEmpty || Self.areStrangers(rules)
        return StrangersReading(answer: isOpen ? .yes : closed, openRules: rules, rulesWithoutProof: withoutProof)
    }

    /// The same of all classes, where they are known.
    func strangers(by grants: [Grant], _ isPublicSuffix: (Domain) -> Bool) -> StrangersReading {
        var open: [(rule: Int, ranges: [IPRange])] = []
        // The classes of a rule mostly have one of a few sets of clients.
        var met = Remembered<AddressSet, Void>()
        for grant in grants {
            let requests = grant.requests
            guard requests.logins.hasNone, requests.pop != true, requests.certificates.each.isEmpty,
                !requests.needsName || relay[grant.rule].takesNamesOfAnybody(isPublicSuffix)
            else { continue }
            if open.last?.rule != grant.rule {
                open.append((grant.rule, []))
                met = Remembered()
            }
            met.value(of: requests.clients) { open[open.count - 1].ranges += requests.clients.ranges }
        }
        let rules = open.map { rule, ranges in
            StrangersReading.OpenRule(rule: rule, addresses: AddressSet(ranges).subtracting(.notPublic))
        }
        let withoutProof = Set(grants.map(\.rule)).filter { relay[$0].proofNone }.sorted()
        let isOpen = !withoutProof.isEmpty || Self.areStrangers(rules)
        return StrangersReading(answer: isOpen ? .yes : closed, openRules: rules, rulesWithoutProof: withoutProof)
    }

    /// By what each permit says alone, as if no rule stood before it and no listener demanded anything.
    func coarseStrangers(at now: Instant, _ isPublicSuffix: (Domain) -> Bool) -> StrangersReading {
        var rules: [StrangersReading.OpenRule] = []
        let permits = observes ? [] : permitsInForce(at: now)
        for rule in permits where relay[rule].mayNeedAddressAlone(isPublicSuffix) {
            let addresses = relay[rule].conditions.from?.set ?? .everything
            rules.append(StrangersReading.OpenRule(rule: rule, addresses: addresses.subtracting(.notPublic)))
        }
        let withoutProof = permits.filter { relay[$0].proofNone }
        let mayBeOpen = !withoutProof.isEmpty || Self.areStrangers(rules)
        return StrangersReading(
            answer: mayBeOpen ? .cannotTell : closed, openRules: rules, rulesWithoutProof: withoutProof, isExact: false)
    }

    /// The answer where no rule lets strangers in.
    private var closed: StrangersAnswer { observes || listeners.contains(where: \.observes) ? .asTheServerBehind : .no }

    private static func areStrangers(_ rules: [StrangersReading.OpenRule]) -> Bool {
        rules.reduce(AddressSet()) { $0.union($1.addresses) }.holdsStrangers
    }
}

extension Rule {
    /// Whether anybody can have a name that its `name` line takes.
    fileprivate func takesNamesOfAnybody(_ isPublicSuffix: (Domain) -> Bool) -> Bool {
        guard case .oneOf(_, let below) = conditions.name else { return false }
        return below.contains(where: isPublicSuffix)
    }

    /// Whether none of its lines asks for a login, certificate, POP login or name of one's own.
    fileprivate func mayNeedAddressAlone(_ isPublicSuffix: (Domain) -> Bool) -> Bool {
        if case .certificate = conditions.tls { return false }
        if case .oneOf = conditions.name, !takesNamesOfAnybody(isPublicSuffix) { return false }
        return conditions.login == nil && !conditions.needsPOPLogin && !conditions.senderOwnedByLogin
    }
}
