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

    /// Nil unless `text` is a domain (for literals in code and tests, and for people's text).
    public init?(_ text: String) {
        try? self.init(reading: Array(text.utf8)[...])
    }

    /// Whether this is a name below `other`: never `other` itself, and never a literal.
    ///
    /// Whole labels are compared. Comparing text would take `notexample.com` for a name below `example.com`,
    /// and relay for a stranger.
    public func isBelow(_ other: Domain) -> Bool {
        let start = bytes.count - other.bytes.count
        return start > 1 && bytes[start - 1] == UInt8(ascii: ".") && bytes[start...] == other.bytes[...]
            && !isLiteral
    }

    /// The name without its first label; nil for a name of one label and for a literal.
    public var parent: Domain? {
        guard !isLiteral, let dot = bytes.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        return Domain(canonical: Array(bytes[(dot + 1)...]))
    }

    /// The address of a literal; nil for a name.
    public var address: IPAddress? {
        guard isLiteral else { return nil }
        let inner = bytes.dropFirst().dropLast()
        return IPAddress(parsing: inner.first == UInt8(ascii: "I") ? inner.dropFirst(5) : inner)
    }

    /// The literal of an address: `[192.0.2.1]`, `[IPv6:2001:db8::1]`.
    public init(literal address: IPAddress) {
        self.init(canonical: Array((address.family == .v4 ? "[\(address)]" : "[IPv6:\(address)]").utf8))
    }
}

extension Domain {
    /// All bytes at once: an array hashes one after the other, which takes several times as long.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(bytes.count)
        bytes.withUnsafeBytes { hasher.combine(bytes: $0) }
    }
}

extension Domain: CustomStringConvertible {
    public var description: String { String(decoding: bytes, as: UTF8.self) }
}
