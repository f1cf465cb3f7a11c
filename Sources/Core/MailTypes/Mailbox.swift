/// A mailbox: local part and domain (RFC 5321 §4.1.2).
public struct Mailbox: Hashable, Sendable {
    /// The decoded local part: no quotes, no quoted-pairs. 1...64 bytes, no control bytes. UTF-8.
    public let localPart: [UInt8]
    public let domain: Domain

    public init(localPart: [UInt8], domain: Domain) {
        (self.localPart, self.domain) = (localPart, domain)
    }

    /// `local@domain` with the least quoting that says the same (RFC 5321 §4.1.2), without brackets.
    public var wireForm: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(localPart.count + domain.bytes.count + 5)
        appendWireForm(to: &bytes)
        return bytes
    }

    /// `wireForm` behind what stands in `bytes`.
    public func appendWireForm(to bytes: inout [UInt8]) {
        LocalPart.appendWireForm(of: localPart, to: &bytes)
        bytes.append(UInt8(ascii: "@"))
        bytes += domain.bytes
    }

    /// Whether it can be sent only with SMTPUTF8 (RFC 6531 §3.4).
    public var needsSMTPUTF8: Bool { localPart.contains { $0 >= 0x80 } }
}

extension Mailbox: CustomStringConvertible {
    public var description: String { String(decoding: wireForm, as: UTF8.self) }
}
