/// A JSON value (RFC 8259). Objects keep the order of their members.
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

    /// Strict reading: valid UTF-8, no trailing text, no duplicate names, at most 64 levels deep.
    public init(parsing bytes: [UInt8]) throws(JSONProblem) { fatalError("stub") }
    /// Compact, in one line.
    public var text: String { fatalError("stub") }
    /// Indented by two spaces, for people.
    public var prettyText: String { fatalError("stub") }
    /// The member's value; nil if this is no object or has no such member.
    public subscript(name: String) -> JSONValue? { fatalError("stub") }
}

public struct JSONProblem: Error, Hashable, Sendable {
    public let message: String
    /// Bytes from the start.
    public let offset: Int
}
