import MailTypes

/// What clients are told where no rule has a `reply` of its own. Nothing here tells of our rules.
enum StandardReply {
    /// Of a permit alone: what the client is told is the protected server's own reply.
    static let recipientOK = Reply(code: 250, lines: [Array("2.1.5".utf8)])
    static let relayingDenied = Reply(550, "5.7.1", "Relaying denied")
    static let refused = Reply(550, "5.7.1", "Not accepted here")
    static let addressForm = Reply(550, "5.7.1", "This form of address is not accepted here")
    static let unknownRecipient = Reply(550, "5.1.1", "No such mailbox here")
    static let deferred = Reply(450, "4.7.1", "Not accepted now, try again later")
    static let undecided = Reply(451, "4.3.0", "Cannot be decided now, try again later")
    static let limitSpent = Reply(450, "4.7.1", "Limit reached, try again later")
    static let limitSpentForGood = Reply(550, "5.7.1", "Limit reached")
    /// RFC 3207 §4
    static let tlsRequired = Reply(530, "5.7.0", "Must issue a STARTTLS command first")
    /// RFC 4954 §6
    static let loginRequired = Reply(530, "5.7.0", "Authentication required")
    /// RFC 5321 §3.1
    static let noService = Reply(554, "5.7.1", "No SMTP service for you here")
    /// RFC 5321 §3.8: the channel closes, and the client may come again.
    static let noServiceNow = Reply(421, "4.3.0", "No service now, try again later")
}

extension Rule {
    /// The rule's own reply where it says what the verb says, else the standard one: a reject that answers 250
    /// would make the client believe that its mail is on the way.
    func reply(orReject reject: Reply, orDefer defer: Reply) -> Reply {
        switch verb {
        case .permit, .pass: StandardReply.recipientOK
        case .reject: reply.flatMap { $0.isPermanent ? $0 : nil } ?? reject
        case .defer: reply.flatMap { $0.isTransient ? $0 : nil } ?? `defer`
        }
    }

    public var reference: Decision.RuleReference { Decision.RuleReference(name: name, at: at) }
}
