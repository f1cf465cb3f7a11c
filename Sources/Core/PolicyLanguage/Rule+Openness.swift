import RelayPolicy

extension Rule {
    /// Whether it asks for no login, certificate, POP login or host name. A name pattern over a public suffix asks
    /// for nothing, since anybody can have such a name.
    var isOpen: Bool {
        if conditions.login != nil || conditions.needsPOPLogin { return false }
        if case .certificate = conditions.tls { return false }
        guard case .oneOf(_, let below) = conditions.name else { return true }
        return below.contains(where: PublicSuffixes.contains)
    }
}
