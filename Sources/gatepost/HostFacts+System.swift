import Glibc
import MailTypes
import PolicyReview

extension HostFacts {
    /// The host that this runs on: its interfaces, and Linux's tables of routes.
    static func ofThisHost() -> HostFacts {
        var facts = HostFacts()
        var list: UnsafeMutablePointer<ifaddrs>?
        if getifaddrs(&list) == 0 {
            facts.interfaces = interfaces(list)
            freeifaddrs(list)
        } else {
            facts.problem = "the addresses of this host cannot be read: \(String(cString: strerror(errno)))"
        }
        facts.defaultGateways =
            defaultGateways(ipv4Routes: table("/proc/net/route"))
            + defaultGateways(ipv6Routes: table("/proc/net/ipv6_route"))
        return facts
    }

    private static func interfaces(_ list: UnsafeMutablePointer<ifaddrs>?) -> [Interface] {
        var found: [Interface] = []
        for entry in sequence(first: list, next: { $0?.pointee.ifa_next }) {
            guard let entry, let address = entry.pointee.ifa_addr.flatMap(ipAddress) else { continue }
            let name = String(cString: entry.pointee.ifa_name)
            if let index = found.firstIndex(where: { $0.name == name }) {
                found[index].addresses.append(address)
            } else {
                found.append(Interface(name: name, addresses: [address]))
            }
        }
        return found
    }

    private static func ipAddress(_ address: UnsafeMutablePointer<sockaddr>) -> IPAddress? {
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                IPAddress(v4: UInt32(bigEndian: $0.pointee.sin_addr.s_addr))
            }
        case AF_INET6:
            address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                withUnsafeBytes(of: &address.pointee.sin6_addr) { bytes in
                    IPAddress(v6: bytes.reduce(0) { $0 << 8 | UInt128($1) })
                }
            }
        default: nil
        }
    }

    /// A host without the protocol has no table.
    private static func table(_ path: String) -> String {
        guard case .success(let bytes) = FileAccess.read(path) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }
}
