import RelayPolicy

/// Limits in the words of the language.
enum LimitText {
    /// `200 recipients per 1h for each login, 5 messages per 10m for the rule`
    static func text(_ limits: [Limit]) -> String {
        limits.isEmpty ? "no limit" : limits.map(text).joined(separator: ", ")
    }

    static func text(_ limit: Limit) -> String {
        let subject = limit.subject == .rule ? "for the rule" : "for each \(limit.subject.rawValue)"
        return "\(limit.count) \(limit.unit.rawValue) per \(duration(limit.window.components.seconds)) \(subject)"
    }

    /// The largest unit of the language that says it whole.
    private static func duration(_ seconds: Int64) -> String {
        for (unit, size) in [("d", 86400), ("h", 3600), ("m", 60)] as [(String, Int64)] where seconds > 0 && seconds % size == 0 {
            return "\(seconds / size)\(unit)"
        }
        return "\(seconds)s"
    }
}
