import MailTypes

/// Relay control of Sendmail 8.9 and later, as sendmail.mc or sendmail.cf and the files that it names say it.
public struct Sendmail89Model: Hashable, Sendable {
    /// What changes the shipped rules. Raw values are the names of the macros.
    public enum Feature: String, Hashable, Sendable, CaseIterable {
        case accessDB = "access_db"
        /// Argument of `access_db`: the value SKIP ends a lookup.
        case skip
        case lookupDotDomain = "lookupdotdomain"
        /// Argument of `access_db`: `To:user@domain RELAY` counts.
        case relayToFullAddress = "relaytofulladdress"
        case relayEntireDomain = "relay_entire_domain"
        case relayHostsOnly = "relay_hosts_only"
        case relayBasedOnMX = "relay_based_on_MX"
        case relayLocalFrom = "relay_local_from"
        case relayMailFrom = "relay_mail_from"
        /// `relay_mail_from` with the argument `domain`.
        case relayMailFromDomain = "relay_mail_from(domain)"
        case promiscuousRelay = "promiscuous_relay"
        case looseRelayCheck = "loose_relay_check"
        case acceptUnqualifiedSenders = "accept_unqualified_senders"
        case blocklistRecipients = "blocklist_recipients"
        case delayChecks = "delay_checks"
        case spamFriend = "delay_checks(friend)"
        case spamHater = "delay_checks(hater)"
        case requireRDNS = "require_rdns"
        case noPercentHackReject = "nopercenthack(reject)"
        case noPercentHackNoSpecial = "nopercenthack(nospecial)"
        case noUUCPReject = "nouucp(reject)"
        case noUUCPNoSpecial = "nouucp(nospecial)"
    }

    /// The features in force, each with the line that sets it.
    public var features: [Feature: Origin] = [:]
    /// Class R, in lower case and file order: `partner.test`, `10.77`, `ipv6:2001:db8`, `[192.0.2.1]`.
    public var relayClass: [Sourced<String>] = []
    /// Class w: names and literals of the host, and domains that it delivers.
    public var localClass: [Sourced<String>] = []
    /// Class m: the host's own DNS domain.
    public var ownDomain: Sourced<Domain>?
    public var access = SendmailAccessMap()
    /// Class TrustAuthMech. A login by any other mechanism grants nothing.
    public var trustedMechanisms: [Sourced<String>] = []
    /// Domains whose MX is this host, as the facts have it (relay_based_on_MX).
    public var served: [Sourced<Domain>] = []
    /// Domains whose MX cannot be looked up for now (relay_based_on_MX).
    public var unanswered: [Sourced<Domain>] = []
    /// `$j`, which is in class w without a line that says so.
    public var hostName: Sourced<Domain>?

    /// Where SMTP AUTH is offered; only the audit asks.
    public var offersAUTH: Origin?
    /// Where mail for this host, or for all others, is handed to another one; only the audit asks.
    public var mailHub: Origin?

    public init() {}

    public func has(_ feature: Feature) -> Bool { features[feature] != nil }
    public func origin(of feature: Feature) -> Origin {
        features[feature] ?? Origin(note: "default")
    }
}
