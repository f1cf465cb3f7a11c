import MailTypes

/// What Message Exchange (MX) for OpenVMS decides by: settings of MCP, and the rejection rules of REJMAN.
public struct MXModel: Hashable, Sendable {
    public enum Release: Int, Hashable, Sendable, Comparable {
        /// No relay controls.
        case v42
        /// `RELAY_ALLOWED`, local domains.
        case v50
        /// Inside addresses, REJMAN.
        case v51
        /// The parent domain is local for senders only.
        case v52
        /// The SMTP server's percent switch, regular expressions.
        case v53
        public static func < (a: Release, b: Release) -> Bool { a.rawValue < b.rawValue }
    }

    /// A setting with the place that says it.
    public struct Setting: Hashable, Sendable {
        public var isOn: Bool
        /// Nil where no line says it.
        public var origin: Origin?
    }

    /// What the entry of the inside list that applies to a client says.
    public struct Inside: Hashable, Sendable {
        /// Not `/REJECT`.
        public var isInside: Bool
        /// `/RELAY_ALLOWED`
        public var mayRelay: Bool
    }

    /// A rewriting rule of the form `<{user}@NAME>` or `<{user}@{host}.NAME>`, and where its result goes next.
    public struct Rewriting: Hashable, Sendable {
        public var from: HostPattern
        public var nextHop: Domain
        public var origin: Origin
    }

    /// `ADD REJECTION`
    public struct Rejection: Hashable, Sendable {
        public var sender: VMSPattern
        /// Without it the sender alone decides, at MAIL.
        public var recipient: VMSPattern?
        /// Nil for every client.
        public var clients: VMSPattern?
        /// An exception from the rules behind it.
        public var isAcceptance: Bool
        /// `/MESSAGE`
        public var reply: String?
        public var origin: Origin
    }

    public var release: Release
    public var relayAllowed: Setting
    /// `SET SMTP/PERCENT_HACK`: recipients with `%` are taken.
    public var takesPercent: Setting
    /// `SET ROUTER/PERCENT_HACK`; nil where nothing says it.
    public var expandsPercent: Setting?
    /// Logins count, where it is not nil.
    public var authentication: Origin?
    /// Longest mask first. Empty: everybody is inside.
    public var inside: AddressPriority<Inside>
    public var localDomains: [Sourced<VMSPattern>]
    public var paths: MXPaths
    public var rewritings: [Rewriting]
    public var rejections: [Rejection]
    /// The name that MX gives itself, and that of TCP/IP.
    public var hostNames: [Domain]

    /// Names above the host's own names of at least three labels.
    public var parentDomains: [Domain] {
        var parents: [Domain] = []
        for parent in hostNames.compactMap(\.parent) where parent.parent != nil && !parents.contains(parent) {
            parents.append(parent)
        }
        return parents
    }
}

/// The paths of a router: which agent gets the mail for a domain.
public struct MXPaths: Hashable, Sendable {
    public enum Agent: Hashable, Sendable {
        case local, smtp
        /// Site agents, DECnet and holding queues: no relay check is made for them.
        case other
    }

    /// `DEFINE PATH pattern agent`
    public struct Path: Hashable, Sendable {
        public var pattern: VMSPattern
        public var agent: Agent
        public var origin: Origin
    }

    /// In the order in which they are asked: names before patterns, longer ones first.
    public let all: [Path]
    public let patterns: ArraySlice<Path>
    private let agents: [[UInt8]: Agent]

    /// In any order.
    public init(_ paths: [Path]) {
        all = paths.enumerated().map {
            (isPattern: $1.pattern.literal == nil ? 1 : 0, length: -$1.pattern.tokens.count, place: $0, path: $1)
        }
        .sorted { ($0.isPattern, $0.length, $0.place) < ($1.isPattern, $1.length, $1.place) }.map(\.path)
        patterns = all[(all.firstIndex { $0.pattern.literal == nil } ?? all.endIndex)...]
        agents = Dictionary(all.compactMap { path in path.pattern.literal.map { ($0, path.agent) } }) { first, _ in first }
    }

    /// The agent that mail for a domain, in lower case, is given to: that of the first path that fits. What fits none goes
    /// by SMTP.
    public func agent(for domain: [UInt8]) -> Agent {
        agents[domain] ?? patterns.first { $0.pattern.matches(domain) }?.agent ?? .smtp
    }
}
