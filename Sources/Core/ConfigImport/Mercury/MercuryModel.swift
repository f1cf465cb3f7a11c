import MailTypes

/// Relay control of Mercury's SMTP server, `[MercuryS]` of MERCURY.INI.
public struct MercuryModel: Hashable, Sendable {
    public enum Mode: Hashable, Sendable {
        /// `Relay : 1`
        case open
        /// `Relay : 0`: a local sender may relay.
        case normal
        /// `Relay : 0` with `Strict_Relay : 1`: only addresses count.
        case strict
    }

    /// What the entry that applies to a client does.
    public enum Access: Hashable, Sendable {
        /// `Allow`: may connect and relay.
        case allow
        /// `Refuse`: may not connect.
        case refuse
    }

    public var mode: Mode
    public var modeOrigin: Origin
    /// The release's reading is already in its order.
    public var access: AddressPriority<Access>
    /// Domains whose mail is delivered here.
    public var domains: [Sourced<Domain>]
    /// Mail for an alias is taken from everybody, even where it goes on to another system.
    public var aliases: [MailAlias]
    /// Where SMTP authentication is enabled; a client that has logged in may relay in every mode.
    public var authentication: Origin?

    /// Everybody, as `0.0.0.0` means.
    public static let everybody = [
        IPRange(first: IPAddress(v4: 0), last: IPAddress(v4: .max)), IPRange(first: IPAddress(v6: 0), last: IPAddress(v6: .max)),
    ].compactMap { $0 }
}
