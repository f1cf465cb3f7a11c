import JSONText
import MailTypes

/// The end of one message as a line of `key=value`: what the protected server said to the whole of it, with its queue
/// id. `decisions` names the lines of its recipients.
///
///     message=01KAS3Q8… client=192.0.2.10 listener=public upstream=mailstore bytes=4096 recipients=1
///     outcome="250 2.0.0 Ok: queued as 3F2A" decisions=01KAS3Q7…
public struct MessageLine: Sendable {
    public let id: String
    public let client: IPAddress
    public let listener: String
    public let upstream: String
    /// Bytes of mail data.
    public let size: UInt64
    public let decisions: [String]
    /// Nil when the server never answered.
    public let outcome: Reply?
    /// What the client was told.
    public let reply: Reply

    public init(
        id: String, client: IPAddress, listener: String, upstream: String, size: UInt64, decisions: [String],
        outcome: Reply?, reply: Reply
    ) {
        (self.id, self.client, self.listener, self.upstream) = (id, client, listener, upstream)
        (self.size, self.decisions, self.outcome, self.reply) = (size, decisions, outcome, reply)
    }

    public var bytes: [UInt8] { TextForm(self).bytes }

    /// `docs/json/log.schema.json`; `reply` stands only where it is not the outcome.
    public func json(at time: String) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("time", .string(time)), .init("message", .string(id)), .init("client", .string("\(client)")),
            .init("listener", .string(listener)), .init("upstream", .string(upstream)),
            .init("bytes", .number(Double(size))), .init("recipients", .number(decisions.count)),
            .init("outcome", .optional(outcome.map(Self.text))),
        ]
        if outcome != reply { members.append(.init("reply", .string(Self.text(reply)))) }
        members.append(.init("decisions", .array(decisions.map(JSONValue.string))))
        return .object(members)
    }

    private static func text(_ reply: Reply) -> String {
        "\(reply.code) " + reply.lines.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
}

private struct TextForm {
    private(set) var bytes: [UInt8] = []

    init(_ line: borrowing MessageLine) {
        bytes.reserveCapacity(400)
        append("message=", line.id)
        append(" client=", line.client.description)
        bytes += " listener="
        appendName(line.listener)
        bytes += " upstream="
        appendName(line.upstream)
        bytes += " bytes="
        bytes.append(number: line.size)
        bytes += " recipients="
        bytes.append(number: UInt64(line.decisions.count))
        bytes += " outcome=\""
        append(line.outcome)
        if line.outcome != line.reply {
            bytes += "\" reply=\""
            append(line.reply)
        }
        bytes += "\" decisions="
        for (index, decision) in line.decisions.enumerated() { append(index == 0 ? "" : ",", decision) }
    }

    private mutating func appendName(_ name: String) {
        let start = bytes.count
        bytes.append(text: name)
        EscapedText.escape(&bytes, from: start)
    }

    private mutating func append(_ key: StaticString, _ text: String) {
        bytes += key
        bytes.append(text: text)
    }

    private static let longestReply = 400

    /// Code and text. Printable ASCII with its spaces stays; a quote or a backslash would leave the quotation.
    private mutating func append(_ reply: Reply?) {
        guard let reply else { return }
        reply.appendCode(to: &bytes)
        for line in reply.text.split(separator: 10, omittingEmptySubsequences: false) {
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
