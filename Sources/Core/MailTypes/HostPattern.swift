/// A host name of the language: `host.example`, or `*.example` for every name below it and not itself.
public struct HostPattern: Hashable, Sendable {
    public var domain: Domain
    /// `*.domain`: names below it, not itself.
    public var isBelow: Bool

    public init(domain: Domain, isBelow: Bool) { (self.domain, self.isBelow) = (domain, isBelow) }

    public func matches(_ name: Domain) -> Bool { isBelow ? name.isBelow(domain) : name == domain }
}

extension HostPattern: CustomStringConvertible {
    /// As the language writes it.
    public var description: String { isBelow ? "*.\(domain)" : "\(domain)" }
}
