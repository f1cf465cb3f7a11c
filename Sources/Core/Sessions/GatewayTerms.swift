import MailProtocols
import MailTypes
import RelayPolicy

/// What holds for a whole session: it keeps what it began with, also over a reload.
public final class GatewayTerms: Sendable {
    public let policy: CompiledPolicy
    /// Our name in the greeting, in EHLO and in Received lines.
    public let hostname: String
    public let limits: SessionLimits
    /// Tells one text of the configuration from another, for the record of a decision.
    public let policyHash: String
    /// Upstreams whose servers are told the client's address (`tell-client-address`).
    public let toldUpstreams: Set<String>
    /// Whose sessions are watched for signs that there are many behind one address (`SharedAddressWatch`).
    public let watchedAddresses: AddressSet
    let greeting: Reply

    public init(
        policy: CompiledPolicy, hostname: String, limits: SessionLimits = SessionLimits(), policyHash: String = "",
        toldUpstreams: Set<String> = []
    ) {
        (self.policy, self.hostname, self.limits, self.policyHash) = (policy, hostname, limits, policyHash)
        self.toldUpstreams = toldUpstreams
        watchedAddresses = policy.policy.privateAddressesPermitted
        greeting = Reply(code: 220, text: Array("\(hostname) ESMTP Gatepost".utf8))
    }
}

/// Limits of one session; each has its name and number in `docs/operating.md`.
public struct SessionLimits: Hashable, Sendable {
    /// Bytes of mail data; nil: as much as the protected server takes.
    public var messageSize: UInt64?
    /// Accepted recipients in one transaction; more get 452 (RFC 5321 §4.5.3.1.10).
    public var recipients = 1_000
    /// Commands that are none, or out of order, before the session ends.
    public var badCommands = 20
    /// Commands that bring no message on (EHLO, NOOP, RSET, VRFY …) between two messages before the session ends.
    public var idleCommands = 200
    /// Recipients refused, by us or by the protected server, before the session ends.
    public var refusedRecipients = 1_000
    /// `Received:` lines in a header section before the message is a loop (RFC 5321 §6.3).
    public var receivedLines = 100
    /// Bytes that are read and dropped after a message was found too large or broken.
    public var discardedBytes: UInt64 = 256 << 20

    public init() {}
}

/// What the shell knows at the moment of an event.
public struct Moment {
    public let now: Instant
    /// `now` for a Received line (`Instant.rfc5322`): it changes once a second, so the shell keeps it.
    public let date: String
    /// The clock stands more than an hour behind the newest time on record.
    public let clockIsBehind: Bool
    /// The client has had too many relays refused: nothing is relayed for it without a login.
    public let clientIsBanned: Bool
    /// There are many behind the client's address, which permits nothing any more.
    public let addressIsShared: Bool
    /// Makes the id of a decision or a message.
    public let newIdentifier: () -> String

    public init(
        now: Instant, date: String? = nil, clockIsBehind: Bool = false, clientIsBanned: Bool = false,
        addressIsShared: Bool = false, newIdentifier: @escaping () -> String
    ) {
        (self.now, self.date, self.clockIsBehind) = (now, date ?? now.rfc5322, clockIsBehind)
        (self.clientIsBanned, self.addressIsShared, self.newIdentifier) = (clientIsBanned, addressIsShared, newIdentifier)
    }
}

/// A recipient that may go to the protected server.
public struct RecipientOffer: Hashable, Sendable {
    /// Name of the upstream.
    public let upstream: String
    public let reversePath: ReversePath
    public let mailParameters: MailParameters
    public let forwardPath: ForwardPath
    /// Sent in the place of `forwardPath` as the client wrote it, to a server that judges for itself (`observe`).
    public let asWritten: WrittenPath?
    public let parameters: RecipientParameters
    /// The server has to be told whose message it is, on a connection that is this client's alone.
    public let tellsClient: Bool

    public init(
        upstream: String, reversePath: ReversePath, mailParameters: MailParameters, forwardPath: ForwardPath,
        asWritten: WrittenPath? = nil, parameters: RecipientParameters, tellsClient: Bool = false
    ) {
        (self.upstream, self.reversePath, self.mailParameters) = (upstream, reversePath, mailParameters)
        (self.forwardPath, self.asWritten, self.parameters) = (forwardPath, asWritten, parameters)
        self.tellsClient = tellsClient
    }
}

/// Rules with limits, and the request that they permit.
public struct LimitCharge: Sendable {
    /// Index in `Policy.relay`.
    public let rules: [Int]
    public let request: RelayRequest
    /// Rules that the message of this transaction was charged to before.
    public let countedBefore: Set<Int>
}

/// What became of a recipient that was offered.
public enum RecipientAnswer: Hashable, Sendable {
    case accepted(Reply)
    /// By the server, for MAIL or for RCPT.
    case refused(Reply)
    /// No server answered, or it went away; the transaction there is gone.
    case unavailable
}

/// What a session reports, for the log and the counters.
public enum SessionEvent: Sendable {
    case decided(RecipientRecord)
    case finished(TransactionRecord)
}

/// One recipient: what was asked, what was said, and what the protected server said to it.
public struct RecipientRecord: Sendable {
    public let id: String
    public let givenForwardPath: [UInt8]
    public let judged: JudgedRequest
    /// The protected server's reply to it, where it was asked.
    public let outcome: Reply?
    /// Of the terms that the session began with.
    public let policyHash: String

    /// The facts. Where the path could not be read, its `forwardPath` says nothing.
    @inlinable public var request: RelayRequest { _read { yield judged.request } }
    @inlinable public var decision: Decision { _read { yield judged.decision } }
}

/// The end of one transaction that reached mail data.
public struct TransactionRecord: Sendable {
    public let id: String
    public let upstream: String
    /// The decisions of the recipients that were accepted.
    public let decisions: [String]
    /// Rules with limits that permitted one of those recipients: each once, with the first that it permitted.
    public let used: [LimitCharge]
    /// Mail data of the client, without the terminator.
    public let bytes: UInt64
    /// The protected server's final reply; nil when it never gave one.
    public let outcome: Reply?
    /// What the client was told.
    public let reply: Reply
}
