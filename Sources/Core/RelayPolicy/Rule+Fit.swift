import MailTypes

extension Rule {
    /// What is found of each condition that is written, in order, and looking at all of them.
    func findings(_ request: RelayRequest, to path: ForwardPath, in policy: Policy) -> [Finding] {
        Condition.allCases.compactMap { condition in
            fit(of: condition, request, to: path, in: policy).map { Finding(condition: condition, fit: $0) }
        }
    }

    /// Whether one condition fits; nil when it is not written.
    private func fit(
        of condition: Condition, _ request: RelayRequest, to path: ForwardPath, in policy: Policy
    ) -> Fit? {
        switch condition {
        case .from: conditions.from.map { request.clientIsUnknown ? .unknown : Fit($0.set.contains(request.client)) }
        case .name: conditions.name.map { $0.fit(request.clientName) }
        case .localAddress:
            conditions.localAddress.map { addresses in
                request.clientIsUnknown ? .unknown : Fit(request.localAddress.map(addresses.set.contains) ?? false)
            }
        case .listener: conditions.listeners.map { names in Fit(request.listener.map(names.contains) ?? false) }
        case .helo: conditions.helo.map { $0.fit(request) }
        case .login: conditions.login.map { $0.fit(request.login) }
        case .tls: conditions.tls.map { Fit($0.holds(request)) }
        case .pop: conditions.needsPOPLogin ? request.fitOfRecentPOPLogin : nil
        case .sender: conditions.sender.map { Fit($0.set.contains(request.reversePath)) }
        case .senderOwnedByLogin: conditions.senderOwnedByLogin ? fitOfOwnership(request, in: policy) : nil
        case .to: conditions.to.map { Fit($0.set.contains(path)) }
        case .until: liveUntil.map { fitOfDate($0, request) }
        }
    }

    /// `until` counts on permits only. On a reject it would open, at a date, what the reject keeps shut (Meaning 8).
    var liveUntil: CalendarDay? { verb == .permit ? until : nil }

    private func fitOfDate(_ lastDay: CalendarDay, _ request: RelayRequest) -> Fit {
        // A clock that is behind and already past the day leaves no doubt.
        if request.now.day > lastDay { return .fails }
        return request.clockIsBehind ? .unknown : .fits
    }

    /// `sender owned-by-login` (Meaning 15): the login that counts is the one that the rule asks for; where it asks
    /// for both, either may own; where it asks for neither, that of SMTP AUTH.
    private func fitOfOwnership(_ request: RelayRequest, in policy: Policy) -> Fit {
        var fit = Fit.fails
        if conditions.login != nil || !conditions.needsPOPLogin {
            fit = fit.or(request.login.fit { policy.login($0.name, owns: request.reversePath) })
        }
        if conditions.needsPOPLogin {
            fit = fit.or(request.popLogin.fit { policy.login($0.name, owns: request.reversePath) })
        }
        return fit
    }
}

extension Policy {
    /// `<>` belongs to every login, and to a login without a name nothing else does (Meaning 15).
    public func login(_ name: String?, owns path: ReversePath) -> Bool {
        if path == .null { return true }
        guard let name else { return false }
        let folded = name.withCaseFolded
        // `String` takes canonically equivalent names for one; a login is its bytes.
        guard let index = ownership.index(forKey: folded), ownership[index].key.utf8.elementsEqual(folded.utf8) else {
            return false
        }
        return ownership[index].value.contains(path)
    }
}

extension RelayRequest {
    /// By a clock that is behind, a login stays recent for too long, so that nobody can tell (Meaning 8).
    var fitOfRecentPOPLogin: Fit {
        switch popLogin {
        case .known: clockIsBehind ? .unknown : .fits
        case .absent: .fails
        case .unknown: .unknown
        }
    }
}

extension RelayRequest.Fact {
    func fit(_ condition: (Value) -> Bool) -> Fit {
        switch self {
        case .known(let value): Fit(condition(value))
        case .absent: .fails
        case .unknown: .unknown
        }
    }
}
