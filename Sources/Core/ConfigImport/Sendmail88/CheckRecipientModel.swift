import MailTypes

/// Sendmail 8.8 with what its rulesets check_rcpt, check_mail and check_relay do.
public struct CheckRecipientModel: Hashable, Sendable {
    /// What check_rcpt does, in order; nil where there is none, so that every recipient is taken.
    public var steps: [Sourced<Step>]?
    /// Words of the classes that steps name, in lower case.
    public var classes: [String: [Sourced<String>]] = [:]
    /// Class `w`, whether steps name it or not.
    public var localNames: [Sourced<String>] = []
    /// `{LocalIP}` as a map, as in 1998: the longest prefix decides, `NO` denies.
    public var addressMap: AddressPriority<Bool>?
    /// Keys of the map `allow`: senders that may relay.
    public var allowed: [Sourced<String>] = []
    /// Keys of the map `junk`.
    public var junk: [Sourced<String>] = []
    /// check_mail asks `junk` for the sender.
    public var refusesJunkSenders = false
    /// check_relay asks `junk` for the client's address and name.
    public var refusesJunkClients = false
    /// The file that was read.
    public var origin: Origin

    public init(origin: Origin) { self.origin = origin }

    /// Each step once, at its first place: what may be accepted does not grow when a rule stands there twice.
    var distinctSteps: [Sourced<Step>] {
        var seen: Set<Step> = []
        return (steps ?? []).filter { seen.insert($0.value).inserted }
    }

    /// One rule, by what it does.
    public enum Step: Hashable, Sendable {
        /// The rules that follow look at the client's address.
        case takeAddress
        /// The rules that follow look at the client's name.
        case takeName
        /// The rules that follow look at the recipient, in canonical form: `$>3`.
        case canonify
        /// `$>Parse0 $>3`: local hosts are taken off, quotes too, before anything is asked.
        case resolve
        /// Quotes around a local part go.
        case dequote
        /// A rule for sessions without a client: the command line.
        case neverForClients
        /// Fine if the address begins with a word of the class; with `demandsMore` something must follow.
        case acceptAddress(class: String, demandsMore: Bool)
        /// The same by the map.
        case acceptMappedAddress
        /// Fine if the name ends in a word of the class, or is one.
        case acceptName(class: String, suffix: Bool)
        /// Fine if the name is a single word, as `localhost` is.
        case acceptOneWordName
        /// Fine if the recipient has no host.
        case acceptBare
        /// A local part with this sign is no longer looked at as ours.
        case suspect(Sign)
        /// Fine if the host is in the class, whatever the local part hides.
        case stop(class: String, suffix: Bool)
        /// A host of the class is taken off and the rest read again, until there is none.
        case strip(class: String, suffix: Bool)
        /// Refused if there is a host left.
        case rejectHost
        /// A host that is left makes it a relay attempt, which a sender may still excuse.
        case markHost
        /// Fine if the sender is in the map `allow`.
        case acceptSender
        /// Refused if it was marked.
        case rejectMarked
        /// Refused.
        case rejectAll
    }

    public enum Sign: Hashable, Sendable { case percent, at }
}

extension CheckRecipientModel.Step {
    /// Whether it refuses anything.
    var isRefusal: Bool {
        switch self {
        case .rejectHost, .rejectMarked, .rejectAll: true
        default: false
        }
    }

    /// The class whose words it asks.
    var className: String? {
        switch self {
        case .acceptAddress(let name, _), .acceptName(let name, _), .stop(let name, _), .strip(let name, _): name
        default: nil
        }
    }
}
