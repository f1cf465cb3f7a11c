import MailTypes

/// Relay control of the Internet Mail Service of Exchange 5.0 and 5.5: the Routing page and the registry values behind
/// its restrictions (Q193922).
public struct Exchange55Model: Hashable, Sendable {
    /// What a restriction of `RelayFlags` is about.
    public struct Flags: OptionSet, Hashable, Sendable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        public static let deny = Flags(rawValue: 1)
        public static let allow = Flags(rawValue: 2)
        public static let interfaces = Flags(rawValue: 4)
        public static let authenticated = Flags(rawValue: 8)
        public static let known: Flags = [.deny, .allow, .interfaces, .authenticated]
    }

    /// `net;mask`: fits an address of which the bits under the mask are `net`.
    public struct Mask: Hashable, Sendable {
        public var net: UInt32
        public var mask: UInt32
        public var origin: Origin
        public init(net: UInt32, mask: UInt32, origin: Origin) { (self.net, self.mask, self.origin) = (net, mask, origin) }

        /// Nil for a mask with more holes than can be written as ranges.
        public var ranges: [IPRange]? { OldAddressForms.masked(net, mask) }
    }

    /// A row of the routing table: *Sent to* and *Route to*.
    public struct Route: Hashable, Sendable {
        public enum Target: Hashable, Sendable {
            /// `<inbound>`: mail for this server's users.
            case inbound
            /// Another host.
            case host(String)
        }
        public var domain: Domain
        /// `#domain`: the name alone, not those below it.
        public var isExact: Bool
        public var target: Target
        public var origin: Origin
        public init(domain: Domain, isExact: Bool, target: Target, origin: Origin) {
            (self.domain, self.isExact, self.target, self.origin) = (domain, isExact, target, origin)
        }
    }

    /// What the release does with `IMCEASMTP-…` recipients.
    public enum Encapsulation: Hashable, Sendable {
        /// Before service pack 3: takes them apart behind every restriction, and sends on what was inside.
        case escapes
        /// Takes them apart first.
        case isJudged
    }

    /// *Reroute incoming SMTP mail*; without it nothing is relayed.
    public var reroutes: Bool
    public var reroutesOrigin: Origin
    /// One row a name and kind.
    public var routes: [Route]
    /// Nil where `RelayFlags` is absent: no restriction.
    public var flags: Flags?
    public var flagsOrigin: Origin
    public var deny: [Mask] = []
    public var allow: [Mask] = []
    /// Addresses of the server through which clients may relay.
    public var interfaces: [Mask] = []
    public var encapsulation: Encapsulation

    public init(
        reroutes: Bool, reroutesOrigin: Origin, routes: [Route], flags: Flags?, flagsOrigin: Origin,
        encapsulation: Encapsulation
    ) {
        (self.reroutes, self.reroutesOrigin, self.routes) = (reroutes, reroutesOrigin, routes)
        (self.flags, self.flagsOrigin, self.encapsulation) = (flags, flagsOrigin, encapsulation)
    }

    /// Whether everybody without a deny entry may relay: no restriction, or only the deny list, or (by one of two
    /// accounts that contradict each other) restrictions of which none is chosen.
    public var isOpen: Bool { flags.map { $0.isEmpty || $0 == .deny } ?? true }
}
