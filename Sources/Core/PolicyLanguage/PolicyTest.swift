import Diagnostics
import MailTypes
import RelayPolicy

/// One line of `tests { }` (Meaning 16).
public struct PolicyTest: Sendable {
    public enum Claim: Sendable {
        /// `permit|reject|defer from … sender … to … [by "RULE"] [as delivery]`
        case decision(Verdict, RelayRequest, by: String?, asDelivery: Bool)
        /// `only LIST relay-without-login`: nobody else does.
        case only(AddressSet)
        /// `never …`: no such request is permitted.
        case never(Never)
    }

    /// The requests of a `never` line; what is nil was not said.
    public struct Never: Sendable {
        public enum Login: Hashable, Sendable {
            /// Without AUTH and without a POP login.
            case none
            case any
            case named([String])
        }
        public var clients: AddressSet?
        public var login: Login?
        public var senders: [PathPattern]?
        /// Nil: `elsewhere`, whatever is not local.
        public var recipients: [PathPattern]?
        public var listeners: [String]?
        public init() {}
    }

    public var claim: Claim
    public var text: String
    public var at: SourceLocation
    public init(claim: Claim, text: String, at: SourceLocation) {
        (self.claim, self.text, self.at) = (claim, text, at)
    }
}
