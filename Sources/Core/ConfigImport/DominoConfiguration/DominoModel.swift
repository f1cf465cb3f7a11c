import MailTypes

/// SMTP Inbound Controls of Domino's Configuration document.
public struct DominoModel: Hashable, Sendable {
    /// `Perform Anti-Relay enforcement for these connecting hosts`
    public enum Enforcement: Hashable, Sendable {
        /// Hosts whose reverse name is not in a local Internet domain.
        case externalHosts
        case allHosts
        /// Nobody is held to the lists.
        case none
    }

    /// Which list wins where those of destinations and those of sources disagree.
    public enum Order: Hashable, Sendable {
        /// Domino 5, and later with `SMTPRelayHostsandDomains=1`: a deny list of either pair.
        case denyFirst
        /// Domino 6 and later: an allow list of either pair.
        case allowFirst
    }

    /// Local Internet domains, of the Global Domain document.
    public var localDomains: [Sourced<HostPattern>] = []
    public var enforcement = Sourced(Enforcement.externalHosts, Origin(note: "default: external hosts"))
    public var order = Order.allowFirst
    /// 5.0 to 5.0.7 took a recipient that hides another one in quotes for a local one (CVE-2001-1445).
    public var relaysQuoted = false
    /// `Allow all authenticated users to relay`
    public var exemptsAuthenticated: Origin?

    public var allowedDestinations = DominoMailboxList()
    public var deniedDestinations = DominoMailboxList()
    public var allowedSources = DominoHostList()
    public var deniedSources = DominoHostList()
    public var excludedHosts = DominoHostList()

    /// Where a client without a name in the DNS may not hand over mail.
    public var demandsHostName: Origin?
    public var allowedConnections = DominoHostList()
    public var deniedConnections = DominoHostList()
    public var allowedSenders = DominoMailboxList()
    public var deniedSenders = DominoMailboxList()
    public var allowedRecipients = DominoMailboxList()
    public var deniedRecipients = DominoMailboxList()

    public init() {}
}

/// Hosts of one field.
public struct DominoHostList: Hashable, Sendable {
    /// `*`
    public var everyone: Origin?
    public var addresses: [Sourced<IPRange>] = []
    /// By reverse name: the name or one below it.
    public var names: [Sourced<HostPattern>] = []
    /// Whether anything is written in the field, understood or not: an allow list that is filled shuts out all others.
    public var isFilled = false

    public init() {}
}

/// Internet domains and addresses of one field.
public struct DominoMailboxList: Hashable, Sendable {
    public enum Entry: Hashable, Sendable {
        /// `xyz.example`: the domain ends in these characters, so also `uvwxyz.example`. Lower case.
        case suffix(String)
        /// `@xyz.example`
        case exact(Domain)
        /// `.xyz.example`
        case below(Domain)
        /// `user@xyz.example`, lower case.
        case mailbox(String)

        /// As a pattern of the language.
        public var pattern: String {
            switch self {
            case .suffix(let text): "ends-with:\(text)"
            case .exact(let domain): "*@\(domain)"
            case .below(let domain): "*.\(domain)"
            case .mailbox(let mailbox): mailbox
            }
        }
    }

    /// `*`
    public var everyone: Origin?
    public var entries: [Sourced<Entry>] = []
    /// Whether anything is written in the field, understood or not.
    public var isFilled = false

    public init() {}
}
