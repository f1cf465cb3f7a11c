/// The right side of a mailbox: a domain name, or an address literal (RFC 5321 §4.1.2, §4.1.3).
///
/// One canonical spelling: names as lower-case A-labels without a trailing dot, literals as
/// `[192.0.2.1]` or `[IPv6:2001:db8::1]`. Equal domains have equal bytes.
public struct Domain: Hashable, Sendable {
    /// ASCII, canonical, 1...255 bytes.
    public let bytes: [UInt8]
    public var isLiteral: Bool { bytes.first == UInt8(ascii: "[") }

    /// For bytes that are known to be canonical.
    init(canonical bytes: [UInt8]) { self.bytes = bytes }

    /// Reads a name (U-labels and A-labels) or a literal as they stand on the wire. Strict: no trailing
    /// dot, no empty label, LDH only, 63/255 limits, IDNA2008 for everything that is not ASCII.
    public init(parsing bytes: [UInt8]) throws(PathProblem) { fatalError("stub") }

    /// Nil unless `text` is a domain (for literals in code and tests, and for people's text).
    public init?(_ text: String) { fatalError("stub") }
}

extension Domain: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
