extension IPAddress: LosslessStringConvertible {
    /// Nil unless `text` is one address and nothing else.
    ///
    /// IPv4 is four decimal octets without leading zeros: `010.0.0.1` is 8.0.0.1 to some programs and
    /// 10.0.0.1 to others, and a list of trusted addresses must have one reading. IPv6 is any text form of
    /// RFC 4291 §2.2. A zone id is refused, since it means something on one host only.
    public init?(_ text: some StringProtocol) {
        self.init(parsing: Array(text.utf8))
    }

    /// The same for bytes.
    public init?(parsing bytes: [UInt8]) {
        self.init(parsing: bytes[...])
    }

    init?(parsing bytes: ArraySlice<UInt8>) {
        // The longest text form has 45 characters.
        guard bytes.count <= 45 else { return nil }
        if bytes.contains(UInt8(ascii: ":")) {
            guard let value = Self.ipv6(bytes) else { return nil }
            self.init(v6: value)
        } else {
            guard let value = Self.ipv4(bytes) else { return nil }
            self.init(v4: value)
        }
    }

    private static func ipv4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        var value: UInt32 = 0
        var octets = 0
        for octet in bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            octets += 1
            guard octets <= 4, let number = decimal(octet, upTo: 255) else { return nil }
            value = value << 8 | UInt32(number)
        }
        return octets == 4 ? value : nil
    }

    private static func ipv6(_ bytes: ArraySlice<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        var groups: [UInt16] = []
        /// How many groups stand before `::`.
        var gap: Int?
        var index = bytes.startIndex
        if bytes.starts(with: [colon, colon]) {
            gap = 0
            index += 2
        }
        while index < bytes.endIndex {
            let rest = bytes[index...]
            let group = rest.prefix { $0 != colon }
            if group.endIndex == bytes.endIndex, group.contains(UInt8(ascii: ".")) {
                guard let tail = ipv4(group) else { return nil }
                groups += [UInt16(tail >> 16), UInt16(truncatingIfNeeded: tail)]
                break
            }
            guard groups.count < 8, let number = hexadecimal(group) else { return nil }
            groups.append(number)
            index = group.endIndex
            guard index < bytes.endIndex else { break }
            index += 1
            // One colon may not be the last thing.
            guard index < bytes.endIndex else { return nil }
            if bytes[index] == colon {
                guard gap == nil else { return nil }
                gap = groups.count
                index += 1
            }
        }
        guard gap == nil ? groups.count == 8 : groups.count < 8 else { return nil }
        if let gap {
            groups.insert(contentsOf: repeatElement(0, count: 8 - groups.count), at: gap)
        }
        return groups.reduce(0) { $0 << 16 | UInt128($1) }
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(digits.count) else { return nil }
        var value: UInt16 = 0
        for digit in digits {
            guard let number = ASCII.hexadecimalDigit(digit) else { return nil }
            value = value << 4 | UInt16(number)
        }
        return value
    }

    /// Plain digits without a sign or a leading zero. `Int("+8")` and `Int("08")` succeed, so it is not used.
    static func decimal(_ digits: ArraySlice<UInt8>, upTo limit: Int) -> Int? {
        guard let first = digits.first, digits.count == 1 || first != UInt8(ascii: "0"), digits.count <= 9 else {
            return nil
        }
        var value = 0
        for digit in digits {
            guard ASCII.isDigit(digit) else { return nil }
            value = value * 10 + Int(digit - UInt8(ascii: "0"))
        }
        return value <= limit ? value : nil
    }
}

extension IPAddress: CustomStringConvertible {
    /// `192.0.2.1:25`, `[2001:db8::1]:25` (RFC 3986 §3.2.2).
    public func description(withPort port: UInt16) -> String {
        family == .v6 ? "[\(self)]:\(port)" : "\(self):\(port)"
    }

    /// The canonical text: `192.0.2.1`, or RFC 5952 §4 for IPv6, with a mapped address as `::ffff:192.0.2.1`
    /// (RFC 5952 §5).
    public var description: String {
        switch family {
        case .v4:
            return Self.dotted(UInt32(truncatingIfNeeded: value))
        case .v6 where value >> 32 == 0xffff:
            return "::ffff:" + Self.dotted(UInt32(truncatingIfNeeded: value))
        case .v6:
            let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> (112 - 16 * $0)) }
            guard let gap = Self.longestRunOfZeros(groups) else { return Self.hexadecimal(groups[...]) }
            return Self.hexadecimal(groups[..<gap.lowerBound]) + "::" + Self.hexadecimal(groups[gap.upperBound...])
        }
    }

    private static func dotted(_ value: UInt32) -> String {
        String(unsafeUninitializedCapacity: 15) { buffer in
            var count = 0
            func append(_ byte: UInt8) {
                buffer[count] = byte
                count += 1
            }
            for shift: UInt32 in [24, 16, 8, 0] {
                let octet = UInt8(truncatingIfNeeded: value >> shift)
                if octet >= 100 { append(UInt8(ascii: "0") + octet / 100) }
                if octet >= 10 { append(UInt8(ascii: "0") + octet / 10 % 10) }
                append(UInt8(ascii: "0") + octet % 10)
                if shift > 0 { append(UInt8(ascii: ".")) }
            }
            return count
        }
    }

    private static func hexadecimal(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest runs of at least two groups of zero.
    private static func longestRunOfZeros(_ groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<0
        var start = 0
        for index in groups.indices {
            if groups[index] != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<index + 1
            }
        }
        return longest.count >= 2 ? longest : nil
    }
}
