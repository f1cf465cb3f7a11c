import MailTypes

extension Rule {
    /// Whether it permits by the client's address, without a login, a certificate, a POP login or a host name.
    public var permitsByAddressAlone: Bool {
        guard verb == .permit, !observes, conditions.from != nil, conditions.login == nil, !conditions.needsPOPLogin
        else { return false }
        if case .certificate = conditions.tls { return false }
        if case .oneOf = conditions.name { return false }
        return true
    }
}

extension Policy {
    /// Whether a host name is a local domain, or below one.
    public func isOurs(_ name: Domain) -> Bool {
        sequence(first: name, next: \.parent).contains { local.index(for: $0) != nil }
    }

    /// Private addresses that some rule permits by themselves. Behind one of them there may be more than one thinks: a
    /// proxy, a container bridge, a router.
    public var privateAddressesPermitted: AddressSet {
        relay.filter(\.permitsByAddressAlone).compactMap(\.conditions.from?.set)
            .reduce(AddressSet()) { $0.union($1) }.intersection(.notPublic)
    }
}
