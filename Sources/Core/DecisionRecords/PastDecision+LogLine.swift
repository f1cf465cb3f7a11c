import MailTypes
import RelayPolicy

extension PastDecision {
    /// A line that `LogLine` wrote, without what a log service put before it. Its time is the one in its id, else
    /// `time`.
    public init(logLine line: [UInt8], time: Instant) throws(Problem) {
        let fields = try LogLineFields(line)
        guard let client = IPAddress(try fields.text("client")) else { throw .unreadable("`client` is no IP address") }
        let id = try fields.text("id")
        // Behind everything that decides: a line that was cut before it is not the whole request.
        guard DecisionRecord.Via(rawValue: try fields.text("via")) != nil else { throw .newer("`via`") }
        var facts = RelayRequest(
            client: client.unmapped, forwardPath: WrittenPath(.postmaster),
            now: Self.time(of: Array(id.utf8)) ?? time)
        if let name = try fields.optionalText("name") {
            guard let domain = Domain(name) else { throw .unreadable("`name` is no host name") }
            facts.clientName = .confirmed(domain)
        }
        facts.listener = try fields.optionalText("listener")
        facts.tlsVersion = try fields.optionalText("tls")
        facts.helo = try fields.optionalBytes("helo")
        facts.login = try fields.optionalText("login").map { .known(.init(name: $0)) } ?? .absent
        if fields.has("pop") { facts.popLogin = .known(.init(name: try fields.optionalText("pop"))) }
        self.init(
            trial: TrialRequest(facts: facts, sender: try fields.bytes("sender"), to: try fields.bytes("recipient")),
            verdict: try Self.verdict(try fields.text("verdict")), reason: try Self.reason(try fields.text("reason")),
            rule: try fields.ruleName())
    }

    /// The milliseconds in the first ten characters of an id (`DecisionRecord.id`); nil if it is none.
    private static func time(of id: [UInt8]) -> Instant? {
        guard id.count == 26 else { return nil }
        var milliseconds: Int64 = 0
        for character in id.prefix(10) {
            guard let digit = alphabet.firstIndex(of: character) else { return nil }
            milliseconds = milliseconds << 5 | Int64(digit)
        }
        return Instant(seconds: milliseconds / 1000, nanoseconds: Int32(milliseconds % 1000) * 1_000_000)
    }

    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
}

/// The `key=value` of a decision's line, cut as `LogLine` puts them together.
private struct LogLineFields {
    private static let keys: Set = [
        "verdict", "rule", "reason", "client", "listener", "login", "helo", "sender", "recipient", "reply", "id", "via",
        "port", "name", "tls", "pop", "outcome", "observed", "would", "would-rule",
    ]
    private static let quote = UInt8(ascii: "\"")
    private var values: [String: [UInt8]] = [:]

    init(_ line: [UInt8]) throws(PastDecision.Problem) {
        var rest = line[...]
        while !rest.isEmpty {
            guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else {
                throw .unreadable("`\(Self.shown(rest))` has no value")
            }
            let key = String(decoding: rest[..<equals], as: UTF8.self)
            rest = rest[(equals + 1)...]
            let isQuoted = rest.first == Self.quote
            if isQuoted { rest = rest.dropFirst() }
            let end = rest.firstIndex(of: isQuoted ? Self.quote : UInt8(ascii: " "))
            guard end != nil || !isQuoted else { throw .unreadable("`\(key)` has no end") }
            let value = rest[..<(end ?? rest.endIndex)]
            rest = rest[(end ?? rest.endIndex)...].dropFirst(isQuoted ? 1 : 0)
            guard rest.isEmpty || rest.first == UInt8(ascii: " ") else {
                throw .unreadable("something stands behind the value of `\(PastDecision.shown(key))`")
            }
            rest = rest.dropFirst()
            guard Self.keys.contains(key) else { throw .newer("key `\(PastDecision.shown(key))`") }
            guard values.updateValue(Array(value), forKey: key) == nil else {
                throw .unreadable("`\(key)` stands there twice")
            }
        }
    }

    func has(_ key: String) -> Bool { values[key] != nil }

    /// What the client's bytes were.
    func bytes(_ key: String) throws(PastDecision.Problem) -> [UInt8] {
        guard let value = values[key] else { throw .unreadable("`\(key)` is missing") }
        guard let (bytes, isCut) = EscapedText.unescaped(value) else {
            throw .unreadable("`\(key)` has a wrong escape")
        }
        // What was no path stays none, however much of it is known.
        guard !isCut || values["reason"]?.elementsEqual(Reason.protocolError.rawValue.utf8) == true else {
            throw .unreadable("`\(key)` was cut because of its length")
        }
        return bytes
    }

    func optionalBytes(_ key: String) throws(PastDecision.Problem) -> [UInt8]? {
        guard has(key) else { return nil }
        let bytes = try bytes(key)
        return bytes.isEmpty ? nil : bytes
    }

    func text(_ key: String) throws(PastDecision.Problem) -> String {
        guard let text = String(validating: try bytes(key), as: UTF8.self) else {
            throw .unreadable("`\(key)` is not UTF-8")
        }
        return text
    }

    func optionalText(_ key: String) throws(PastDecision.Problem) -> String? {
        guard has(key) else { return nil }
        let text = try text(key)
        return text.isEmpty ? nil : text
    }

    /// The administrator's own word, in which only the quotation mark is escaped for certain.
    func ruleName() throws(PastDecision.Problem) -> String? {
        guard let value = values["rule"], !value.isEmpty else { return nil }
        return String(decoding: value, as: UTF8.self).replacing("\\x22", with: "\"")
    }

    private static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        PastDecision.shown(String(decoding: bytes, as: UTF8.self))
    }
}
