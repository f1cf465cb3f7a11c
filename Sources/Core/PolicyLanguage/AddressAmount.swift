import MailTypes

/// How many addresses, for people: `16,777,216 public IPv4 addresses`.
public enum AddressAmount {
    public static func text(_ set: AddressSet) -> String {
        var parts: [String] = []
        if set.count(.v4) > 0 { parts.append("\(grouped(set.count(.v4))) public IPv4 addresses") }
        if set.count(.v6) > 0 { parts.append("public IPv6 addresses worth a /\(prefix(of: set.count(.v6)))") }
        return parts.isEmpty ? "no public address" : parts.joined(separator: " and ")
    }

    /// Public or not: `254 addresses`, `IPv6 addresses worth a /64`; for none the empty text.
    public static func plain(_ set: AddressSet) -> String {
        var parts: [String] = []
        let (few, many) = (set.count(.v4), set.count(.v6))
        if few > 0 || (1...UInt128(1) << 32).contains(many) {
            let count = few + (many <= 1 << 32 ? many : 0)
            parts.append("\(grouped(count)) address\(count == 1 ? "" : "es")")
        }
        if many > 1 << 32 { parts.append("IPv6 addresses worth a /\(prefix(of: many))") }
        return parts.joined(separator: " and ")
    }

    /// The smallest network that holds `count` addresses.
    public static func prefix(of count: UInt128) -> Int { (count - 1).leadingZeroBitCount }

    /// `16,777,216`
    public static func grouped(_ count: UInt128) -> String {
        var groups: [String] = []
        var rest = String(count)
        while rest.utf8.count > 3 {
            groups.insert(String(rest.suffix(3)), at: 0)
            rest.removeLast(3)
        }
        return ([rest] + groups).joined(separator: ",")
    }
}
