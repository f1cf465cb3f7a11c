import MailTypes

/// Relay control of NTMail's SMTP server.
public struct NTMailModel: Hashable, Sendable {
    /// *Only Accept Local Mail*: a recipient must be local, or the client one that is treated as local.
    public var acceptsOnlyLocal: Bool
    public var origin: Origin
    /// Whether it was taken from the release, since nothing says it.
    public var isAssumed: Bool
    /// *Treat as Local*
    public var treatedAsLocal: ClientList
    public var domains: [Sourced<Domain>]
}
