import MailTypes
import RelayPolicy

/// A decision that fell some time ago, with the request that it was about: what `gatepost replay` judges again.
public struct PastDecision: Hashable, Sendable {
    /// With the facts that were kept; those that were not are absent.
    public var trial: TrialRequest
    public var verdict: Verdict
    /// Our word for it (`no-rule`), or what another server said (`Relay access denied`); nil where nothing is said.
    public var reason: String?
    /// The name of the rule that decided; nil when none did, and for another server's decisions.
    public var rule: String?

    public init(trial: TrialRequest, verdict: Verdict, reason: String? = nil, rule: String? = nil) {
        (self.trial, self.verdict, self.reason, self.rule) = (trial, verdict, reason, rule)
    }

    /// A decision that was kept.
    public init(_ record: DecisionRecord) {
        self.init(
            trial: TrialRequest(record), verdict: record.decision.verdict, reason: record.decision.reason.rawValue,
            rule: record.decision.rule?.name)
    }

    /// Why a record cannot be judged again. For people, lower case, no full stop.
    public enum Problem: Error, Hashable, Sendable {
        /// It is damaged, or does not hold what it must.
        case unreadable(String)
        /// It holds a key or a word that this version does not know, and that may be a fact which decides.
        case newer(String)
    }
}

extension PastDecision {
    /// Whether it was refused by what no policy says.
    public var isOutsidePolicy: Bool {
        verdict != .permit && reason.flatMap(Reason.init)?.isOutsidePolicy ?? false
    }

    static func verdict(_ word: String) throws(Problem) -> Verdict {
        guard let verdict = Verdict(rawValue: word) else { throw .newer("verdict `\(shown(word))`") }
        return verdict
    }

    static func reason(_ word: String) throws(Problem) -> String {
        guard Reason(rawValue: word) != nil else { throw .newer("reason `\(shown(word))`") }
        return word
    }

    /// A stranger's text, harmless and short enough for a message.
    static func shown(_ text: String) -> String { EscapedText.forTerminal(String(text.prefix(80))) }
}

extension Reason {
    /// Whether it says of a refusal what no rule does.
    var isOutsidePolicy: Bool {
        switch self {
        case .limit, .loginFailed, .protocolError, .upstreamRefused, .upstreamDown, .storeDown, .shuttingDown,
            .otherServer, .banned:
            return true
        case .delivery, .relayRule, .noRule, .denyRule, .addressTrick, .loginRequired, .tlsRequired, .senderNotOwned,
            .unknownRecipient, .undecided, .observed:
            return false
        }
    }
}
