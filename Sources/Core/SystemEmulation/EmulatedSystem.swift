import MailTypes

/// A mail system that decides as its makers' did: by its own settings, in its own order, holes included.
///
/// It is written from what is known of the system and shares no code with the translation to a policy, so that one can
/// be held against the other.
public protocol EmulatedSystem: Sendable {
    func decide(_ request: EmulatedRequest) -> EmulatedDecision
}

/// One recipient of one transaction, with the bytes as they stood on the wire.
public struct EmulatedRequest: Hashable, Sendable {
    public var client: IPAddress
    /// The address that the client connected to.
    public var localAddress: IPAddress?
    public var name: ClientName = .absent
    public var helo = "client"
    /// Whether the name in HELO leads to the client's address; nil where nobody asked.
    public var isHeloTrue: Bool?
    public var login: String?
    /// Upper case.
    public var mechanism: String?
    /// A recent POP login of the client's address.
    public var hasPOPLogin = false
    /// Words that rules have for the certificates which the client proved.
    public var certificates: [String] = []
    /// What stands between `<` and `>`; empty for the null path.
    public var sender: [UInt8]
    public var recipient: [UInt8]

    public init(client: IPAddress, sender: [UInt8], recipient: [UInt8]) {
        (self.client, self.sender, self.recipient) = (client, sender, recipient)
    }

    /// What a reverse lookup says of the client.
    public enum ClientName: Hashable, Sendable {
        case confirmed(Domain)
        case absent
        /// The name does not lead back to the client.
        case forged(Domain)
        case temporaryFailure
    }
}

/// What the system answers to one recipient.
public enum EmulatedDecision: Hashable, Sendable {
    /// The connection is closed with this text.
    case refusedConnection(String)
    /// A reply of 5xx, with its text.
    case refused(String)
    /// A reply of 4xx, with its text.
    case deferred(String)
    /// 250; where the message really goes.
    case accepted(EmulatedDestination)
}

/// Where a message ends.
public enum EmulatedDestination: Hashable, Sendable {
    /// A mailbox here, as the system understood the recipient.
    case delivered(RecipientText)
    /// Sent on to another server.
    case relayed(RecipientText)
}
