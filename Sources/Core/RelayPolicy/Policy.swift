import Diagnostics
import MailTypes

/// Everything that decides a recipient, with all names and files already looked up.
public struct Policy: Hashable, Sendable {
    public var local = LocalDomains()
    public var tricks = TrickTreatment()
    /// `reject connection` rules of `refuse { }`, in order.
    public var connectionRules: [Rule] = []
    /// The other rules of `refuse { }`, in order.
    public var refuse: [Rule] = []
    public var relay: [Rule] = []
    public var listeners: [Listener] = []
    /// `observe` on the node.
    public var observes = false
    /// The mailboxes of each login (ASCII lower case), from the users file (Meaning 15).
    public var ownership: [String: PathPatternSet] = [:]
    public var routes = Routes()

    public init() {}

    /// Every rule, in the order in which they are asked.
    public var allRules: [Rule] { connectionRules + refuse + relay }

    /// What a listener asks of every transaction, before any rule.
    public struct Listener: Hashable, Sendable {
        public var name: String
        /// `auth required`: 530 at MAIL without a login, and nothing is delivery.
        public var requiresLogin: Bool
        /// `starttls required` on an address without implicit TLS.
        public var requiresTLS: Bool
        public var observes: Bool
        /// Words for `because`: `this listener has auth never (gatepost.conf:48)`; nil when auth is offered.
        public var authNeverAt: SourceLocation?
        public init(
            name: String, requiresLogin: Bool = false, requiresTLS: Bool = false, observes: Bool = false,
            authNeverAt: SourceLocation? = nil
        ) {
            (self.name, self.requiresLogin, self.requiresTLS) = (name, requiresLogin, requiresTLS)
            (self.observes, self.authNeverAt) = (observes, authNeverAt)
        }
    }

    /// Names of upstreams.
    public struct Routes: Hashable, Sendable {
        public var local: String?
        public var elsewhere: String?
        /// Nil: as `elsewhere`.
        public var clients: String?
        public init(local: String? = nil, elsewhere: String? = nil, clients: String? = nil) {
            (self.local, self.elsewhere, self.clients) = (local, elsewhere, clients)
        }
    }
}

/// `address-tricks FORM… reject|resolve|as-written [at DOMAIN…]` (Meaning 10).
public struct TrickTreatment: Hashable, Sendable {
    public enum Treatment: String, Hashable, Sendable { case reject, resolve, asWritten = "as-written" }
    /// For every domain; what is not listed is `reject`.
    public var everywhere: [AddressTrick: Treatment] = [:]
    /// For single domains; wins over `everywhere`.
    public var at: [Domain: [AddressTrick: Treatment]] = [:]
    public init() {}
}
