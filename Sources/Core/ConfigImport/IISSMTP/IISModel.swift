import MailTypes

/// Relay control of an SMTP virtual server of IIS, which Exchange 2000 and 2003 use.
public struct IISModel: Hashable, Sendable {
    /// A dialog with a choice between *Only the list below* and *All except the list below*.
    public struct AccessList: Hashable, Sendable {
        public enum Mode: Hashable, Sendable { case onlyListed, allExceptListed }
        public var mode: Mode
        public var origin: Origin
        /// Networks, one an entry; empty where no address fits.
        public var entries: [Entry] = []
        /// Domains of confirmed client names.
        public var names: [Sourced<Domain>] = []

        public init(_ mode: Mode, origin: Origin) { (self.mode, self.origin) = (mode, origin) }

        public var ranges: [Sourced<IPRange>] { entries.flatMap { entry in entry.ranges.map { Sourced($0, entry.origin) } } }
    }

    public struct Entry: Hashable, Sendable {
        public var ranges: [IPRange]
        public var origin: Origin
        public init(ranges: [IPRange], origin: Origin) { (self.ranges, self.origin) = (ranges, origin) }
    }

    /// Who may relay without logging in.
    public var relay: AccessList
    /// Who may connect; nil for everybody.
    public var connection: AccessList?
    /// Where it is said that whoever has logged in may relay; nil if not.
    public var relayForLogin: Origin?
    /// Without it clients must log in before they send anything.
    public var admitsAnonymous: Bool
    public var anonymousOrigin: Origin
    public var local: [Sourced<HostPattern>]
    /// Remote domains to which incoming mail is relayed for everybody.
    public var relayed: [Sourced<HostPattern>]
    /// *Allow incoming mail to be relayed* for the domain `*`.
    public var relaysEverywhere: Origin?

    public init(relay: AccessList, local: [Sourced<HostPattern>] = [], relayed: [Sourced<HostPattern>] = []) {
        (self.relay, self.local, self.relayed) = (relay, local, relayed)
        admitsAnonymous = true
        anonymousOrigin = Origin(note: "default: anonymous access")
    }
}
