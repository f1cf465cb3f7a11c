extension Domain {
    /// RFC 5321 §4.5.3.1.2.
    static let longestDomain = 255
    /// RFC 1035 §2.3.4.
    static let longestLabel = 63

    /// Reads a name (U-labels and A-labels) or a literal as they stand on the wire. Strict: no trailing
    /// dot, no empty label, LDH only, 63/255 limits, IDNA2008 for everything that is not ASCII.
    public init(parsing bytes: [UInt8]) throws(PathProblem) {
        do {
            try self.init(reading: bytes[...])
        } catch {
            throw PathProblem(inForwardPath: error)
        }
    }

    init(reading bytes: ArraySlice<UInt8>) throws(SyntaxFault) {
        guard bytes.first != UInt8(ascii: "[") else {
            self = try Self.literal(bytes)
            return
        }
        self = try Self.name(bytes)
    }

    /// A name, which alone may stand in a route: its hops are no literals (RFC 5321 §4.1.2, `At-domain`).
    init(readingName bytes: ArraySlice<UInt8>) throws(SyntaxFault) {
        guard bytes.first != UInt8(ascii: "[") else { throw SyntaxFault("address literal in a route") }
        self = try Self.name(bytes)
    }

    private static func name(_ bytes: ArraySlice<UInt8>) throws(SyntaxFault) -> Domain {
        guard !bytes.isEmpty else { throw SyntaxFault("empty domain") }
        guard bytes.count <= longestDomain else { throw SyntaxFault("domain longer than 255 octets") }
        var folded: [UInt8] = []
        folded.reserveCapacity(bytes.count)
        var label = 0
        var isPlain = true
        for byte in bytes {
            if byte == UInt8(ascii: ".") {
                isPlain = try checkLabel(folded[label...]) && isPlain
                folded.append(byte)
                label = folded.count
            } else {
                folded.append(ASCII.lowercased(byte))
            }
        }
        if label == folded.count, label > 0 { throw SyntaxFault("trailing dot in the domain") }
        isPlain = try checkLabel(folded[label...]) && isPlain
        if !isPlain { folded = try convert(folded) }
        if endsInNumber(folded) { throw SyntaxFault("address without brackets") }
        return Domain(canonical: folded)
    }

    /// Refuses what is no label. False if IDNA has still to look at it.
    private static func checkLabel(_ label: ArraySlice<UInt8>) throws(SyntaxFault) -> Bool {
        guard let first = label.first, let last = label.last else { throw SyntaxFault("empty label in the domain") }
        guard first != UInt8(ascii: "-"), last != UInt8(ascii: "-") else {
            throw SyntaxFault("label begins or ends with a hyphen")
        }
        var isASCII = true
        for byte in label where !(ASCII.isLetter(byte) || ASCII.isDigit(byte) || byte == UInt8(ascii: "-")) {
            guard byte >= 0x80 else { throw SyntaxFault("character that no domain has") }
            isASCII = false
        }
        guard !isASCII || label.count <= longestLabel else { throw SyntaxFault("label longer than 63 octets") }
        return isASCII && !InternationalLabel.looksLikeALabel(label)
    }

    /// Each label as IDNA has it.
    private static func convert(_ name: [UInt8]) throws(SyntaxFault) -> [UInt8] {
        try InternationalLabel.checkCharacters(name)
        var converted: [UInt8] = []
        for label in name.split(separator: UInt8(ascii: ".")) {
            if !converted.isEmpty { converted.append(UInt8(ascii: ".")) }
            converted += try InternationalLabel.aLabel(label)
        }
        guard converted.count <= longestDomain else { throw SyntaxFault("domain longer than 255 octets") }
        return converted
    }

    /// Whether the last label is a number, so that a resolver may read the whole as an address (`10.1`,
    /// `3221225994` and `0x7f000001` are addresses to `inet_aton`). No top-level domain is (RFC 3696 §2).
    private static func endsInNumber(_ name: [UInt8]) -> Bool {
        let last = name.suffix(while: { $0 != UInt8(ascii: ".") })
        if last.allSatisfy(ASCII.isDigit) { return true }
        return last.starts(with: "0x".utf8) && last.dropFirst(2).allSatisfy { ASCII.hexadecimalDigit($0) != nil }
    }

    /// `[192.0.2.1]` or `[IPv6:…]`, the tag in any case. A General-address-literal has no meaning to anybody
    /// (RFC 5321 §4.1.3), and an IPv6 address without its tag is a syntax error.
    private static func literal(_ bytes: ArraySlice<UInt8>) throws(SyntaxFault) -> Domain {
        guard bytes.last == UInt8(ascii: "]") else { throw SyntaxFault("address literal without its end") }
        let inner = bytes.dropFirst().dropLast()
        let tag = inner.prefix(5)
        if ASCII.equal(tag, ignoringCase: "ipv6:") {
            guard let address = IPAddress(parsing: inner.dropFirst(5)), address.family == .v6 else {
                throw SyntaxFault("bad IPv6 address literal")
            }
            return Domain(literal: address)
        }
        guard let address = IPAddress(parsing: inner) else { throw SyntaxFault("bad address literal") }
        guard address.family == .v4 else { throw SyntaxFault("IPv6 address literal without its tag") }
        return Domain(literal: address)
    }
}

extension [UInt8] {
    /// The longest end whose bytes all satisfy `condition`.
    fileprivate func suffix(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = lastIndex { !condition($0) }
        return self[(start.map { $0 + 1 } ?? 0)...]
    }
}
