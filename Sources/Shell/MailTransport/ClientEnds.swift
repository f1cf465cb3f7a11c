import MailProtocols
import MailTypes
import NIOCore

/// Both ends of a client's connection, as its socket says, or the balancer in between.
struct ClientEnds {
    /// The other end. Nil where nobody can tell.
    var client: TransportAddress?
    /// This end.
    var local: TransportAddress?

    init(of channel: any Channel) {
        client = channel.remoteAddress.flatMap(Self.end)
        local = channel.localAddress.flatMap(Self.end)
    }

    /// An address that no host has is none (RFC 4291 §2.5.2).
    init(_ header: ProxyHeader) {
        guard case .client(let client, let local) = header.subject, client.address.value != 0 else { return }
        self.client = TransportAddress(client.address.unmapped, port: client.port)
        self.local = TransportAddress(local.address.unmapped, port: local.port)
    }

    /// IPv4 inside IPv6, as a dual-stack socket reports it, is IPv4.
    private static func end(_ address: SocketAddress) -> TransportAddress? {
        switch address {
        case .v4(let v4):
            let socket = v4.address
            return TransportAddress(
                IPAddress(v4: UInt32(bigEndian: socket.sin_addr.s_addr)), port: UInt16(bigEndian: socket.sin_port))
        case .v6(let v6):
            let socket = v6.address
            let value = withUnsafeBytes(of: socket.sin6_addr) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
            return TransportAddress(IPAddress(v6: value).unmapped, port: UInt16(bigEndian: socket.sin6_port))
        case .unixDomainSocket: return nil
        }
    }
}
