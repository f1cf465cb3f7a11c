import MailTypes

/// Who gets past refusals that ask for nothing but an address or a login, where those are few: a server that relays for
/// everybody who may connect relays for no more than these.
enum RefusalReach {
    case clients(AddressSet)
    /// Whoever has logged in.
    case logins

    /// Nil where strangers get past, or where it depends on more than that.
    init?(_ refuse: [RuleDraft]) {
        var (passed, refused): ([IPRange], [IPRange]) = ([], [])
        var admitsLogins = false
        for rule in refuse {
            let clients = rule.clientsByAddressAlone
            switch rule.verb {
            case .pass:
                if let clients { passed += clients } else if rule.passesEveryLogin { admitsLogins = true } else { return nil }
            case .reject, .rejectConnection: refused += clients ?? []
            case .permit, .defer: break
            }
        }
        let reached = AddressSet(refused).complement.union(AddressSet(passed))
        if admitsLogins {
            guard reached.isEmpty else { return nil }
            self = .logins
        } else {
            guard !reached.holdsStrangers else { return nil }
            self = .clients(reached)
        }
    }
}

extension RuleDraft {
    fileprivate var passesEveryLogin: Bool {
        lines.map(\.keyword) == ["login"] && lines[0].values == [Value("any")]
    }

    /// The clients of a rule that asks for an address alone.
    fileprivate var clientsByAddressAlone: [IPRange]? {
        guard let line = lines.first, line.keyword == "from", lines.dropFirst().allSatisfy({ $0.keyword == "reply" }) else {
            return nil
        }
        func ranges(_ values: [Value]) -> [IPRange] { values.compactMap { try? AddressSet.parse($0.text) } }
        guard !line.exceptions.isEmpty else { return ranges(line.values) }
        return AddressSet(ranges(line.values)).subtracting(AddressSet(ranges(line.exceptions))).ranges
    }

    /// Whether it permits everybody, or everybody who says something that anybody can say.
    var permitsWithoutProof: Bool {
        let keywords = lines.map(\.keyword)
        return keywords.contains("proof") && !keywords.contains("from") && !keywords.contains("login") && !isForDestinations
    }

    /// The same permit for those alone whom refusals let through.
    func reaching(_ reach: RefusalReach) -> RuleDraft {
        var rule = self
        rule.lines.removeAll { $0.keyword == "proof" }
        switch reach {
        case .clients(let clients): rule.from(clients)
        case .logins: rule.login()
        }
        return rule
    }
}
