import Diagnostics
import MailTypes
import RelayPolicy

/// One line of `tests { }` (Meaning 16).
public struct PolicyTest: Sendable {
    public enum Claim: Sendable {
        /// `permit|reject|defer from … sender … to … [by "RULE"] [as delivery]`
        case decision(Verdict, RelayRequest, by: String?, asDelivery: Bool)
        /// `only …` and `never …`: read, not proved yet; their text.
        case proof(String)
    }
    public var claim: Claim
    public var text: String
    public var at: SourceLocation
    public init(claim: Claim, text: String, at: SourceLocation) {
        (self.claim, self.text, self.at) = (claim, text, at)
    }
}
