/// An IPv4 or IPv6 address.
///
/// The two families never equal or contain one another. An IPv4-mapped IPv6 address, as a dual-stack
/// socket reports it, is an IPv4 client and must be made one by `unmapped` before it is compared.
/// Other embeddings (6to4, NAT64, Teredo) stay IPv6, since anybody can choose them.
public struct IPAddress: Hashable, Sendable {
    public enum Family: UInt8, Hashable, Sendable, CaseIterable {
        case v4, v6

        /// Number of bits in an address of this family.
        public var width: Int { self == .v4 ? 32 : 128 }
        /// The highest address of this family.
        public var last: UInt128 { self == .v4 ? UInt128(UInt32.max) : .max }
    }

    public let family: Family
    /// The address as a number; an IPv4 address is in the low 32 bits.
    public let value: UInt128

    @inlinable
    public init(v4: UInt32) {
        (family, value) = (.v4, UInt128(v4))
    }

    @inlinable
    public init(v6: UInt128) {
        (family, value) = (.v6, v6)
    }

    @inlinable
    init(family: Family, value: UInt128) {
        precondition(value <= family.last, "\(value) is not an address of \(family)")
        (self.family, self.value) = (family, value)
    }

    /// The IPv4 address inside `::ffff:a.b.c.d`; any other address is returned as it is.
    public var unmapped: IPAddress {
        guard family == .v6, value >> 32 == 0xffff else { return self }
        return IPAddress(v4: UInt32(truncatingIfNeeded: value))
    }

    /// Of this very host: what is said there passes no network (RFC 1122 §3.2.1.3, RFC 4291 §2.5.3).
    public var isLoopback: Bool { family == .v4 ? value >> 24 == 127 : value == 1 }
}

extension IPAddress: Comparable {
    /// IPv4 sorts before IPv6.
    public static func < (a: IPAddress, b: IPAddress) -> Bool {
        a.family == b.family ? a.value < b.value : a.family == .v4
    }
}
