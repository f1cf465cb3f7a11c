import MailTypes

extension ProxyHeader {
    /// The header on the wire. Version 1 has one word for what is not known and for the balancer's own connections.
    public func wireForm(_ version: Version) -> [UInt8] {
        version == .one ? line : binary
    }

    private var line: [UInt8] {
        guard case .client(let source, let destination) = inOneFamily else { return Array("PROXY UNKNOWN\r\n".utf8) }
        let family = source.address.family == .v4 ? "TCP4" : "TCP6"
        return Array(
            "PROXY \(family) \(source.address) \(destination.address) \(source.port) \(destination.port)\r\n".utf8)
    }

    private var binary: [UInt8] {
        switch inOneFamily {
        case .balancer: return Self.signature + [0x20, 0, 0, 0]
        case .unknown: return Self.signature + [0x21, 0, 0, 0]
        case .client(let source, let destination):
            let isIPv4 = source.address.family == .v4
            let block =
                Self.bytes(source.address) + Self.bytes(destination.address)
                + [source.port, destination.port].flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
            return Self.signature + [0x21, isIPv4 ? 0x11 : 0x21, 0, UInt8(block.count)] + block
        }
    }

    /// An IPv4 address beside one of IPv6 is written as a mapped one (RFC 4291 §2.5.5.2).
    private var inOneFamily: Subject {
        guard case .client(var source, var destination) = subject,
            source.address.family != destination.address.family
        else { return subject }
        (source.address, destination.address) = (source.address.mapped, destination.address.mapped)
        return .client(source, to: destination)
    }

    private static func bytes(_ address: IPAddress) -> [UInt8] {
        stride(from: address.family.width - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: address.value >> UInt128($0)) }
    }
}

extension IPAddress {
    /// The reverse of `unmapped`.
    fileprivate var mapped: IPAddress {
        family == .v6 ? self : IPAddress(v6: 0xffff << 32 | value)
    }
}
