import MailProtocols
import MailTypes
import NIOCore
import Sessions

/// What a gateway needs to stand before its servers: one immutable value, swapped whole on reload.
public struct GatewaySettings: Sendable {
    public var terms: GatewayTerms
    public var upstreams: [Upstream]
    public var listeners: [Listener]
    public var connections = ConnectionLimits()
    /// Nil: no listener has TLS.
    public var tls: FrontTLS?

    public init(terms: GatewayTerms, upstreams: [Upstream], listeners: [Listener]) {
        (self.terms, self.upstreams, self.listeners) = (terms, upstreams, listeners)
    }

    /// Names of the upstreams that some recipient can be sent to.
    var routedUpstreams: Set<String> {
        let policy = terms.policy.policy
        let routes = [policy.routes.local, policy.routes.elsewhere, policy.routes.clients].compactMap { $0 }
        return Set(routes + policy.local.entries.compactMap(\.upstream))
    }

    public struct Upstream: Hashable, Sendable {
        public var name: String
        public var servers: [Server]
        /// Nil: plain, always.
        public var tls: UpstreamTLS?
        /// How its servers are told whose mail it is; nil: not at all.
        public var clientTelling: ClientTelling?
        /// With what we log in to its servers; nil: not at all.
        public var login: ServerLogin?

        public init(
            name: String, servers: [Server], tls: UpstreamTLS? = nil, clientTelling: ClientTelling? = nil,
            login: ServerLogin? = nil
        ) {
            (self.name, self.servers, self.tls) = (name, servers, tls)
            (self.clientTelling, self.login) = (clientTelling, login)
        }
    }

    public struct Server: Hashable, Sendable, CustomStringConvertible {
        public var host: String
        public var port: UInt16
        public var isBackup: Bool
        /// TLS from the first byte on; the upstream has to have `tls` then.
        public var implicitTLS: Bool
        public init(host: String, port: UInt16, isBackup: Bool = false, implicitTLS: Bool = false) {
            (self.host, self.port, self.isBackup, self.implicitTLS) = (host, port, isBackup, implicitTLS)
        }
        /// Nobody on the way hears what is said to it: TLS comes first, or there is no way.
        var isConfidential: Bool { implicitTLS || IPAddress(host)?.isLoopback ?? false }
        /// Not by its address.
        var hasName: Bool { IPAddress(host) == nil }
        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    public struct Listener: Hashable, Sendable {
        public var name: String
        public var addresses: [Address]
        /// Those with TLS from the first byte on.
        public var addressesWithTLS: Set<Address>
        public var offersTLS: Bool
        /// Who must send a PROXY header first.
        public var balancers: AddressSet

        public init(
            name: String, addresses: [Address], addressesWithTLS: Set<Address> = [], offersTLS: Bool = false,
            balancers: AddressSet = AddressSet()
        ) {
            (self.name, self.addresses, self.addressesWithTLS) = (name, addresses, addressesWithTLS)
            (self.offersTLS, self.balancers) = (offersTLS, balancers)
        }
    }

    public struct Address: Hashable, Sendable, CustomStringConvertible {
        public var host: IPAddress
        public var port: UInt16
        public init(host: IPAddress, port: UInt16) { (self.host, self.port) = (host, port) }
        public var description: String { host.description(withPort: port) }
    }

    /// Nil: no limit but that of open files.
    public struct ConnectionLimits: Hashable, Sendable {
        public var total: Int?
        public var forEachClient: Int?
        public var refusedRelays: RefusedRelays?
        public init() {}
    }

    public struct RefusedRelays: Hashable, Sendable {
        public var count: Int
        public var window: Duration
        public var ban: Duration
        public init(count: Int, window: Duration, ban: Duration) {
            (self.count, self.window, self.ban) = (count, window, ban)
        }
    }
}

/// How long each thing may take. Every one has its name and number in `docs/operating.md`.
public struct Deadlines: Sendable {
    /// Before the greeting, in which a client that talks first shows itself.
    public var greetingPause = TimeAmount.milliseconds(2)
    /// From a balancer's connection to the end of its PROXY header.
    public var proxyHeader = TimeAmount.seconds(5)
    /// From our reply to the end of the client's next command, however slowly its bytes come
    /// (RFC 5321 §4.5.3.2.7).
    public var command = TimeAmount.minutes(5)
    /// A TLS handshake, from the first byte on or behind STARTTLS.
    public var handshake = TimeAmount.seconds(30)
    /// Between two blocks of mail data (RFC 5321 §4.5.3.2.5).
    public var dataBlock = TimeAmount.minutes(3)
    /// From DATA to the end of the mail data.
    public var mailData = TimeAmount.hours(1)
    /// A whole session.
    public var session = TimeAmount.hours(24)
    /// TCP connection to a protected server.
    public var connect = TimeAmount.seconds(10)
    /// A protected server's greeting, and its reply to EHLO, before the next server is tried.
    public var upstreamGreeting = TimeAmount.seconds(30)
    /// A protected server's reply to anything but the final dot (RFC 5321 §4.5.3.2.1 to §4.5.3.2.4).
    public var upstreamReply = TimeAmount.minutes(5)
    /// Its reply to the final dot (RFC 5321 §4.5.3.2.6).
    public var upstreamOutcome = TimeAmount.minutes(10)
    /// An idle connection to a protected server is closed after this.
    public var upstreamIdle = TimeAmount.milliseconds(400)
    /// A protected server that failed is not tried for this long while another is up.
    public var upstreamRetry = TimeAmount.seconds(5)
    /// A protected server that refused our login is not tried at all for this long: to it each attempt is a failed login,
    /// and servers shut out who has many.
    public var upstreamLogin = TimeAmount.minutes(1)
    /// What a client still sends after we have ended the session is read and dropped for this long.
    public var linger = TimeAmount.seconds(3)
    /// After SIGTERM, for transactions under way; after a reload, for sessions of listeners that it removed.
    public var drain = TimeAmount.minutes(5)

    public init() {}
}
