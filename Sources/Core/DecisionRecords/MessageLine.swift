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
        bytes = Array("message=\(id) client=\(client) listener=".utf8)
        EscapedText.append(listener.utf8, to: &bytes)
        bytes += " upstream=".utf8
        EscapedText.append(upstream.utf8, to: &bytes)
        bytes += " bytes=\(size) recipients=\(decisions.count) outcome=\"".utf8
        bytes += Self.quoted(outcome)
        if outcome != reply { bytes += Array("\" reply=\"".utf8) + Self.quoted(reply) }
        bytes += "\" decisions=\(decisions.joined(separator: ","))".utf8
    }

    /// Printable ASCII with its spaces; a quote or a backslash would leave the quotation.
    private static func quoted(_ reply: Reply?) -> [UInt8] {
        guard let reply else { return [] }
        return reply.description.utf8.prefix(400).map {
            $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") ? UInt8(ascii: "'") : $0
        }
    }
}
