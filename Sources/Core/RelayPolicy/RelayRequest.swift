import MailTypes

/// Everything that is known when one recipient is judged. A fact that could not be had is said as such.
public struct RelayRequest: Hashable, Sendable {
    /// Already `unmapped`; `::` where it is not known.
    public var client: IPAddress
    /// The client came through a balancer that did not say its address: nothing is known of either end of its
    /// connection, and what asks for them is undecided (Meaning 7).
    public private(set) var clientIsUnknown = false
    public var clientName: ClientName = .absent
    /// The address that the client connected to.
    public var localAddress: IPAddress?
    /// Nil: no listener named; listener demands are not applied and a `listener` line does not fit.
    public var listener: String?
    /// The EHLO or HELO argument's bytes.
    public var helo: [UInt8]?
    public var heloStatus: HeloStatus = .unasked
    public var login: Fact<Login> = .absent
    /// The word after `client-certificate`, or `fingerprint:…` in lower case: of every rule whose certificate the
    /// client's chain satisfies.
    public var certificates: [String] = []
    /// `TLSv1.3`; nil without TLS.
    public var tlsVersion: String?
    public var popLogin: Fact<POPLogin> = .absent
    public var reversePath: ReversePath = .null
    public var forwardPath: WrittenPath
    public var now: Instant
    /// The clock stands more than an hour behind the newest time on record (Meaning 8).
    public var clockIsBehind = false

    public init(client: IPAddress, forwardPath: WrittenPath, now: Instant) {
        (self.client, self.forwardPath, self.now) = (client, forwardPath, now)
    }

    /// Of a client whose address nobody can tell, so that nobody can tell its name either.
    public init(ofUnknownClientTo forwardPath: WrittenPath, now: Instant) {
        self.init(client: IPAddress(v6: 0), forwardPath: forwardPath, now: now)
        (clientIsUnknown, clientName, heloStatus) = (true, .temporary(nil), .temporary)
    }

    public enum ClientName: Hashable, Sendable {
        /// PTR, and forward to the client again.
        case confirmed(Domain)
        case absent
        /// A PTR whose name does not lead back.
        case forged
        /// DNS did not answer in time. With a candidate: that name or none; without: any name or none.
        case temporary(Domain?)
    }

    public enum HeloStatus: Hashable, Sendable {
        case verified, unverified
        /// DNS did not answer in time.
        case temporary
        /// Nobody asked: neither `helo verified` nor `helo unverified` fits.
        case unasked
    }

    public enum Fact<Value: Hashable & Sendable>: Hashable, Sendable {
        case known(Value)
        case absent
        /// The store could not say.
        case unknown
    }

    public struct Login: Hashable, Sendable {
        public var name: String
        /// Upper case; nil when not said.
        public var mechanism: String?
        public init(name: String, mechanism: String? = nil) { (self.name, self.mechanism) = (name, mechanism) }
    }

    public struct POPLogin: Hashable, Sendable {
        /// Nil (`"pop":true`): it owns only `<>`.
        public var name: String?
        public init(name: String?) { self.name = name }
    }
}
