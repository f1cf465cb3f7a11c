import MailTypes

/// The end of one message as a line of `key=value`: what the protected server said to the whole of it, with its queue
/// id. `decisions` names the lines of its recipients.
///
///     message=01KAS3Q8… client=192.0.2.10 listener=public upstream=mailstore bytes=4096 recipients=1
///     outcome="250 2.0.0 Ok: queued as 3F2A" decisions=01KAS3Q7…
public struct MessageLine: Sendable {
    public private(set) var bytes: [UInt8]

    /// `outcome` is nil when the server never answered; then `reply` is what the client was told instead.
    public init(
        id: String, client: IPAddress, listener: String, upstream: String, size: UInt64, decisions: [String],
        outcome: Reply?, reply: Reply
    ) {
        bytes = []
        bytes.reserveCapacity(400)
        append("message=", id)
        append(" client=", client.description)
        bytes += " listener=".utf8
        EscapedText.append(listener.utf8, to: &bytes)
        bytes += " upstream=".utf8
        EscapedText.append(upstream.utf8, to: &bytes)
        append(" bytes=", String(size))
        append(" recipients=", String(decisions.count))
        bytes += " outcome=\"".utf8
        append(outcome)
        if outcome != reply {
            bytes += "\" reply=\"".utf8
            append(reply)
        }
        bytes += "\" decisions=".utf8
        for (index, decision) in decisions.enumerated() { append(index == 0 ? "" : ",", decision) }
    }

    private mutating func append(_ key: StaticString, _ text: String) {
        key.withUTF8Buffer { bytes += $0 }
        bytes += text.utf8
    }

    private static let longestReply = 400

    /// Code and text. Printable ASCII with its spaces stays; a quote or a backslash would leave the quotation.
    private mutating func append(_ reply: Reply?) {
        guard let reply else { return }
        reply.appendCode(to: &bytes)
        for line in reply.lines {
            bytes.append(UInt8(ascii: " "))
            for byte in line.prefix(Self.longestReply) {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(UInt8(ascii: "'"))
                case 0x20...0x7e: bytes.append(byte)
                default: bytes.append(UInt8(ascii: "?"))
                }
            }
        }
    }
}
