import Diagnostics
import MailTypes

/// Why a decision fell: the closed list that logs, metrics and JSON use.
public enum Reason: String, Hashable, Sendable, CaseIterable {
    case delivery, relayRule = "relay-rule", noRule = "no-rule", denyRule = "deny-rule"
    case addressTrick = "address-trick", limit, loginRequired = "login-required", loginFailed = "login-failed"
    case tlsRequired = "tls-required", senderNotOwned = "sender-not-owned"
    case unknownRecipient = "unknown-recipient", protocolError = "protocol-error"
    case upstreamRefused = "upstream-refused", upstreamDown = "upstream-down", storeDown = "store-down"
    case shuttingDown = "shutting-down", undecided, otherServer = "other-server", banned, observed

    /// Whether no rule says it: a limit that was spent, a server that was down, an argument that is no path. Another
    /// policy can say nothing about those.
    public var isOutsidePolicy: Bool {
        switch self {
        case .limit, .loginFailed, .protocolError, .upstreamRefused, .upstreamDown, .storeDown, .shuttingDown,
            .otherServer, .banned:
            true
        case .delivery, .relayRule, .noRule, .denyRule, .addressTrick, .loginRequired, .tlsRequired, .senderNotOwned,
            .unknownRecipient, .undecided, .observed:
            false
        }
    }

    /// Nothing was judged: there was no recipient yet, or none that can be read.
    public var precedesTheRules: Bool {
        switch self {
        case .protocolError, .tlsRequired, .loginRequired, .loginFailed: true
        default: false
        }
    }
}

/// What is said of one recipient, and why. No id, no time: the caller has those.
public struct Decision: Hashable, Sendable {
    public var verdict: Verdict
    public var reason: Reason
    /// The deciding rule, of `refuse` too; nil when none decided.
    public var rule: RuleReference?
    /// A permit's reply is `250 2.1.5`. Without the id, which the caller adds.
    public var reply: Reply
    /// What is sent on; nil when the path was refused before it had one reading.
    public var forwardPath: ForwardPath?
    /// Nil unless permitted.
    public var destination: Destination?
    /// Rules whose limits must have room, and are charged, before the permit counts: index in `Policy.relay`.
    public var chargedRules: [Int]
    /// A rule, listener or node with `observe` had a part in this. Then `wouldHaveBeen` says what it would have said.
    public var observed: Bool
    /// What would have been said if nothing had `observe`; nil unless `observed`.
    public var wouldHaveBeen: Outcome?

    public init(
        verdict: Verdict, reason: Reason, rule: RuleReference? = nil, reply: Reply, forwardPath: ForwardPath? = nil,
        destination: Destination? = nil, chargedRules: [Int] = [], observed: Bool = false,
        wouldHaveBeen: Outcome? = nil
    ) {
        (self.verdict, self.reason, self.rule, self.reply) = (verdict, reason, rule, reply)
        (self.forwardPath, self.destination) = (forwardPath, destination)
        (self.chargedRules, self.observed, self.wouldHaveBeen) = (chargedRules, observed, wouldHaveBeen)
    }

    /// The gist of a decision.
    public struct Outcome: Hashable, Sendable {
        public var verdict: Verdict
        public var reason: Reason
        public var rule: RuleReference?
        public init(_ decision: Decision) {
            (verdict, reason, rule) = (decision.verdict, decision.reason, decision.rule)
        }
    }

    public struct RuleReference: Hashable, Sendable {
        public var name: String
        public var at: SourceLocation
        public init(name: String, at: SourceLocation) { (self.name, self.at) = (name, at) }
    }

    public enum Destination: Hashable, Sendable {
        /// To a local domain; with the upstream of `via`, else the `local` route.
        case delivery(via: String?)
        /// To the `elsewhere` route.
        case relay
    }
}

/// A decision with the way to it: every rule read, the deciding one last; and the rules that came closest.
public struct Explanation: Hashable, Sendable {
    public var decision: Decision
    public var trace: [Step]
    /// At most three permits of `relay`, those with the fewest conditions unmet first; empty for a permit.
    public var closest: [Step]

    public init(decision: Decision, trace: [Step], closest: [Step]) {
        (self.decision, self.trace, self.closest) = (decision, trace, closest)
    }

    public struct Step: Hashable, Sendable {
        public var rule: Decision.RuleReference
        /// The language's word for the first condition that stopped it (`from`, `login`, `until` …); nil if it fits.
        public var stopped: String?
        /// `198.51.100.7 is not in office`; nil if it fits.
        public var because: String?
        /// It neither fits nor fails: the fact named by `stopped` could not be had.
        public var undecided: Bool
        /// It was skipped for `observe`.
        public var observed: Bool
        public init(
            rule: Decision.RuleReference, stopped: String? = nil, because: String? = nil, undecided: Bool = false,
            observed: Bool = false
        ) {
            (self.rule, self.stopped, self.because) = (rule, stopped, because)
            (self.undecided, self.observed) = (undecided, observed)
        }
    }
}
