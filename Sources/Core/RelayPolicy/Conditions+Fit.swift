import MailTypes

extension Conditions.HostNames {
    func fit(_ name: RelayRequest.ClientName) -> Fit {
        switch (self, name) {
        case (.oneOf(let exact, let below), .confirmed(let name)):
            Fit(name.isOne(of: exact, orBelow: below))
        case (.oneOf, .absent), (.oneOf, .forged): .fails
        // That name or none: it may fit only if that name does.
        case (.oneOf(let exact, let below), .temporary(let candidate?)):
            candidate.isOne(of: exact, orBelow: below) ? .unknown : .fails
        case (.oneOf(let exact, let below), .temporary(nil)):
            exact.isEmpty && below.isEmpty ? .fails : .unknown
        case (.none, .confirmed): .fails
        case (.none, .absent), (.none, .forged): .fits
        case (.none, .temporary): .unknown
        }
    }
}

extension Conditions.HeloCondition {
    func fit(_ request: RelayRequest) -> Fit {
        switch (self, request.heloStatus) {
        case (.oneOf(let exact, let below), _):
            // A HELO argument that is no domain is no name of anybody's list.
            Fit(request.heloDomain.map { $0.isOne(of: exact, orBelow: below) } ?? false)
        case (.verified, .verified), (.unverified, .unverified): .fits
        case (.verified, .temporary), (.unverified, .temporary): .unknown
        case (.verified, _), (.unverified, _): .fails
        }
    }
}

extension Conditions.LoginCondition {
    func fit(_ login: RelayRequest.Fact<RelayRequest.Login>) -> Fit {
        login.fit { login in holds(name: login.name) && holds(mechanism: login.mechanism) }
    }

    func holds(name: String) -> Bool {
        guard let names else { return true }
        return names.contains { $0.utf8.equalsWithCaseFolded(name.utf8) }
    }

    func holds(mechanism: String?) -> Bool {
        guard let mechanisms else { return true }
        return mechanism.map { said in mechanisms.contains { $0.utf8.equalsWithCaseFolded(said.utf8) } } ?? false
    }
}

extension Conditions.TLSCondition {
    func holds(_ request: RelayRequest) -> Bool {
        switch self {
        case .any: request.tlsVersion != nil
        case .certificate(let accepted):
            request.certificates.contains { shown in accepted.contains { $0.utf8.elementsEqual(shown.utf8) } }
        }
    }
}

extension RelayRequest {
    /// The HELO argument as a domain or literal; nil if it is neither.
    var heloDomain: Domain? { helo.flatMap { try? Domain(parsing: $0) } }
}

extension Domain {
    func isOne(of exact: [Domain], orBelow ancestors: [Domain]) -> Bool {
        exact.contains(self) || ancestors.contains(where: isBelow)
    }
}
