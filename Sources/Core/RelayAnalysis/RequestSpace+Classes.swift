import MailTypes
import RelayPolicy

extension RequestSpace {
    /// A product in the words of the language.
    func classes(_ product: [[Int]?]) throws(EffortSpent) -> [RequestClass] {
        /// The groups of a dimension that are in; nil when all are.
        func groups(_ dimension: Dimension) -> [Int]? {
            let axis = place(dimension)
            return product[axis].map { atoms in atoms.flatMap { axes[axis].groupsOfAtom[$0] }.sorted() }
        }
        func yesOrNo(_ dimension: Dimension) -> Bool? { groups(dimension).map { $0 == [1] } }
        var made = RequestClass()
        made.listeners = groups(.listener).map { $0.map { listeners[$0] } }
        made.heloStatuses = groups(.heloStatus).map { $0.map { [.unasked, .verified, .unverified][$0] } }
        made.tls = yesOrNo(.tls)
        for (number, words) in writer.certificateGroups.enumerated() {
            guard let isShown = yesOrNo(.certificate(number)) else { continue }
            if isShown { made.certificates.each.append(words) } else { made.certificates.none += words }
        }
        // Nobody shows a certificate without TLS.
        if !made.certificates.each.isEmpty {
            if made.tls == false { return [] }
            made.tls = nil
        }
        if let groups = groups(.login) { made.logins = logins(groups) }
        if let groups = groups(.mechanism) {
            let others = groups.contains(mechanismNames.count)
            let named = groups.filter { $0 < mechanismNames.count }.map { mechanismNames[$0] }
            made.mechanisms =
                others
                ? RequestClass.Words(words: nil, exceptions: mechanismNames.filter { !named.contains($0) })
                : RequestClass.Words(words: named)
        }
        made.pop = yesOrNo(.pop)
        for policy in policies.indices {
            for by in [RequestClass.Ownership.By.login, .pop] {
                guard let holds = yesOrNo(.owned(by, policy: policy)) else { continue }
                made.ownership.append(RequestClass.Ownership(policy: policy, by: by, holds: holds))
            }
        }
        guard made.settleOwnership() else { return [] }
        made.clients = groups(.client).map(addresses) ?? .everything
        made.localAddresses = groups(.localAddress).map { groups in
            RequestClass.OptionalAddresses(
                hasNone: groups.contains(0), set: localAddresses.addresses(of: groups.filter { $0 > 0 }.map { $0 - 1 }))
        }
        try work.spend(100 + Self.costOfElement * (made.clients.ranges.count + (made.localAddresses?.set.ranges.count ?? 0)))
        var all = [made]
        if let groups = groups(.name) { all = try split(all, try nameSets(groups)) { $0.names = $1 } }
        if let groups = groups(.helo) { all = try split(all, try sets(of: groups, heloNames)) { $0.helo = $1 } }
        if let groups = groups(.sender) { all = try split(all, try senderSets(groups)) { $0.senders = $1 } }
        if let groups = groups(.to) { all = try split(all, try recipientSets(groups)) { $0.recipients = $1 } }
        return all
    }

    /// An element of a class is stored, printed, and asked about when the witness is looked for.
    private static let costOfElement = 5

    /// Each class once with each of the sets.
    private func split(
        _ all: [RequestClass], _ sets: [PathSet], _ put: (inout RequestClass, PathSet) -> Void
    ) throws(EffortSpent) -> [RequestClass] {
        try work.spend(all.count * (sets.reduce(0) { $0 + 20 + Self.costOfElement * $1.elements }))
        return all.flatMap { one in
            sets.map { set in
                var one = one
                put(&one, set)
                return one
            }
        }
    }

    /// To describe a set every region is looked at.
    private func sets(of groups: [Int], _ dimension: PathDimension) throws(EffortSpent) -> [PathSet] {
        try work.spend(dimension.nodes.count + dimension.mailboxes.count + 8 * dimension.localParts.count)
        let sets = dimension.sets(of: groups)
        try work.spend(sets.count * dimension.nodes.count)
        return sets
    }

    private func addresses(of groups: [Int]) -> AddressSet {
        if let known = describedClients[groups] { return known }
        let set = clients.addresses(of: groups)
        describedClients[groups] = set
        return set
    }

    private func nameSets(_ groups: [Int]) throws(EffortSpent) -> [PathSet] {
        if let known = describedNames[groups] { return known }
        let sets = try sets(of: groups, names)
        describedNames[groups] = sets
        return sets
    }

    private func senderSets(_ groups: [Int]) throws(EffortSpent) -> [PathSet] {
        if let known = describedSenders[groups] { return known }
        let sets = try sets(of: groups, senders)
        describedSenders[groups] = sets
        return sets
    }

    private func recipientSets(_ groups: [Int]) throws(EffortSpent) -> [PathSet] {
        if let known = describedRecipients[groups] { return known }
        let sets = try sets(of: groups, recipients)
        describedRecipients[groups] = sets
        return sets
    }

    private func logins(_ groups: [Int]) -> RequestClass.Logins {
        let hasOthers = groups.contains(loginNames.count + 1)
        let named = groups.filter { (1...max(1, loginNames.count)).contains($0) && $0 <= loginNames.count }
            .map { loginNames[$0 - 1] }
        return RequestClass.Logins(
            hasNone: groups.contains(0), names: hasOthers ? nil : named,
            exceptions: hasOthers ? loginNames.filter { !named.contains($0) } : [])
    }
}

extension RequestClass {
    /// Takes away what a claim on ownership settles by itself: who owns has a login, and who has none owns nothing.
    /// False if nothing is left.
    fileprivate mutating func settleOwnership() -> Bool {
        for claim in ownership where claim.holds {
            switch claim.by {
            case .login: logins.hasNone = false
            case .pop:
                if pop == false { return false }
                pop = true
            }
        }
        if logins.isNoneAlone {
            if !logins.hasNone { return false }
            ownership.removeAll { $0.by == .login }
            mechanisms = nil
        }
        if pop == false { ownership.removeAll { $0.by == .pop } }
        return true
    }
}
