/// A JSON value (RFC 8259). Objects keep the order of their members.
///
/// Names and strings compare as Swift strings do, so two spellings that Unicode calls equivalent are one
/// name: the parser takes them for a duplicate, and the subscript finds the one there is.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    public struct Member: Hashable, Sendable {
        public var name: String
        public var value: JSONValue
        public init(_ name: String, _ value: JSONValue) { (self.name, self.value) = (name, value) }
    }

    /// Strict reading: valid UTF-8 without a byte order mark, no trailing text, no duplicate names, no lone
    /// surrogates, no number that a `Double` cannot hold, at most 64 levels deep.
    public init(parsing bytes: [UInt8]) throws(JSONProblem) {
        var parser = try JSONParser(bytes)
        self = try parser.document()
    }

    /// The member's value; nil if this is no object or has no such member.
    public subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }
}

extension JSONValue {
    /// Whole numbers up to 2^53 are kept exactly.
    public static func number(_ integer: Int) -> JSONValue { .number(Double(integer)) }
    /// The string, or null for nil.
    public static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
}

extension JSONValue: ExpressibleByStringInterpolation {
    public init(stringLiteral text: String) { self = .string(text) }
}

/// Why bytes are no JSON.
public struct JSONProblem: Error, Hashable, Sendable {
    /// For people, lower case, no full stop.
    public let message: String
    /// Bytes from the start.
    public let offset: Int
}

extension JSONProblem: CustomStringConvertible {
    public var description: String { "\(message) at byte \(offset)" }
}
