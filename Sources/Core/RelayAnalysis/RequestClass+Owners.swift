import MailTypes
import RelayPolicy

extension RequestClass {
    /// The same requests as disjoint classes that say of each login which senders are meant, instead of "the sender
    /// belongs to the login"; and that say apart what is with a login of a list and what is without any.
    public func byOwner(under policies: [Policy]) -> [RequestClass] {
        var classes = [self]
        for by in [Ownership.By.login, .pop] {
            classes = classes.flatMap { $0.byOwner(by, policies) }
        }
        return classes.flatMap { one -> [RequestClass] in
            guard one.logins.hasNone, let names = one.logins.names, !names.isEmpty else { return [one] }
            var (without, with) = (one, one)
            without.logins.names = []
            without.mechanisms = nil
            with.logins.hasNone = false
            return [without, with]
        }
    }

    private func byOwner(_ by: Ownership.By, _ policies: [Policy]) -> [RequestClass] {
        let claims = ownership.filter { $0.by == by }
        guard !claims.isEmpty else { return [self] }
        var base = self
        base.ownership.removeAll { $0.by == by }
        var classes: [RequestClass] = []
        func add(_ one: RequestClass, _ login: String?) {
            var sets = [senders]
            for claim in claims {
                let owned = login.flatMap { policies[claim.policy].ownership[$0]?.patterns } ?? []
                sets = claim.holds ? sets.flatMap { $0.intersection(owned) } : sets.map { $0.subtracting(owned) }
            }
            for set in sets where set.hasSpecial || set.patterns?.isEmpty != true {
                var one = one
                one.senders = set
                classes.append(one)
            }
        }
        if by == .login ? logins.hasNone : pop != true {
            // Who has no login owns nothing, not even `<>`.
            if !claims.contains(where: \.holds) {
                var none = base
                if by == .login {
                    none.logins = Logins(hasNone: true, names: [])
                    none.mechanisms = nil
                } else {
                    none.pop = false
                }
                classes.append(none)
            }
        }
        guard by == .login || pop != false else { return classes }
        let users = Set(claims.flatMap { policies[$0.policy].ownership.keys }).sorted()
        let set = by == .login ? Words(words: logins.names, exceptions: logins.exceptions) : popLogins ?? Words(words: nil)
        func with(_ words: Words) -> RequestClass {
            var one = base
            if by == .login {
                one.logins = Logins(hasNone: false, names: words.words, exceptions: words.exceptions)
            } else {
                (one.pop, one.popLogins) = (true, words)
            }
            return one
        }
        for user in users where set.contains(user) { add(with(Words(words: [user])), user) }
        if let words = set.words {
            let others = words.filter { !users.contains($0) }
            if !others.isEmpty { add(with(Words(words: others)), nil) }
        } else {
            add(with(Words(words: nil, exceptions: Set(set.exceptions + users).sorted())), nil)
        }
        return classes
    }
}

extension Grant {
    /// The grant in classes without claims on ownership, each with a witness of its own.
    public func byOwner(under policies: [Policy]) -> [Grant] {
        guard !requests.ownership.isEmpty || requests.logins.hasNone && requests.logins.names?.isEmpty == false else {
            return [self]
        }
        return requests.byOwner(under: policies).compactMap { one in
            one.witness(under: policies, at: witness.now).map {
                Grant(rule: rule, requests: one, risks: risks, witness: $0)
            }
        }
    }
}
