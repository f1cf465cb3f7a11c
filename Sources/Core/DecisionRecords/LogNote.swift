import JSONText

/// What the daemon has to say of itself and of its servers: a line of `key=value`, or the same as a JSON object
/// (`docs/json/log.schema.json`).
///
///     state=reloaded config=/etc/gatepost/gatepost.conf hash=9c1f0a2b3c4d5e6f
public struct LogNote: Sendable {
    private var members: [JSONValue.Member]

    /// The first key of every line that is no decision.
    public static let kinds: Set = [
        "message", "connection", "upstream", "state", "listening", "clock", "log", "warning", "shadow", "decision-log",
        "state-directory", "control",
    ]

    public init(_ members: KeyValuePairs<String, JSONValue>) {
        self.members = members.map { JSONValue.Member($0.key, $0.value) }
    }

    /// A text with a space is quoted; nothing in it can leave the quotation or the line.
    public var text: String {
        members.map { "\($0.name)=\(Self.text($0.value))" }.joined(separator: " ")
    }

    private static func text(_ value: JSONValue) -> String {
        guard case .string(let text) = value else { return value.text }
        let harmless = String(
            text.unicodeScalars.map { $0 == "\"" || $0 == "\\" || $0.value < 0x20 ? "'" : Character($0) })
        return harmless.isEmpty || harmless.contains(" ") ? "\"\(harmless)\"" : harmless
    }

    /// With the time, which a text line gets from whoever keeps it.
    public func json(at time: String) -> JSONValue { .object([.init("time", .string(time))] + members) }
}
