import MailTypes

/// Relay control of the GroupWise Internet Agent: the SMTP Relay page, start-up switches, blocked.txt.
public struct GWIAModel: Hashable, Sendable {
    /// `/NOROUTING`: no relaying at all, and no exceptions. Nil without it.
    public var noRouting: Origin?
    /// *Prevent message relaying*, against *Allow message relaying*.
    public var isPrevented: Bool
    public var defaultOrigin: Origin
    /// Whether the default was taken from the release, since nothing says it.
    public var isDefaultAssumed: Bool
    /// Asked only where relaying is prevented.
    public var allowed: ClientList
    /// Asked only where relaying is allowed.
    public var prevented: ClientList
    /// May not connect.
    public var blocked: ClientList
    /// Since GroupWise 6 whoever has logged in may relay.
    public var loginsMayRelay: Bool
    /// `--forceinboundauth`: without a login no mail is taken, inbound mail too.
    public var demandsLogin: Origin?
    /// Domains of the GroupWise system.
    public var domains: [Sourced<Domain>]
}
