/// The argument of MAIL (RFC 5321 §4.1.1.2), without any source route.
public enum ReversePath: Hashable, Sendable {
    case null
    case mailbox(Mailbox)

    /// Reads what follows `MAIL FROM:` up to and with `>`; a bare mailbox is taken too only where
    /// `allowingBareMailbox` (command line and JSON, never the wire).
    /// A route is stripped; doubled and trailing dots in the local part are tolerated.
    public init(parsing bytes: [UInt8], allowingBareMailbox: Bool = false) throws(PathProblem) {
        do throws(SyntaxFault) {
            if bytes == [UInt8(ascii: "<"), UInt8(ascii: ">")] {
                self = .null
                return
            }
            let content = try PathSyntax.content(of: bytes, allowingBareMailbox: allowingBareMailbox)
            let parts = try PathSyntax(content, allowing: .doubledAndTrailing)
            guard !parts.isDoubleAt else { throw SyntaxFault("two @ outside quotes") }
            guard case .mailbox(let mailbox) = parts.address else { throw SyntaxFault("no @ in the address") }
            self = .mailbox(mailbox)
        } catch {
            throw PathProblem(inReversePath: error)
        }
    }

    /// `wireForm` behind what stands in `bytes`.
    public func appendWireForm(to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "<"))
        if case .mailbox(let mailbox) = self { mailbox.appendWireForm(to: &bytes) }
        bytes.append(UInt8(ascii: ">"))
    }

    /// With angle brackets, as it is sent to the protected server.
    public var wireForm: [UInt8] {
        switch self {
        case .null: [UInt8(ascii: "<"), UInt8(ascii: ">")]
        case .mailbox(let mailbox): mailbox.bracketed
        }
    }

    /// Whether it can be sent only with SMTPUTF8. The client needs it for every byte that is not ASCII, a U-label
    /// included, which is sent on as an A-label.
    public var needsSMTPUTF8: Bool {
        if case .mailbox(let mailbox) = self { mailbox.needsSMTPUTF8 } else { false }
    }
}

extension ReversePath: CustomStringConvertible {
    public var description: String { String(decoding: wireForm, as: UTF8.self) }
}

extension Mailbox {
    var bracketed: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(localPart.count + domain.bytes.count + 7)
        bytes.append(UInt8(ascii: "<"))
        appendWireForm(to: &bytes)
        bytes.append(UInt8(ascii: ">"))
        return bytes
    }
}
