import MailTypes

/// Receive connectors and accepted domains of Exchange 2007 and later.
public struct ReceiveConnectorModel: Hashable, Sendable {
    /// Where a connector listens.
    public struct Binding: Hashable, Sendable {
        public var family: IPAddress.Family
        /// Nil for every address of the family.
        public var address: IPAddress?
        public var port: Int
        public init(family: IPAddress.Family, address: IPAddress?, port: Int) {
            (self.family, self.address, self.port) = (family, address, port)
        }
    }

    /// A right of `Add-ADPermission`, as far as it matters here.
    public enum Right: Hashable, Sendable {
        /// `ms-Exch-SMTP-Submit`: may send at all.
        case submit
        /// `ms-Exch-SMTP-Accept-Any-Recipient`: may relay.
        case anyRecipient
    }

    /// Whom a right is given.
    public enum Account: Hashable, Sendable { case anonymous, authenticated }

    public struct Permission: Hashable, Sendable {
        public var account: Account
        public var right: Right
        public init(_ account: Account, _ right: Right) { (self.account, self.right) = (account, right) }
    }

    public struct Connector: Hashable, Sendable {
        /// In lower case; empty where it is not said.
        public var server: String
        public var name: String
        public var isEnabled = true
        public var bindings: [Binding] = []
        /// The clients that it is for.
        public var ranges: [Sourced<IPRange>] = []
        /// `PermissionGroups`, in lower case.
        public var groups: Set<String> = []
        /// `AuthMechanism`, in lower case.
        public var mechanisms: Set<String> = []
        public var granted: [Permission: Origin] = [:]
        public var denied: Set<Permission> = []
        public var origin: Origin
        public init(server: String = "", name: String, origin: Origin) {
            (self.server, self.name, self.origin) = (server, name, origin)
        }

        /// A client that has not logged in.
        public func anonymousMay(_ right: Right) -> Bool {
            if treatsAsServers { return true }
            let permission = Permission(.anonymous, right)
            if denied.contains(permission) { return false }
            return granted[permission] != nil || right == .submit && groups.contains("anonymoususers")
        }

        /// A client that has logged in, where it can.
        public func authenticatedMay(_ right: Right) -> Bool {
            guard offersLogin else { return false }
            let permission = Permission(.authenticated, right)
            return !denied.contains(permission) && (granted[permission] != nil || groups.contains("exchangeusers"))
        }

        /// A session after a login where one is offered: it keeps what it had without, since nobody need log in.
        public func sessionMay(_ right: Right) -> Bool { authenticatedMay(right) || anonymousMay(right) }

        /// *Externally secured*: every client counts as a server of the organisation.
        public var treatsAsServers: Bool {
            mechanisms.contains("externalauthoritative") && groups.contains("exchangeservers")
        }

        /// Basic or integrated; `Tls` alone encrypts, and `ExchangeServer` is for servers among themselves.
        public var offersLogin: Bool { !mechanisms.isDisjoint(with: ["basicauth", "basicauthrequiretls", "integrated"]) }
    }

    public struct AcceptedDomain: Hashable, Sendable {
        /// Nil for `*`.
        public var domain: Domain?
        /// `*.domain`, which is the domain with all names below it.
        public var withSubdomains: Bool
        /// Delivered here, not passed on.
        public var isAuthoritative: Bool
        public var origin: Origin
        public init(domain: Domain?, withSubdomains: Bool, isAuthoritative: Bool, origin: Origin) {
            (self.domain, self.withSubdomains) = (domain, withSubdomains)
            (self.isAuthoritative, self.origin) = (isAuthoritative, origin)
        }
    }

    public var connectors: [Connector]
    public var domains: [AcceptedDomain]
    public init(connectors: [Connector] = [], domains: [AcceptedDomain] = []) {
        (self.connectors, self.domains) = (connectors, domains)
    }

    /// The server's addresses that some connector names.
    public var localAddresses: [IPAddress] {
        var seen: Set<IPAddress> = []
        return connectors.flatMap(\.bindings).compactMap(\.address).filter { seen.insert($0).inserted }
    }
}
