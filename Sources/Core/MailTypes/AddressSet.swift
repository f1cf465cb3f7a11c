/// A set of addresses, as sorted, disjoint, non-adjacent ranges for each family.
public struct AddressSet: Hashable, Sendable {
    public private(set) var ranges: [IPRange] = []

    public init() {}
    public init(_ ranges: [IPRange]) { fatalError("stub") }

    public static let everything = AddressSet()  // stub
    public var isEmpty: Bool { ranges.isEmpty }
    public func contains(_ address: IPAddress) -> Bool { fatalError("stub") }
    public func union(_ other: AddressSet) -> AddressSet { fatalError("stub") }
    public func intersection(_ other: AddressSet) -> AddressSet { fatalError("stub") }
    public func subtracting(_ other: AddressSet) -> AddressSet { fatalError("stub") }
    /// How many addresses of `family`; 2^128 saturates to `UInt128.max`.
    public func count(_ family: IPAddress.Family) -> UInt128 { fatalError("stub") }
    /// The fewest networks that are exactly this set.
    public var networks: [IPNetwork] { fatalError("stub") }
    /// Addresses that are not private, loopback, link-local, CGN or multicast (language page, Meaning 5).
    public static let notPublic = AddressSet()  // stub
}
