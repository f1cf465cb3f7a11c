import MailTypes

/// Addresses as class R and the access map name them: the first octets of an IPv4 address, or the first groups of an
/// IPv6 address behind `ipv6:`. Sendmail compares text, so numbers have the one spelling that it prints.
struct SendmailNetwork: Hashable, Sendable {
    let isV6: Bool
    /// At most four octets, or eight groups; none is every IPv6 address.
    let parts: [UInt16]

    private init(isV6: Bool, parts: [UInt16]) { (self.isV6, self.parts) = (isV6, parts) }

    /// Lower case.
    init?(_ text: some StringProtocol) { self.init(bytes: text.utf8) }

    init?(bytes: some Collection<UInt8>) {
        if bytes.starts(with: "ipv6".utf8) {
            let rest = bytes.dropFirst(4)
            if rest.isEmpty {
                self.init(isV6: true, parts: [])
                return
            }
            // The one short spelling that the shipped rules have too.
            if rest.elementsEqual(":::1".utf8) {
                self.init(isV6: true, parts: [0, 0, 0, 0, 0, 0, 0, 1])
                return
            }
            guard rest.first == UInt8(ascii: ":"),
                let parts = Self.parts(rest.dropFirst(), separator: UInt8(ascii: ":"), most: 8, radix: 16, highest: 0xffff)
            else { return nil }
            self.init(isV6: true, parts: parts)
        } else {
            guard let parts = Self.parts(bytes, separator: UInt8(ascii: "."), most: 4, radix: 10, highest: 255) else { return nil }
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
        _ bytes: some Collection<UInt8>, separator: UInt8, most: Int, radix: UInt32, highest: UInt32
    ) -> [UInt16]? {
        var parts: [UInt16] = []
        /// Nil where a number has no digit yet.
        var number: UInt32?
        for byte in bytes {
            if byte == separator {
                guard let part = number, parts.count + 1 < most else { return nil }
                parts.append(UInt16(part))
                number = nil
                continue
            }
            let digit: UInt32
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt32(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = UInt32(byte - UInt8(ascii: "a")) + 10
            default: return nil
            }
            // A zero in front is a spelling that is never printed.
            guard digit < radix, number != 0 else { return nil }
            let value = (number ?? 0) * radix + digit
            guard value <= highest else { return nil }
            number = value
        }
        guard let last = number else { return nil }
        return parts + [UInt16(last)]
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
