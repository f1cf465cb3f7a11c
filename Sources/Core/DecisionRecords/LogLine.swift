import MailTypes
import RelayPolicy

/// A decision as one line of `key=value`, in a fixed order, for the log and what reads it.
///
/// A key stands at the line's start or after a space. No value holds a space but a rule's name and a reply's code,
/// which are in quotes: no client can forge a field. `rule`, `login` and `reply` are quoted always; an absent value
/// is `""`.
///
///     verdict=reject rule="" reason=no-rule client=198.51.100.7 listener=public login="" helo=evil
///     sender=x@evil.example recipient=y@victim.example reply="550 5.7.1" id=01KAS3Q7… via=gateway
public struct LogLine: Sendable {
    /// ASCII, but for letters in the name of a rule, which the administrator wrote; without a line end.
    public private(set) var bytes: [UInt8]

    public init(_ record: borrowing DecisionRecord) {
        bytes = []
        bytes.reserveCapacity(400)
        bytes += "verdict="
        bytes.append(text: record.decision.verdict.rawValue)
        appendOwnName("rule", record.decision.rule?.name)
        appendWord("reason", record.decision.reason.rawValue)
        appendWord("client", record.request.client.description)
        append("listener") { if let name = record.request.listener { $0.append(text: name) } }
        appendQuoted("login", record.login ?? "")
        append("helo") { if let name = record.request.helo { $0 += name } }
        append("sender", record.appendReversePath)
        append("recipient", record.appendForwardPath)
        appendStatus("reply", of: record.decision.reply)
        appendWord("id", record.id)
        appendWord("via", record.via.rawValue)
        if let port = record.clientPort { appendWord("port", String(port)) }
        if let name = record.clientName { append("name") { $0 += name.bytes } }
        if let version = record.request.tlsVersion { append("tls") { $0.append(text: version) } }
        if case .known(let login) = record.request.popLogin { appendQuoted("pop", login.name ?? "") }
        if let outcome = record.outcome { appendStatus("outcome", of: outcome) }
        if record.decision.observed { appendWord("observed", "yes") }
        if let instead = record.decision.wouldHaveBeen {
            appendWord("would", instead.verdict.rawValue)
            appendOwnName("would-rule", instead.rule?.name)
        }
    }

    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension LogLine {
    private mutating func appendKey(_ key: StaticString) {
        bytes.append(UInt8(ascii: " "))
        bytes += key
        bytes.append(UInt8(ascii: "="))
    }

    /// A word of ours: nothing in it needs escaping.
    private mutating func appendWord(_ key: StaticString, _ word: String) {
        appendKey(key)
        bytes.append(text: word)
    }

    /// Bytes of a stranger's, which `write` appends.
    private mutating func append(_ key: StaticString, _ write: (inout [UInt8]) -> Void) {
        appendKey(key)
        let start = bytes.count
        write(&bytes)
        if bytes.count == start { bytes += "\"\"" } else { EscapedText.escape(&bytes, from: start) }
    }

    /// The same in quotes, for readers that expect them.
    private mutating func appendQuoted(_ key: StaticString, _ field: String) {
        appendKey(key)
        bytes.append(UInt8(ascii: "\""))
        let start = bytes.count
        bytes.append(text: field)
        EscapedText.escape(&bytes, from: start)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendStatus(_ key: StaticString, of reply: Reply) {
        appendKey(key)
        bytes.append(UInt8(ascii: "\""))
        reply.appendCode(to: &bytes)
        if let status = Self.enhancedStatus(of: reply) {
            bytes.append(UInt8(ascii: " "))
            bytes += status
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// The enhanced status code, if the text begins with one (RFC 2034 §4). The rest of a reply is for the client,
    /// and a protected server may put anything there.
    private static func enhancedStatus(of reply: Reply) -> ArraySlice<UInt8>? {
        let word = reply.text.prefix { $0 != UInt8(ascii: " ") && $0 != 10 }
        var digits = 0
        var dots = 0
        for byte in word {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9") where digits < 3: digits += 1
            case UInt8(ascii: ".") where digits > 0: (digits, dots) = (0, dots + 1)
            default: return nil
            }
        }
        return dots == 2 && digits > 0 ? word : nil
    }

    /// A name from the configuration: readable, in quotes that it cannot leave.
    private mutating func appendOwnName(_ key: StaticString, _ name: String?) {
        appendKey(key)
        bytes.append(UInt8(ascii: "\""))
        if let name {
            for byte in EscapedText.forTerminal(name).utf8 {
                if byte == UInt8(ascii: "\"") { bytes += "\\x22" } else { bytes.append(byte) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
