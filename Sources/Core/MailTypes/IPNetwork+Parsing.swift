extension IPNetwork {
    /// Reads `192.0.2.0/24`, `2001:db8::/32` or a bare address, which is a network of one.
    ///
    /// Everything that some program reads differently is refused with the form to write instead: octets with a
    /// leading zero (CVE-2021-28918, CVE-2021-29921), short forms, masks, host bits, signs, zone ids.
    public init(parsing text: String) throws(NetworkProblem) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        let written = NetworkText(
            text: text, address: String(parts[0]) ?? "", prefix: parts.count > 1 ? String(parts[1]) : nil)
        let address = try written.readAddress()
        let prefixLength = try written.readPrefix(address.family)
        try written.checkMapped(address, prefixLength)
        guard let network = IPNetwork(address: address, prefixLength: prefixLength) else {
            let first = IPAddress(
                family: address.family, value: address.value & ~Self.hostMask(address.family, prefixLength))
            throw written.problem("has host bits set", fix: "write \(first)/\(prefixLength) or \(address)")
        }
        self = network
    }
}

extension AddressSet {
    /// Reads one value of the language: an address, a CIDR network, or `first-last`.
    public static func parse(_ text: String) throws(NetworkProblem) -> IPRange {
        let ends = text.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 1, omittingEmptySubsequences: false)
        // A dash behind a slash is no range but a bad prefix (`10.0.0.0/-1`).
        guard ends.count == 2, !ends[0].contains(UInt8(ascii: "/")) else {
            return try IPNetwork(parsing: text).range
        }
        let first = try readEnd(String(ends[0]) ?? "", of: text)
        let last = try readEnd(String(ends[1]) ?? "", of: text)
        if let range = IPRange(first: first, last: last) { return range }
        guard first.family == last.family else {
            throw NetworkProblem(
                message: "`\(text)` goes from one address family to the other",
                fix: "write a range for IPv4 and another for IPv6")
        }
        throw NetworkProblem(message: "`\(text)` ends before it begins", fix: "write \(last)-\(first)")
    }

    private static func readEnd(_ end: String, of text: String) throws(NetworkProblem) -> IPAddress {
        guard !end.isEmpty else {
            throw NetworkProblem(message: "`\(text)` lacks one of its ends", fix: "write FIRST-LAST")
        }
        let written = NetworkText(text: end, address: end, prefix: nil)
        let address = try written.readAddress()
        try written.checkMapped(address, address.family.width)
        return address
    }
}

/// A network as a person wrote it, taken apart at the slash.
private struct NetworkText {
    let text: String
    let address: String
    /// Nil without a slash.
    let prefix: String?

    func problem(_ what: String, fix: String? = nil) -> NetworkProblem {
        NetworkProblem(message: "`\(text)` \(what)", fix: fix)
    }

    /// The suffix of a suggested form.
    private var slash: String { prefix.map { "/" + $0 } ?? "" }

    func readAddress() throws(NetworkProblem) -> IPAddress {
        if let address = IPAddress(address) { return address }
        if text.isEmpty { throw NetworkProblem(message: "an address is missing") }
        if address.isEmpty { throw problem("has no address before the slash") }
        let bytes = Array(address.utf8)
        if let percent = bytes.firstIndex(of: UInt8(ascii: "%")) {
            throw problem(
                "has a zone id, which means something on one host only",
                fix: IPAddress(parsing: bytes[..<percent]).map { "write \($0)\(slash)" })
        }
        if bytes.first == UInt8(ascii: "[") {
            let inner = bytes.dropFirst().prefix { $0 != UInt8(ascii: "]") }
            throw problem(
                "has brackets, as an address literal of mail",
                fix: IPAddress(parsing: inner).map { "write \($0)\(slash)" })
        }
        if let separator = bytes.first(where: { ",; \t".utf8.contains($0) }) {
            throw problem(
                separator == UInt8(ascii: ",") || separator == UInt8(ascii: ";")
                    ? "has a separator in it" : "has white space in it",
                fix: "write each network as a value of its own")
        }
        if bytes.allSatisfy({ ASCII.isDigit($0) || $0 == UInt8(ascii: ".") }) { throw dottedProblem(bytes) }
        if bytes.starts(with: "0x".utf8) || bytes.starts(with: "0X".utf8) {
            throw problem("has hexadecimal octets", fix: "write four decimal octets")
        }
        throw problem(prefix == nil ? "is not an address" : "is not a network")
    }

    /// What is wrong with digits and dots that are no address.
    private func dottedProblem(_ bytes: [UInt8]) -> NetworkProblem {
        var octets = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        if octets.count > 1, octets.last?.isEmpty == true { octets.removeLast() }
        guard octets.count <= 4, octets.allSatisfy({ !$0.isEmpty }) else { return problem("is not an address") }
        let numbers = octets.map { Self.number($0, radix: 10) }
        if octets.contains(where: { $0.count > 1 && $0.first == UInt8(ascii: "0") }) {
            let octal = octets.map { octet in
                Self.number(octet, radix: octet.first == UInt8(ascii: "0") ? 8 : 10)
            }
            let readings = [numbers, octal].compactMap { Self.dotted($0) }
            return problem(
                "has an octet with a leading zero: octal or decimal?",
                fix: readings.isEmpty
                    ? "write four decimal octets" : "write " + readings.map { $0 + slash }.joined(separator: " or "))
        }
        if numbers.contains(where: { $0 == nil }) { return problem("has an octet above 255") }
        guard octets.count < 4 else { return problem("is not an address") }
        // `10/8` and `192.168.` mean the network of the octets that are there; `10.1` alone may be 10.0.0.1.
        let zeros = [Int?](repeating: 0, count: 4 - octets.count)
        guard prefix != nil || bytes.last == UInt8(ascii: "."), let padded = Self.dotted(numbers + zeros),
            let network = try? IPNetwork(parsing: padded + (prefix == nil ? "/\(8 * octets.count)" : slash))
        else { return problem("has fewer than four octets", fix: "write all four octets") }
        return problem("has fewer than four octets", fix: "write \(network)")
    }

    private static func number(_ digits: ArraySlice<UInt8>, radix: Int) -> Int? {
        guard digits.count <= 9, let value = Int(String(decoding: digits, as: UTF8.self), radix: radix) else {
            return nil
        }
        return value <= 255 ? value : nil
    }

    /// Nil unless there are four octets.
    private static func dotted(_ octets: [Int?]) -> String? {
        let known = octets.compactMap { $0 }
        guard known.count == 4, octets.count == 4 else { return nil }
        return known.map { String($0) }.joined(separator: ".")
    }

    func readPrefix(_ family: IPAddress.Family) throws(NetworkProblem) -> Int {
        guard let prefix else { return family.width }
        let digits = Array(prefix.utf8)
        let kind = family == .v4 ? "an IPv4" : "an IPv6"
        if digits.isEmpty {
            throw problem("has no prefix after the slash", fix: "write \(address)/\(family.width) or \(address)")
        }
        if let length = IPAddress.decimal(digits[...], upTo: family.width) { return length }
        if let mask = IPAddress(prefix), mask.family == .v4, family == .v4 { throw maskProblem(mask) }
        let plain = digits.drop { !ASCII.isDigit($0) }
        if digits.allSatisfy(ASCII.isDigit) {
            let number = digits.drop { $0 == UInt8(ascii: "0") }
            guard number.count < digits.count, IPAddress.decimal(number, upTo: family.width) != nil else {
                throw problem("is not a network", fix: "\(kind) prefix is at most /\(family.width)")
            }
            throw problem(
                "has a prefix with a leading zero",
                fix: "write \(address)/\(String(decoding: number, as: UTF8.self))")
        }
        if digits.first == UInt8(ascii: "+"), IPAddress.decimal(plain, upTo: family.width) != nil {
            throw problem(
                "has a sign in its prefix", fix: "write \(address)/\(String(decoding: plain, as: UTF8.self))")
        }
        throw problem(
            "has a prefix that is not a number", fix: "\(kind) prefix is a plain number, 0 to \(family.width)")
    }

    private func maskProblem(_ mask: IPAddress) -> NetworkProblem {
        for length in 0...32 {
            let hosts = IPNetwork.hostMask(.v4, length)
            if mask.value == IPAddress.Family.v4.last & ~hosts {
                return problem("has a netmask", fix: "write \(address)/\(length)")
            }
            if mask.value == hosts { return problem("has a wildcard mask", fix: "write \(address)/\(length)") }
        }
        return problem("has a netmask with gaps", fix: "write each network with its number of bits")
    }

    /// A dual-stack socket's `::ffff:10.1.2.3` is the IPv4 client 10.1.2.3 here and is compared as that, so an
    /// entry in the mapped form would never match; where other programs let one match, a short prefix trusts
    /// all of IPv4.
    func checkMapped(_ address: IPAddress, _ prefixLength: Int) throws(NetworkProblem) {
        let ipv4 = address.unmapped
        guard ipv4.family != address.family else { return }
        guard prefixLength >= 96 else {
            throw problem("is an IPv4-mapped network shorter than /96", fix: "write the IPv4 network that is meant")
        }
        let first = IPAddress(
            family: .v4, value: ipv4.value & ~IPNetwork.hostMask(.v4, prefixLength - 96))
        let suffix = prefixLength == 128 ? "" : "/\(prefixLength - 96)"
        throw problem("is an IPv4 network in the IPv4-mapped form", fix: "write \(first)\(suffix)")
    }
}
