import MailTypes

/// Relay control of AppleShare IP 6's mail server: by the domain in MAIL FROM.
public struct AppleShareModel: Hashable, Sendable {
    /// What a domain that is not local may do.
    public struct HostProfile: Hashable, Sendable {
        /// No mail from it at all.
        public var isRejected: Sourced<Bool>
        /// Its mail reaches users here and nobody else; off as delivered.
        public var staysLocal: Sourced<Bool>
        /// `Relay all SMTP mail via`: where its mail is handed on.
        public var via: Sourced<String>?
    }

    public var localDomains: [Sourced<Domain>]
    /// For domains without an entry.
    public var defaultProfile: HostProfile
    /// Of two entries for a host the first.
    public var hosts: [Host]
    /// `Require local "From" addresses to exist in Users & Groups`
    public var requiresKnownUsers: Origin?
    /// Local parts, lower case; nil where nobody said who there is.
    public var users: Set<String>?
    /// `Reject mail whose host is not in the host list`
    public var rejectsUnlistedHosts: Origin?
    /// The name in HELO must be the client's.
    public var rejectsNameMismatch: Origin?

    public struct Host: Hashable, Sendable {
        public var domain: Domain
        public var origin: Origin
        public var profile: HostProfile
    }

    public init() {
        localDomains = []
        defaultProfile = HostProfile(isDefaultAt: Origin(note: "default host profile as delivered"))
        hosts = []
    }
}

extension AppleShareModel.HostProfile {
    /// As a profile is before anybody changes it.
    public init(isDefaultAt origin: Origin) {
        (isRejected, staysLocal, via) = (Sourced(false, origin), Sourced(false, origin), nil)
    }
}
