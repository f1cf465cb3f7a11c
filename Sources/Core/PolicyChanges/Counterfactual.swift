import Diagnostics
import RelayPolicy

/// A change, small and proved, that would have permitted a request that was refused.
public struct Counterfactual: Sendable {
    /// Raw values are the words of the JSON; in the order in which equally wide ones are offered.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The client does something else; the file stays.
        case logIn = "log-in"
        case encrypt = "use-tls"
        case addPermit = "add-permit"
        case removeException = "remove-exception"
        case addToNetwork = "add-to-network"
        case addToRule = "add-to-rule"
        case addRecipient = "add-recipient"
    }

    public var kind: Kind
    /// For people, without a full stop: `add 198.51.100.7 to the network office`.
    public var what: String
    /// The rule that would permit it.
    public var rule: Decision.RuleReference
    /// The changed lines of the file; nil where the file stays.
    public var text: TextDifference?
    /// The whole changed file; nil where the file stays.
    public var bytes: [UInt8]?
    /// The `gatepost permit` that makes the change, as words for a shell; nil where an editor is needed.
    public var command: [String]?
    /// Nil where the file stays.
    public var gain: RightsGain?
    /// Whether nobody and nothing gains but this request's own client, sender and recipient.
    public var isForThisRequestAlone: Bool
    /// Lines of `tests { }` that rule the change out.
    public var failedTests: [Diagnostic]
}

/// What would have permitted a request.
public struct Counterfactuals: Sendable {
    /// First what needs no change of the file, then by how much else it would let through, the least first.
    public internal(set) var suggestions: [Counterfactual] = []
    /// Why no rule of `relay { }` can help, and what would; nil where one can.
    public internal(set) var noRuleHelps: String?
}
