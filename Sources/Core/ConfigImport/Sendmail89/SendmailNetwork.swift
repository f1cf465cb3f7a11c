import MailTypes

/// Addresses as class R and the access map name them: the first octets of an IPv4 address, or the first groups of an
/// IPv6 address behind `ipv6:`. Sendmail compares text, so numbers have the one spelling that it prints.
struct SendmailNetwork: Hashable, Sendable {
    let isV6: Bool
    /// At most four octets, or eight groups; none is every IPv6 address.
    let parts: [UInt16]

    private init(isV6: Bool, parts: [UInt16]) { (self.isV6, self.parts) = (isV6, parts) }

    /// Lower case.
    init?(_ text: some StringProtocol) {
        if text == "ipv6" {
            self.init(isV6: true, parts: [])
        } else if text == "ipv6:::1" {
            // The one short spelling that the shipped rules have too.
            self.init(isV6: true, parts: [0, 0, 0, 0, 0, 0, 0, 1])
        } else if text.hasPrefix("ipv6:") {
            guard let parts = Self.parts(text.dropFirst(5), separator: ":", most: 8, radix: 16, highest: 0xffff) else { return nil }
            self.init(isV6: true, parts: parts)
        } else {
            guard let parts = Self.parts(text, separator: ".", most: 4, radix: 10, highest: 255) else { return nil }
            self.init(isV6: false, parts: parts)
        }
    }

    init(_ address: IPAddress) {
        let (count, width) = address.family == .v4 ? (4, 8) : (8, 16)
        let mask: UInt128 = address.family == .v4 ? 0xff : 0xffff
        self.init(
            isV6: address.family == .v6,
            parts: (0..<count).map { UInt16(address.value >> UInt128((count - 1 - $0) * width) & mask) })
    }

    private static func parts(
        _ text: some StringProtocol, separator: Character, most: Int, radix: Int, highest: UInt16
    ) -> [UInt16]? {
        let words = text.split(separator: separator, omittingEmptySubsequences: false)
        guard words.count <= most else { return nil }
        var parts: [UInt16] = []
        for word in words {
            guard let number = UInt16(word, radix: radix), number <= highest, String(number, radix: radix) == word else { return nil }
            parts.append(number)
        }
        return parts
    }

    /// Without the last octet or group; nil for the widest.
    var parent: SendmailNetwork? {
        guard parts.count > (isV6 ? 0 : 1) else { return nil }
        return SendmailNetwork(isV6: isV6, parts: Array(parts.dropLast()))
    }

    /// How many leading bits it fixes.
    var length: Int { parts.count * (isV6 ? 16 : 8) }

    var range: IPRange? {
        let (count, width) = isV6 ? (8, 16) : (4, 8)
        var first: UInt128 = 0
        for part in parts { first = first << UInt128(width) | UInt128(part) }
        let free = UInt128((count - parts.count) * width)
        let isAll = free == 128
        first = isAll ? 0 : first << free
        let last = isAll ? UInt128.max : first | ((1 << free) - 1)
        return isV6
            ? IPRange(first: IPAddress(v6: first), last: IPAddress(v6: last))
            : IPRange(first: IPAddress(v4: UInt32(first)), last: IPAddress(v4: UInt32(last)))
    }
}
