import GRDB
import MailTypes

/// Which decisions are wanted; what is nil does not matter.
public struct DecisionSearch: Sendable {
    public var client: IPRange?
    /// A mailbox, a domain, or a pattern with `*`; case does not matter.
    public var sender: String?
    public var to: String?
    public var rule: String?
    public var verdict: Verdict?
    public var reason: String?
    public var listener: String?
    public var login: String?
    public var since: Instant?
    /// Not included.
    public var until: Instant?
    /// Only where `observe` had a part: it would have been decided otherwise.
    public var observed = false
    /// The start of an id.
    public var id: String?
    /// Later than this key: then the oldest are found first.
    public var after: Int64?
    /// Earlier than this key.
    public var before: Int64?
    /// Rows at most; nil: all.
    public var limit: Int? = 100
    public init() {}
}

extension DecisionSearch {
    /// Its rows are in the order of their keys.
    var sql: (text: String, arguments: StatementArguments) {
        var conditions: [String] = []
        var arguments: [(any DatabaseValueConvertible)?] = []
        func add(_ condition: String, _ values: (any DatabaseValueConvertible)?...) {
            conditions.append(condition)
            arguments += values
        }
        if let after { add("key > ?", after) }
        if let before { add("key < ?", before) }
        if let id { add("id >= ? AND id < ?", id, id + "~") }
        if let verdict { add("verdict = ?", verdict.rawValue) }
        if let client { add("client BETWEEN \(client.first.sqlLiteral) AND \(client.last.sqlLiteral)") }
        if let since { add("time >= ?", since.storedNumber) }
        if let until { add("time < ?", until.storedNumber) }
        if let reason { add("reason = ?", reason) }
        if let rule { add("rule = ?", rule) }
        if let listener { add("listener = ?", listener) }
        if let login { add("login = ? COLLATE NOCASE", login) }
        if observed { add("would IS NOT NULL") }
        if let sender { Self.address(sender, "trim(sender, '<>')", add) }
        if let to { Self.address(to, "coalesce(path, trim(given, '<>'))", add) }
        let filter = conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
        let columns = (["key"] + DecisionColumns.names).joined(separator: ", ")
        let order = after == nil ? "DESC" : "ASC"
        let text = "SELECT \(columns) FROM decisions\(filter) ORDER BY key \(order) LIMIT \(limit ?? -1)"
        return (text, StatementArguments(arguments))
    }

    private static func address(
        _ text: String, _ column: String, _ add: (String, (any DatabaseValueConvertible)?...) -> Void
    ) {
        // `<>` is the null reverse-path, of which nothing is left without its brackets.
        let isBracketed = text.hasPrefix("<") && text.hasSuffix(">")
        let text = isBracketed ? String(text.dropFirst().dropLast()) : text
        if text.contains("*") {
            // What else a GLOB knows stands for itself.
            let pattern = text.lowercased().map { "?[".contains($0) ? "[\($0)]" : String($0) }.joined()
            add("lower(\(column)) GLOB ?", pattern)
        } else if text.isEmpty || text.contains("@") || text.lowercased() == "postmaster" {
            add("\(column) = ? COLLATE NOCASE", text)
        } else {
            add("substr(\(column), -length(?)) = ? COLLATE NOCASE", "@" + text, "@" + text)
        }
    }
}

extension IPAddress {
    /// As the column `client` has it.
    fileprivate var sqlLiteral: String {
        guard family == .v6 else { return String(value) }
        let digits = String(value, radix: 16)
        return "x'" + String(repeating: "0", count: 32 - digits.count) + digits + "'"
    }
}
