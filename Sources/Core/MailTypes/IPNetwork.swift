/// A CIDR network: an address whose host bits are zero, and the number of bits that count (RFC 4632 §3.1).
public struct IPNetwork: Hashable, Sendable {
    public let address: IPAddress
    /// 0...32 or 0...128.
    public let prefixLength: Int

    /// Nil unless the prefix fits the family and every bit behind it is zero.
    public init?(address: IPAddress, prefixLength: Int) {
        guard (0...address.family.width).contains(prefixLength),
            address.value & Self.hostMask(address.family, prefixLength) == 0
        else { return nil }
        (self.address, self.prefixLength) = (address, prefixLength)
    }

    /// The /24 of IPv4 or the /64 of IPv6 that an address is in: most often of one site.
    public init(siteOf address: IPAddress) {
        prefixLength = address.family == .v4 ? 24 : 64
        let hosts = Self.hostMask(address.family, prefixLength)
        self.address = IPAddress(family: address.family, value: address.value & ~hosts)
    }

    public var range: IPRange {
        let last = address.value | Self.hostMask(address.family, prefixLength)
        return IPRange(address.family, address.value, last)
    }

    /// Ones in the bits that number hosts.
    static func hostMask(_ family: IPAddress.Family, _ prefixLength: Int) -> UInt128 {
        // A shift by all 128 bits gives zero here, so that /0 of IPv6 has a mask of ones only.
        family.last & ~(UInt128.max << UInt128(family.width - prefixLength))
    }
}

extension IPNetwork: CustomStringConvertible {
    /// `192.0.2.0/24`, also for a single address: `192.0.2.1/32`.
    public var description: String { "\(address)/\(prefixLength)" }
}
