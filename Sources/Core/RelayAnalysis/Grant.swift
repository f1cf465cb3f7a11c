import MailTypes
import RelayPolicy

/// One class of permitted relaying: who may send what where, and by which rule.
public struct Grant: Hashable, Sendable {
    /// The deciding permit: its place in `Policy.relay`.
    public var rule: Int
    public var requests: RequestClass
    public var risks: [Risk]
    /// A request of the class, which `Policy.decidePlainly` permits by that rule.
    public var witness: RelayRequest
}

/// What makes a grant worth a second look. Raw values are the words of the JSON.
public enum Risk: String, Hashable, Sendable, CaseIterable {
    /// The client writes what sender it likes, and nothing holds it against a login.
    case clientChoosesSender = "client-chooses-sender"
    /// The proof is a host name: whoever can forge or owns DNS has it.
    case trustsDNS = "trusts-dns"
    /// More than a /16 of public IPv4 or a /48 of public IPv6 by address alone.
    case wide
    /// Loopback, private or link-local addresses: behind a proxy, a bridge or NAT every client may have one.
    case addressMayBeAProxy = "address-may-be-a-proxy"
    /// A POP login proves an address for a while, and whoever shares the address shares it.
    case weakProof = "weak-proof"
    /// The rule says `proof none`.
    case noProof = "no-proof"
    /// No limit bounds what can be sent.
    case noLimit = "no-limit"
}

/// Whether strangers can relay (Meaning 5).
public enum StrangersAnswer: Hashable, Sendable {
    case no, yes
    /// Something observes: what passes is up to the server behind (Meaning 13).
    case asTheServerBehind
    /// The effort was spent, and by a coarse reading they may.
    case cannotTell

    /// Whether it is yes, or may be.
    public var mayBeYes: Bool { self == .yes || self == .cannotTell }
}

/// Whether strangers can relay, and why.
public struct StrangersReading: Sendable {
    public var answer: StrangersAnswer
    /// The permits that ask for no login, certificate, POP login or name of one's own, in their order.
    public var openRules: [OpenRule]
    /// Permits with `proof none` that permit anything.
    public var rulesWithoutProof: [Int]
    /// If not, the rules and addresses are more than they are by the whole policy, and never fewer.
    public var isExact = true

    /// A permit with the public addresses that it lets relay by their address alone.
    public struct OpenRule: Hashable, Sendable {
        public var rule: Int
        public var addresses: AddressSet
    }
}

/// Who can relay under a policy.
public struct RelayAnswer: Sendable {
    /// Nil if the effort was spent before all were found: a part of them would read as if nobody else could relay.
    public var grants: [Grant]?
    /// Where that was.
    public var effortSpent: EffortSpent?
    public var strangers: StrangersReading

    public var strangersCanRelay: StrangersAnswer { strangers.answer }
}
