import Diagnostics
import MailTypes

/// One rule of `relay { }` or `refuse { }`: it fits when every condition that is written fits
/// (language page, Meaning 3).
public struct Rule: Hashable, Sendable {
    public enum Verb: String, Hashable, Sendable {
        case permit, reject, `defer`
        /// In `refuse { }` only: ends it and grants nothing.
        case pass
    }

    public var name: String
    /// The line of the verb.
    public var at: SourceLocation
    public var verb: Verb
    public var conditions: Conditions
    public var limits: [Limit]
    /// The last day (UTC) on which a permit counts.
    public var until: CalendarDay?
    /// The line with which an import says that the original asks for no proof.
    public var proofNone: Bool
    /// Skipped when judged; what it would have done is said.
    public var observes: Bool
    public var owner: String?
    public var because: String?
    /// What the client is told instead of the standard reply.
    public var reply: Reply?

    public init(
        name: String, at: SourceLocation, verb: Verb, conditions: Conditions = Conditions(), limits: [Limit] = [],
        until: CalendarDay? = nil, proofNone: Bool = false, observes: Bool = false, owner: String? = nil,
        because: String? = nil, reply: Reply? = nil
    ) {
        (self.name, self.at, self.verb, self.conditions, self.limits) = (name, at, verb, conditions, limits)
        (self.until, self.proofNone, self.observes) = (until, proofNone, observes)
        (self.owner, self.because, self.reply) = (owner, because, reply)
    }
}

/// The conditions of a rule; nil is a condition that is not written and so does not exist.
public struct Conditions: Hashable, Sendable {
    public var from: Addresses?
    public var name: HostNames?
    public var localAddress: Addresses?
    public var listeners: [String]?
    public var helo: HeloCondition?
    public var login: LoginCondition?
    public var tls: TLSCondition?
    public var needsPOPLogin = false
    public var sender: Patterns?
    public var senderOwnedByLogin = false
    public var to: Patterns?

    public init() {}

    /// Addresses after `except`, and the words they were written in (`office except 192.0.2.66`).
    public struct Addresses: Hashable, Sendable {
        public var set: AddressSet
        public var text: String
        public init(_ set: AddressSet, text: String) { (self.set, self.text) = (set, text) }
    }

    /// Patterns, and the words they were written in.
    public struct Patterns: Hashable, Sendable {
        public var set: PathPatternSet
        public var text: String
        public init(_ set: PathPatternSet, text: String) { (self.set, self.text) = (set, text) }
    }

    public enum HostNames: Hashable, Sendable {
        /// The confirmed name is one of these, or below one of these.
        case oneOf(exact: [Domain], below: [Domain])
        /// `name none`: absent or forged.
        case none
    }

    public enum HeloCondition: Hashable, Sendable {
        case oneOf(exact: [Domain], below: [Domain])
        case verified, unverified
    }

    public struct LoginCondition: Hashable, Sendable {
        /// Nil is `any`.
        public var names: [String]?
        /// Nil is any mechanism. Upper case.
        public var mechanisms: [String]?
        public init(names: [String]?, mechanisms: [String]? = nil) {
            (self.names, self.mechanisms) = (names, mechanisms)
        }
    }

    public enum TLSCondition: Hashable, Sendable {
        case any
        /// Each is the word after `client-certificate`, or `fingerprint:…` in lower case.
        case certificate([String])
    }
}

/// `limit N recipients per TIME for each client [then reject]`
public struct Limit: Hashable, Sendable {
    public enum Unit: String, Hashable, Sendable { case recipients, messages, bytes }
    public enum Subject: String, Hashable, Sendable { case client, login, certificate, sender, rule }

    public var count: UInt64
    public var unit: Unit
    public var window: Duration
    public var subject: Subject
    public var thenReject: Bool
    public var at: SourceLocation

    public init(count: UInt64, unit: Unit, window: Duration, subject: Subject, thenReject: Bool, at: SourceLocation) {
        (self.count, self.unit, self.window) = (count, unit, window)
        (self.subject, self.thenReject, self.at) = (subject, thenReject, at)
    }
}
