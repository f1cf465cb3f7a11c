extension IPAddress {
    /// What stands for whoever holds this address where clients are counted to keep them off: the address itself of
    /// IPv4, the /64 of IPv6 with its host bits zero. A /64 is the least that a site is given (RFC 6177 §2), and who has
    /// one has 2^64 addresses to come from.
    @inlinable
    public var holder: IPAddress {
        family == .v4 ? self : IPAddress(v6: value & ~UInt128(UInt64.max))
    }
}
