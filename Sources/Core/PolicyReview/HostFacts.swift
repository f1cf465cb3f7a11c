import MailTypes

/// What is known of the host that the policy is for, as far as it bears on whose address a client's address is.
public struct HostFacts: Hashable, Sendable {
    public struct Interface: Hashable, Sendable {
        public var name: String
        /// The host's own on it.
        public var addresses: [IPAddress]
        public init(name: String, addresses: [IPAddress]) { (self.name, self.addresses) = (name, addresses) }
    }

    public var interfaces: [Interface]
    /// To the rest of the world.
    public var defaultGateways: [IPAddress]
    /// Why the rest is not to be had, or not all of it.
    public var problem: String?

    public init(interfaces: [Interface] = [], defaultGateways: [IPAddress] = [], problem: String? = nil) {
        (self.interfaces, self.defaultGateways, self.problem) = (interfaces, defaultGateways, problem)
    }
}

extension HostFacts.Interface {
    /// What container and virtual machine software calls its bridges.
    private static let bridgeNames = ["docker", "br-", "cni", "podman", "virbr", "lxcbr", "lxdbr", "incusbr"]

    /// Whether containers or virtual machines hang on it, by its name.
    public var isContainerBridge: Bool { Self.bridgeNames.contains { name.hasPrefix($0) } }
}

/// Linux's tables of routes.
extension HostFacts {
    private static let routesThroughGateway: UInt64 = 2

    /// `/proc/net/route`: numbers in hexadecimal, addresses in the byte order of the machine, which is little-endian
    /// wherever this runs.
    public static func defaultGateways(ipv4Routes text: String) -> [IPAddress] {
        fields(of: text).compactMap { fields in
            guard fields.count >= 8, number(fields[1]) == 0, number(fields[7]) == 0, isThroughGateway(fields[3]),
                let gateway = number(fields[2]).flatMap(UInt32.init(exactly:))
            else { return nil }
            return IPAddress(v4: gateway.byteSwapped)
        }
    }

    /// `/proc/net/ipv6_route`: destination and its length, source and its length, gateway, three numbers, flags, interface.
    public static func defaultGateways(ipv6Routes text: String) -> [IPAddress] {
        fields(of: text).compactMap { fields in
            guard fields.count >= 9, UInt128(fields[0], radix: 16) == 0, number(fields[1]) == 0, isThroughGateway(fields[8]),
                let gateway = UInt128(fields[4], radix: 16), gateway != 0
            else { return nil }
            return IPAddress(v6: gateway)
        }
    }

    private static func fields(of text: String) -> [[Substring]] {
        text.split(separator: "\n").map { $0.split { $0 == " " || $0 == "\t" } }
    }

    private static func number(_ field: Substring) -> UInt64? { UInt64(field, radix: 16) }

    private static func isThroughGateway(_ flags: Substring) -> Bool {
        number(flags).map { $0 & routesThroughGateway != 0 } ?? false
    }
}
