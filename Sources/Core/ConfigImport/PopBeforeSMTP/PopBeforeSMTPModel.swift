import MailTypes

/// POP before SMTP with Sendmail: whose POP login is recent may relay.
public struct PopBeforeSMTPModel: Hashable, Sendable {
    /// The rule by which Sendmail asks for a login; nil where none does, so that no login counts.
    public var wiring: Origin?
    /// How long a login counts, in seconds.
    public var window: Sourced<Int>
    /// Who may tell the DRAC daemon of logins; empty without a dracd.allow.
    public var registrars: [Registrar] = []
    /// Class `w`.
    public var localNames: [Sourced<String>] = []

    public struct Registrar: Hashable, Sendable {
        /// Empty for an entry that fits no address.
        public var ranges: [IPRange]
        public var origin: Origin
    }
}
