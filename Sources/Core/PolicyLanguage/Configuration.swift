import Diagnostics
import MailTypes
import RelayPolicy

/// What a gatepost.conf says: the policy, and how the program is to stand before its servers.
public struct Configuration: Sendable {
    public var policy = Policy()
    public var node = Node()
    public var tls: TLS?
    public var upstreams: [Upstream] = []
    public var listeners: [Listener] = []
    public var limits = Limits()
    public var log = Log()
    public var tests: [PolicyTest] = []
    /// Words that `run` refuses because this version cannot carry them out yet (Meaning 17), in file order.
    public var notCarriedOut: [NotYet] = []

    public struct Node: Sendable {
        public var hostname: String?
        /// Directory; nil when not written.
        public var state: String?
        /// Empty: those of the system.
        public var resolvers: [Resolver] = []
        /// Where `observe` stands; nil: it does not.
        public var observesAt: SourceLocation?
        public init() {}

        /// A name server that looks things up for us.
        public struct Resolver: Hashable, Sendable {
            public var address: IPAddress
            public var port: UInt16
            public init(address: IPAddress, port: UInt16 = 53) { (self.address, self.port) = (address, port) }
        }
    }

    public struct NotYet: Hashable, Sendable {
        /// `starttls offered`
        public var word: String
        public var at: SourceLocation
        /// Why it is refused, where that is not for want of the code.
        public var why: String?
        public init(word: String, at: SourceLocation, why: String? = nil) {
            (self.word, self.at, self.why) = (word, at, why)
        }
    }

    public init() {}
}
