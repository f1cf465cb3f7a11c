import MailTypes

/// How much of the public Internet a set of addresses is, by the bounds of `check` (language page, Meaning 5).
public enum AddressWidth: Hashable, Sendable, Comparable {
    /// Less than a /16 of IPv4 or a /48 of IPv6.
    case narrow
    /// More than one administrator answers for.
    case wide
    /// More than a /8 of IPv4 or a /20 of IPv6: strangers.
    case strangers

    public init(_ set: AddressSet) {
        let open = set.subtracting(.notPublic)
        let (few, many) = (open.count(.v4), open.count(.v6))
        self =
            if set.holdsStrangers { .strangers } else if few >= 1 << 16 || many >= 1 << 80 { .wide } else { .narrow }
    }
}
