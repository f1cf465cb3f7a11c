import MailTypes

extension UInt8 {
    /// `A`…`Z` as `a`…`z`; every other byte stays. Conditions fold ASCII case and nothing else (Meaning 3): a
    /// Unicode fold would turn the Kelvin sign into a `k`.
    var withCaseFolded: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}

extension Sequence<UInt8> {
    var withCaseFolded: [UInt8] { map(\.withCaseFolded) }

    func equalsWithCaseFolded(_ other: some Sequence<UInt8>) -> Bool {
        elementsEqual(other) { $0.withCaseFolded == $1.withCaseFolded }
    }
}

extension String {
    var withCaseFolded: String {
        // Most logins are in lower case already, and then there is nothing to copy.
        guard utf8.contains(where: { $0.withCaseFolded != $0 }) else { return self }
        return String(decoding: utf8.withCaseFolded, as: UTF8.self)
    }
}

extension Domain {
    /// Whether this is a name below `ancestor`, and not `ancestor` itself. Whole labels are compared: otherwise
    /// `notexample.com` would be below `example.com`.
    func isBelow(_ ancestor: Domain) -> Bool {
        let dot = bytes.count - ancestor.bytes.count - 1
        guard dot > 0, !isLiteral, bytes[dot] == UInt8(ascii: ".") else { return false }
        return bytes[(dot + 1)...].elementsEqual(ancestor.bytes)
    }
}
