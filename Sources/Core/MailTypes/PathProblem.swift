/// Why bytes are no path.
public struct PathProblem: Error, Hashable, Sendable {
    /// For people, lower case, no full stop: `two @ outside quotes`.
    public let message: String
    /// What the client is told.
    public let reply: Reply
    public init(message: String, reply: Reply) { (self.message, self.reply) = (message, reply) }
}

extension PathProblem {
    /// RFC 3463 §3.2: bad destination mailbox address syntax.
    init(inForwardPath fault: SyntaxFault) {
        self.init(message: fault.message, reply: Reply(501, "5.1.3", "Bad recipient address: \(fault.message)"))
    }

    /// RFC 3463 §3.2: bad sender's mailbox address syntax.
    init(inReversePath fault: SyntaxFault) {
        self.init(message: fault.message, reply: Reply(501, "5.1.7", "Bad sender address: \(fault.message)"))
    }
}

/// The same before it is known in which command the bytes stood. The message is ours alone and repeats nothing
/// of the bytes, since it goes into a reply.
struct SyntaxFault: Error {
    let message: String
    init(_ message: StaticString) { self.message = "\(message)" }
}
