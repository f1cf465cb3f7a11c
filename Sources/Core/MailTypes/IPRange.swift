/// All addresses of one family from `first` to `last`, both included.
public struct IPRange: Hashable, Sendable {
    public let family: IPAddress.Family
    /// The ends as numbers; `lower <= upper`.
    let lower: UInt128
    let upper: UInt128

    /// Nil if the ends are of different families or in the wrong order.
    public init?(first: IPAddress, last: IPAddress) {
        guard first.family == last.family, first.value <= last.value else { return nil }
        self.init(first.family, first.value, last.value)
    }

    /// For ends that are known to be in order.
    init(_ family: IPAddress.Family, _ lower: UInt128, _ upper: UInt128) {
        precondition(lower <= upper, "the range \(lower)-\(upper) is empty")
        (self.family, self.lower, self.upper) = (family, lower, upper)
    }

    public init(_ address: IPAddress) {
        self.init(address.family, address.value, address.value)
    }

    public var first: IPAddress { IPAddress(family: family, value: lower) }
    public var last: IPAddress { IPAddress(family: family, value: upper) }

    public func contains(_ address: IPAddress) -> Bool {
        address.family == family && lower <= address.value && address.value <= upper
    }

    /// The fewest networks that together are this range, in order.
    public var networks: [IPNetwork] {
        var networks: [IPNetwork] = []
        var next = lower
        while true {
            // The largest network that starts at `next`, halved until it ends within the range.
            var hostBits = min(next.trailingZeroBitCount, family.width)
            var last = next | ~(UInt128.max << UInt128(hostBits))
            while last > upper {
                hostBits -= 1
                last = next | ~(UInt128.max << UInt128(hostBits))
            }
            if let network = IPNetwork(
                address: IPAddress(family: family, value: next), prefixLength: family.width - hostBits)
            {
                networks.append(network)
            }
            guard last < upper else { return networks }
            next = last + 1
        }
    }
}

extension IPRange: CustomStringConvertible {
    /// A CIDR network where the range is one, a bare address where it is one, else `first-last`.
    public var description: String {
        if lower == upper { return "\(first)" }
        let networks = networks
        return networks.count == 1 ? "\(networks[0])" : "\(first)-\(last)"
    }
}
