/// A mailbox: local part and domain (RFC 5321 §4.1.2).
public struct Mailbox: Hashable, Sendable {
    /// The decoded local part: no quotes, no quoted-pairs. 1...64 bytes, no control bytes. UTF-8.
    public let localPart: [UInt8]
    public let domain: Domain

    public init(localPart: [UInt8], domain: Domain) {
        (self.localPart, self.domain) = (localPart, domain)
    }

    /// `local@domain` with the least quoting that says the same (RFC 5321 §4.1.2), without brackets.
    public var wireForm: [UInt8] { fatalError("stub") }
    /// Whether it can be sent only with SMTPUTF8 (RFC 6531).
    public var needsSMTPUTF8: Bool { localPart.contains { $0 >= 0x80 } }
}

/// The argument of MAIL (RFC 5321 §4.1.1.2), without any source route.
public enum ReversePath: Hashable, Sendable {
    case null
    case mailbox(Mailbox)

    /// Reads what follows `MAIL FROM:` up to and with `>`; a bare mailbox is taken too only where
    /// `allowingBareMailbox` (command line and JSON, never the wire).
    /// A route is stripped; doubled and trailing dots in the local part are tolerated.
    public init(parsing bytes: [UInt8], allowingBareMailbox: Bool = false) throws(PathProblem) { fatalError("stub") }

    /// With angle brackets, as it is sent to the protected server.
    public var wireForm: [UInt8] { fatalError("stub") }
}

/// The argument of RCPT (RFC 5321 §4.1.1.3) in canonical form: what is judged and what is sent on.
public enum ForwardPath: Hashable, Sendable {
    /// `<Postmaster>` without a domain, in any case.
    case postmaster
    case mailbox(Mailbox)

    /// With angle brackets; `<postmaster>` in lower case.
    public var wireForm: [UInt8] { fatalError("stub") }
}
