import MailTypes

/// One command of an SMTP client (RFC 5321 §4.1.1), parsed. Nothing of the client's bytes is kept beyond the
/// values here, so nothing else can reach the protected server.
public enum Command: Hashable, Sendable {
    /// The argument is a domain or an address literal by grammar, but clients say anything; it is
    /// printable ASCII here and grants nothing.
    case helo([UInt8])
    case ehlo([UInt8])
    case mail(ReversePath, MailParameters)
    /// With the path as it was given, for the log alone.
    case rcpt(WrittenPath, RecipientParameters, given: [UInt8])
    case data
    case rset
    case noop
    case quit
    case vrfy
    case expn
    case help
    /// RFC 3207 §4.
    case startTLS
    /// A verb that this server knows and does not offer: BDAT, AUTH, ETRN, TURN, ATRN, XCLIENT …
    case notOffered(Verb)

    public enum Verb: String, Hashable, Sendable, CaseIterable {
        case bdat, auth, etrn, turn, atrn, xclient, xforward, send, soml, saml
    }

    /// Whether it does nothing for a message.
    public var isIdle: Bool {
        switch self {
        case .ehlo, .helo, .rset, .noop, .help, .vrfy, .expn: true
        case .mail, .rcpt, .data, .quit, .startTLS, .notOffered: false
        }
    }

    /// Whether it must be the last of a pipelined group (RFC 2920 §3.1).
    public var endsGroup: Bool {
        switch self {
        case .mail, .rcpt, .rset: false
        default: true
        }
    }
}

/// Why a line is no command, with what the client is told.
public struct CommandProblem: Error, Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case unknownVerb, syntax
        /// The argument of MAIL or RCPT is no path: the log gets a decision for it.
        case reversePath([UInt8])
        case forwardPath([UInt8])
        case parameter
    }
    public let kind: Kind
    public let reply: Reply

    init(_ kind: Kind, _ code: UInt16, _ status: StaticString, _ text: String) {
        (self.kind, reply) = (kind, Reply(code, status, text))
    }
    init(_ kind: Kind, reply: Reply) { (self.kind, self.reply) = (kind, reply) }
}
