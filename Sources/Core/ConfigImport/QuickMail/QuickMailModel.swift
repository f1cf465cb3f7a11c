import MailTypes

/// The Relaying box of QuickMail Pro's SMTP Domain dialog. The wording of its choices is not known, so its owner says
/// which of four meanings it has.
public struct QuickMailModel: Hashable, Sendable {
    public enum Relaying: String, Hashable, Sendable, CaseIterable {
        case none
        /// Whoever gives a sender of the own domain.
        case localSenders = "local-senders"
        case listedAddresses = "listed-addresses"
        case all
    }

    /// Relaying is there until it is restricted.
    public var relaying: Relaying
    public var relayingOrigin: Origin
    /// Whether a line says it.
    public var isSaid: Bool
    public var domains: [Sourced<Domain>]
    /// For `listedAddresses`.
    public var addresses: [Sourced<IPRange>]
}
