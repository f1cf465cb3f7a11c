import MailTypes

/// A name as DNS messages hold it (RFC 1035 §3.1): labels of any bytes, each behind its length, an empty one last. ASCII
/// letters are in lower case, so that equal names have equal bytes.
public struct DNSName: Hashable, Sendable {
    /// RFC 1035 §2.3.4.
    static let longest = 255

    let bytes: [UInt8]

    /// For labels that are known to be of 1 to 63 bytes, and not too many.
    private init(labels: some Sequence<some Collection<UInt8>>) {
        var bytes: [UInt8] = []
        for label in labels {
            bytes.append(UInt8(truncatingIfNeeded: label.count))
            bytes += label
        }
        self.bytes = bytes + [0]
    }

    /// Nil for a literal, and for a name that is longer than a message can hold.
    public init?(_ domain: Domain) {
        guard !domain.isLiteral, domain.bytes.count + 2 <= Self.longest else { return nil }
        self.init(labels: domain.bytes.split(separator: UInt8(ascii: ".")))
    }

    /// Where the names of an address stand: `7.100.51.198.in-addr.arpa` (RFC 1035 §3.5), or its nibbles under `ip6.arpa`
    /// (RFC 3596 §2.5).
    public init(reverseOf address: IPAddress) {
        var labels: [[UInt8]] = []
        let value = address.value
        switch address.family {
        case .v4:
            for shift: UInt128 in [0, 8, 16, 24] { labels.append(Array("\(value >> shift & 0xff)".utf8)) }
            labels += ["in-addr", "arpa"].map { Array($0.utf8) }
        case .v6:
            for place in 0..<32 {
                labels.append(Array(String(UInt8(truncatingIfNeeded: value >> UInt128(4 * place) & 0xf), radix: 16).utf8))
            }
            labels += ["ip6", "arpa"].map { Array($0.utf8) }
        }
        self.init(labels: labels)
    }

    private var labels: [ArraySlice<UInt8>] {
        var labels: [ArraySlice<UInt8>] = []
        var index = 0
        while index < bytes.count, bytes[index] > 0 {
            let end = index + 1 + Int(bytes[index])
            labels.append(bytes[(index + 1)..<end])
            index = end
        }
        return labels
    }

    /// As a host's name; nil where it is none, since it has other characters than a domain.
    public var domain: Domain? {
        let text = Array(labels.joined(separator: [UInt8(ascii: ".")]))
        guard text.count == bytes.count - 2 else { return nil }
        return try? Domain(parsing: text)
    }
}

extension DNSName: CustomStringConvertible {
    /// For names made of a domain or an address, which have no byte that would have to be escaped.
    public var description: String {
        labels.map { String(decoding: $0, as: UTF8.self) }.joined(separator: ".")
    }
}

extension DNSName {
    /// Reads the name at `index` of a message, and moves `index` behind it; nil where there is none.
    ///
    /// A pointer (RFC 1035 §4.1.4) leads to a place before the name that it is part of, and so ever further back: what
    /// goes in circles is no name.
    static func read(_ message: UnsafeRawBufferPointer, at index: inout Int) -> DNSName? {
        var bytes: [UInt8] = []
        var place = index
        var end: Int?
        var bound = index
        while place < message.count {
            let length = Int(message[place])
            switch length & 0xc0 {
            case 0:
                guard bytes.count + 1 + length <= longest, place + 1 + length <= message.count else { return nil }
                for offset in place...(place + length) { bytes.append(message[offset]) }
                place += 1 + length
                if length == 0 {
                    index = end ?? place
                    return DNSName(folding: bytes)
                }
            case 0xc0:
                guard place + 1 < message.count else { return nil }
                let target = (length & 0x3f) << 8 | Int(message[place + 1])
                guard target < bound else { return nil }
                end = end ?? place + 2
                (bound, place) = (target, target)
            default: return nil
            }
        }
        return nil
    }

    /// A length is at most 63, which no letter is, so lengths stay as they are.
    private init(folding bytes: [UInt8]) {
        self.bytes = bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }
}
