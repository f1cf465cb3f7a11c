import JSONText
import MailTypes

extension PastDecision {
    /// The keys of a record, and those of a trial request that a record may have beside them.
    private static let keys: Set = [
        "fileHasChanged", "today", "allow",
        "id", "time", "via", "listener", "client", "clientPort", "clientName", "helo", "tls", "login", "certificate",
        "reversePath", "forwardPathGiven", "forwardPath", "verdict", "reason", "rule", "reply", "outcome", "observed",
        "wouldHaveBeen", "trace", "closest",
        "nameStatus", "heloStatus", "mechanism", "pop", "local", "toBase64", "senderBase64",
    ]

    /// Which key of a trial request a key of the record becomes.
    private static let facts = [
        ("client", "client"), ("clientName", "name"), ("nameStatus", "nameStatus"), ("helo", "helo"),
        ("heloStatus", "heloStatus"), ("login", "login"), ("mechanism", "mechanism"), ("pop", "pop"),
        ("certificate", "certificate"), ("tls", "tls"), ("time", "at"), ("listener", "listener"), ("local", "local"),
    ]

    /// One line of a JSON log or export: a record as `docs/json/decision.schema.json` describes it.
    public init(parsing line: [UInt8], now: Instant) throws(Problem) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: line)
        } catch {
            throw .unreadable("not JSON: \(error)")
        }
        try self.init(record: value, now: now)
    }

    /// `now` is the time of a record that has none.
    public init(record: JSONValue, now: Instant) throws(Problem) {
        guard case .object(let members) = record else { throw .unreadable("a record is a JSON object") }
        if let error = record["error"] {
            throw .unreadable("an error in the place of a record: \(Self.shown(error.text))")
        }
        guard case .string(let verdict)? = record["verdict"], case .string(let reason)? = record["reason"] else {
            throw .unreadable("`verdict` or `reason` is missing")
        }
        if let unknown = members.first(where: { !Self.keys.contains($0.name) }) {
            throw .newer("key `\(Self.shown(unknown.name))`")
        }
        var facts: [JSONValue.Member] = []
        for (key, name) in Self.facts {
            // A client may say EHLO with nothing behind it; that is as good as no name.
            if let value = record[key], value != .string("") { facts.append(.init(name, value)) }
        }
        facts.append(Self.path("sender", record["senderBase64"], record["reversePath"]))
        facts.append(Self.path("to", record["toBase64"], record["forwardPathGiven"]))
        let trial: TrialRequest
        do {
            trial = try TrialRequest(.object(facts), now: now)
        } catch {
            throw .unreadable(error.message)
        }
        var rule: String?
        if case .string(let name)? = record["rule"]?["name"] { rule = name }
        self.init(trial: trial, verdict: try Self.verdict(verdict), reason: try Self.reason(reason), rule: rule)
    }

    /// The bytes where they were kept, since the text of a path that is not UTF-8 is no longer that path.
    private static func path(_ key: String, _ encoded: JSONValue?, _ text: JSONValue?) -> JSONValue.Member {
        if let encoded, encoded != .null { return .init(key + "Base64", encoded) }
        return .init(key, text ?? .null)
    }
}
