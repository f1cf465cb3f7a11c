import MailTypes

/// Relay control of Eudora WorldMail Server: access objects of the Connection Management Center.
public struct WorldMailModel: Hashable, Sendable {
    /// Who has access: a default with exceptions by address.
    public struct AccessObject: Hashable, Sendable {
        /// `Default = Allowed Access`
        public var isAllowedByDefault: Bool
        public var defaultOrigin: Origin
        /// Clients for whom the opposite of the default holds.
        public var exceptions: [Entry] = []

        public init(isAllowedByDefault: Bool, defaultOrigin: Origin) {
            (self.isAllowedByDefault, self.defaultOrigin) = (isAllowedByDefault, defaultOrigin)
        }

        public var exceptionRanges: [Sourced<IPRange>] {
            exceptions.flatMap { entry in entry.ranges.map { Sourced($0, entry.origin) } }
        }
    }

    public struct Entry: Hashable, Sendable {
        /// Empty where no address fits.
        public var ranges: [IPRange]
        public var origin: Origin
        public init(ranges: [IPRange], origin: Origin) { (self.ranges, self.origin) = (ranges, origin) }
    }

    /// `SMTP Relay (Non-Local Only)`: who may send to recipients that are not local.
    public var relay: AccessObject
    /// `SMTP`: who may connect at all.
    public var service: AccessObject
    public var domains: [Sourced<Domain>]
}
