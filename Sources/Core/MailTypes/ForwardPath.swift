/// The argument of RCPT (RFC 5321 §4.1.1.3) in canonical form: what is judged and what is sent on.
public enum ForwardPath: Hashable, Sendable {
    /// `<Postmaster>` without a domain, in any case.
    case postmaster
    case mailbox(Mailbox)

    /// With angle brackets; `<postmaster>` in lower case.
    public var wireForm: [UInt8] {
        switch self {
        case .postmaster: Array("<postmaster>".utf8)
        case .mailbox(let mailbox): mailbox.bracketed
        }
    }

    /// `wireForm` without the angle brackets, behind what stands in `bytes`.
    public func appendPath(to bytes: inout [UInt8]) {
        switch self {
        case .postmaster: bytes += "postmaster".utf8
        case .mailbox(let mailbox): mailbox.appendWireForm(to: &bytes)
        }
    }

    /// Whether it can be sent only with SMTPUTF8 (RFC 6531 §3.4).
    public var needsSMTPUTF8: Bool {
        if case .mailbox(let mailbox) = self { mailbox.needsSMTPUTF8 } else { false }
    }
}

extension ForwardPath: CustomStringConvertible {
    public var description: String { String(decoding: wireForm, as: UTF8.self) }
}
