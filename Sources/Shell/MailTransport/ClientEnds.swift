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
        guard let text = address.ipAddress, let port = address.port, let ip = IPAddress(text) else { return nil }
        return TransportAddress(ip.unmapped, port: UInt16(truncatingIfNeeded: port))
    }
}
