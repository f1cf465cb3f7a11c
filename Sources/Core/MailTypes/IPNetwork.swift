/// A CIDR network: an address whose host bits are zero, and the number of bits that count.
public struct IPNetwork: Hashable, Sendable {
    public let address: IPAddress
    /// 0...32 or 0...128.
    public let prefixLength: Int

    /// Nil unless the prefix fits the family and every bit behind it is zero.
    public init?(address: IPAddress, prefixLength: Int) { fatalError("stub") }

    public var range: IPRange { fatalError("stub") }
}

/// All addresses of one family from `first` to `last`, both included.
public struct IPRange: Hashable, Sendable {
    public let first: IPAddress
    public let last: IPAddress

    /// Nil if the ends are of different families or in the wrong order.
    public init?(first: IPAddress, last: IPAddress) { fatalError("stub") }
}
