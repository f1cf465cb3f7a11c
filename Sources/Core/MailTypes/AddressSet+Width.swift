extension AddressSet {
    /// Whether so much of it is public that whoever is let in by it may be a stranger: more than a /8 of IPv4 or a /20 of
    /// IPv6 is nobody's own (language page, Meaning 5).
    public var holdsStrangers: Bool { holdsPublic(moreThanIPv4: 1 << 24, orIPv6: 1 << 108) }

    /// Whether more of it is public than one site seldom has: a /16 of IPv4 or a /48 of IPv6.
    public var isWide: Bool { holdsPublic(moreThanIPv4: 1 << 16, orIPv6: 1 << 80) }

    /// Of all addresses of a family, the larger of both shares: 0 to 1.
    public var share: Double { max(Double(count(.v4)) / 0x1p32, Double(count(.v6)) / 0x1p128) }

    private func holdsPublic(moreThanIPv4 mostIPv4: UInt128, orIPv6 mostIPv6: UInt128) -> Bool {
        let open = subtracting(.notPublic)
        return open.count(.v4) > mostIPv4 || open.count(.v6) > mostIPv6
    }
}
