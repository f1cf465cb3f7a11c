import MailTypes

/// The ways in which old systems write IPv4 addresses and networks. Each is nil for text that is not of that form.
public enum OldAddressForms {
    /// `192.0.2.25` with exactly four numbers of 0 to 255.
    public static func address(_ text: some StringProtocol) -> IPAddress? {
        let octets = octets(text)
        return octets?.count == 4 ? octets.map { IPAddress(v4: value($0)) } : nil
    }

    /// One to four octets: all addresses that begin with them (`10.77`).
    public static func octetPrefix(_ text: some StringProtocol) -> IPRange? {
        guard let octets = octets(text), !octets.isEmpty, octets.count <= 4 else { return nil }
        let hostBits = UInt32(8 * (4 - octets.count))
        let first = value(octets)
        return range(first, hostBits == 0 ? first : first | UInt32((UInt64(1) << hostBits) - 1))
    }

    /// Four octets of which trailing zeros mean "any": `192.168.10.0` is 192.168.10.0 to 192.168.10.255, and
    /// `0.0.0.0` everybody.
    public static func trailingZeros(_ text: some StringProtocol) -> IPRange? {
        guard let octets = octets(text), octets.count == 4 else { return nil }
        let zeros = octets.reversed().prefix { $0 == 0 }.count
        let first = value(octets)
        return range(first, zeros == 4 ? .max : first | UInt32((UInt64(1) << UInt64(8 * zeros)) - 1))
    }

    /// `net` and `mask`, both four octets: every address whose bits under the mask are `net`. A mask with holes gives
    /// several ranges. Empty if `net` has bits outside the mask, since no address then fits; nil if there would be
    /// more than 65,536 ranges or a text is no address.
    public static func masked(net: some StringProtocol, mask: some StringProtocol) -> [IPRange]? {
        guard let net = octets(net), net.count == 4, let mask = octets(mask), mask.count == 4 else { return nil }
        return masked(value(net), value(mask))
    }

    public static func masked(_ net: UInt32, _ mask: UInt32) -> [IPRange]? {
        guard net & ~mask == 0 else { return [] }
        let low = UInt32(mask.trailingZeroBitCount == 32 ? 32 : mask.trailingZeroBitCount)
        guard low < 32 else { return range(0, .max).map { [$0] } }
        let tail = UInt32((UInt64(1) << UInt64(low)) - 1)
        /// Bits above the tail that the mask leaves free.
        let free = ~mask & ~tail
        guard free.nonzeroBitCount <= 16 else { return nil }
        var ranges: [IPRange] = []
        var chosen: UInt32 = 0
        repeat {
            if let range = range(net | chosen, net | chosen | tail) { ranges.append(range) }
            chosen = (chosen &- free) & free
        } while chosen != 0
        return ranges
    }

    /// `first-last`, with or without spaces.
    public static func between(_ text: some StringProtocol) -> IPRange? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = address(trimmed(ends[0])), let last = address(trimmed(ends[1])) else { return nil }
        return IPRange(first: first, last: last)
    }

    /// `10.0.0.0/8`; host bits are ignored as most old systems do.
    public static func cidr(_ text: some StringProtocol) -> IPRange? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = address(parts[0]), let length = decimal(parts[1]), length <= 32 else { return nil }
        let tail = length == 0 ? UInt32.max : UInt32((UInt64(1) << UInt64(32 - length)) - 1)
        let first = UInt32(truncatingIfNeeded: address.value) & ~tail
        return range(first, first | tail)
    }

    /// Without spaces and tabs at both ends.
    public static func trimmed(_ text: some StringProtocol) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let text = String(text)
        let bytes = text.utf8
        guard let start = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) }) else {
            return ""
        }
        return String(text[start..<bytes.index(after: last)])
    }

    /// A number without sign, of at most nine digits.
    public static func decimal(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    private static func octets(_ text: some StringProtocol) -> [UInt32]? {
        var octets: [UInt32] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard let number = decimal(part), number <= 255, octets.count < 4 else { return nil }
            octets.append(UInt32(number))
        }
        return octets
    }

    private static func value(_ octets: [UInt32]) -> UInt32 {
        octets.enumerated().reduce(0) { $0 | $1.element << UInt32(24 - 8 * $1.offset) }
    }

    private static func range(_ first: UInt32, _ last: UInt32) -> IPRange? {
        IPRange(first: IPAddress(v4: first), last: IPAddress(v4: last))
    }
}
