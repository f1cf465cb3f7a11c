import MailTypes

/// The conditions of one rule that no index answers, with hashed lists. A class for the reason of
/// `CompiledRules`.
final class RemainingConditions: Sendable {
    let verb: Rule.Verb
    let observes: Bool
    let senderOwnedByLogin: Bool
    let nameFacts: NameFacts
    private let name: Names?
    private let nameNone: Bool
    private let listeners: [String]?
    private let heloNames: Names?
    private let heloStatus: RelayRequest.HeloStatus?
    private let needsLogin: Bool
    private let logins: Set<[UInt8]>?
    private let mechanisms: [String]?
    private let needsTLS: Bool
    private let certificates: Set<[UInt8]>?
    private let needsPOPLogin: Bool
    private let until: CalendarDay?
    /// Nothing here can fail.
    private let fitsEveryClient: Bool

    init(_ rule: Rule) {
        let conditions = rule.conditions
        (verb, observes, senderOwnedByLogin) = (rule.verb, rule.observes, conditions.senderOwnedByLogin)
        nameFacts = conditions.nameFacts
        if case .oneOf(let exact, let below)? = conditions.name {
            name = Names(exact, below)
        } else {
            name = nil
        }
        nameNone = conditions.name == Conditions.HostNames.none
        listeners = conditions.listeners
        switch conditions.helo {
        case nil: (heloNames, heloStatus) = (nil, nil)
        case .oneOf(let exact, let below): (heloNames, heloStatus) = (Names(exact, below), nil)
        case .verified: (heloNames, heloStatus) = (nil, .verified)
        case .unverified: (heloNames, heloStatus) = (nil, .unverified)
        }
        needsLogin = conditions.login != nil
        logins = conditions.login?.names.map { Set($0.map(\.utf8.withCaseFolded)) }
        mechanisms = conditions.login?.mechanisms
        needsTLS = conditions.tls == .any
        if case .certificate(let accepted)? = conditions.tls {
            certificates = Set(accepted.map { Array($0.utf8) })
        } else {
            certificates = nil
        }
        needsPOPLogin = conditions.needsPOPLogin
        until = rule.liveUntil
        fitsEveryClient =
            conditions.name == nil && conditions.listeners == nil && conditions.helo == nil
            && conditions.login == nil && conditions.tls == nil && !conditions.needsPOPLogin && until == nil
    }

    /// All but sender and recipient (Meaning 11).
    func fitOfClient(_ request: RelayRequest, _ client: ClientFacts) -> Fit {
        if fitsEveryClient { return .fits }
        if let listeners, !(request.listener.map(listeners.contains) ?? false) { return .fails }
        if needsTLS && request.tlsVersion == nil { return .fails }
        if let certificates, !client.certificates.contains(where: certificates.contains) { return .fails }
        if let heloNames, !(client.helo.map(heloNames.contain) ?? false) { return .fails }
        var fit = Fit.fits
        if needsLogin { fit = fit.and(fitOfLogin(request.login, client)) }
        if needsPOPLogin { fit = fit.and(request.fitOfRecentPOPLogin) }
        if let until { fit = fit.and(fitOfDate(until, request, today: client.today)) }
        if let heloStatus { fit = fit.and(fitOfStatus(heloStatus, request.heloStatus)) }
        if let name { fit = fit.and(name.fit(request.clientName)) }
        if nameNone { fit = fit.and(fitOfNoName(request.clientName)) }
        return fit
    }

    func fitOfOwnership(
        _ request: RelayRequest, _ client: ClientFacts, _ ownership: OwnershipIndex
    ) -> Fit {
        let byLogin = needsLogin || !needsPOPLogin
        var mayFit = false
        if byLogin {
            if client.login.map({ ownership.login($0, owns: request.reversePath) }) ?? false { return .fits }
            mayFit = request.login == .unknown
        }
        if needsPOPLogin {
            switch request.popLogin {
            case .known(let login):
                if request.reversePath == .null { return .fits }
                if let name = login.name, ownership.login(name.utf8.withCaseFolded, owns: request.reversePath) {
                    return .fits
                }
            case .absent: break
            case .unknown: mayFit = true
            }
        }
        return mayFit ? .unknown : .fails
    }

    private func fitOfLogin(_ login: RelayRequest.Fact<RelayRequest.Login>, _ client: ClientFacts) -> Fit {
        switch login {
        case .absent: return .fails
        case .unknown: return .unknown
        case .known(let login):
            if let logins, !(client.login.map(logins.contains) ?? false) { return .fails }
            guard let mechanisms else { return .fits }
            return Fit(
                login.mechanism.map { said in mechanisms.contains { $0.utf8.equalsWithCaseFolded(said.utf8) } }
                    ?? false)
        }
    }

    private func fitOfDate(_ lastDay: CalendarDay, _ request: RelayRequest, today: CalendarDay) -> Fit {
        today > lastDay ? .fails : request.clockIsBehind ? .unknown : .fits
    }

    private func fitOfStatus(_ wanted: RelayRequest.HeloStatus, _ status: RelayRequest.HeloStatus) -> Fit {
        status == .temporary ? .unknown : Fit(status == wanted)
    }

    private func fitOfNoName(_ name: RelayRequest.ClientName) -> Fit {
        switch name {
        case .confirmed: .fails
        case .absent, .forged: .fits
        case .temporary: .unknown
        }
    }

    /// Host names, exact or below others.
    private struct Names: Sendable {
        private let domains: DomainIndex
        private let isEmpty: Bool

        init(_ exact: [Domain], _ below: [Domain]) {
            domains = DomainIndex(
                exact.map { (domain: $0, isAncestor: false, number: 0) }
                    + below.map { (domain: $0, isAncestor: true, number: 0) })
            isEmpty = exact.isEmpty && below.isEmpty
        }

        func contain(_ domain: Domain) -> Bool { domains.number(for: domain) != nil }

        func fit(_ name: RelayRequest.ClientName) -> Fit {
            switch name {
            case .confirmed(let name): Fit(contain(name))
            case .absent, .forged: .fails
            case .temporary(let candidate?): contain(candidate) ? .unknown : .fails
            case .temporary(nil): isEmpty ? .fails : .unknown
            }
        }
    }
}
