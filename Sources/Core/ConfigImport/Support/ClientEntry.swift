import MailTypes

/// An entry of a list that names clients by address or by host name, as servers with a dialog box have it.
public enum ClientEntry: Hashable, Sendable {
    case addresses([IPRange])
    case host(HostPattern)

    /// Addresses: one, a network (`10.0.0.0/8`, `10.0.0.0/255.0.0.0`), a range, octets that are `*` or a range of their own
    /// (`10.1.[2-7].*`), `*` for everybody. Hosts: a name, or `*.name` for those below. Nil for other text.
    public init?(_ text: String) {
        if text == "*" {
            self = .addresses(AddressSet.everything.ranges)
        } else if let range = OldAddressForms.cidr(text) {
            self = .addresses([range])
        } else if let ranges = OldAddressForms.entry(text), !ranges.isEmpty {
            self = .addresses(ranges)
        } else if let ranges = Self.octets(text) {
            self = .addresses(ranges)
        } else if let address = IPAddress(text) {
            self = .addresses([IPRange(address.unmapped)])
        } else if let host = Self.host(text) {
            self = .host(host)
        } else {
            return nil
        }
    }

    private static func host(_ text: String) -> HostPattern? {
        let isBelow = text.hasPrefix("*.")
        guard let domain = Domain(isBelow ? String(text.dropFirst(2)) : text), !domain.isLiteral else { return nil }
        return HostPattern(domain: domain, isBelow: isBelow)
    }

    private static func octets(_ text: String) -> [IPRange]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (2...4).contains(parts.count), parts.count == 4 || parts.last == "*" else { return nil }
        var octets: [ClosedRange<UInt32>] = []
        for part in parts {
            guard let octet = octet(part) else { return nil }
            octets.append(octet)
        }
        while octets.count < 4 { octets.append(0...255) }
        return ranges(octets)
    }

    private static func octet(_ part: Substring) -> ClosedRange<UInt32>? {
        if part == "*" { return 0...255 }
        let inner = part.hasPrefix("[") && part.hasSuffix("]") && part.count > 2 ? part.dropFirst().dropLast() : part
        let ends = inner.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = ends.compactMap { OldAddressForms.decimal($0) }.filter { $0 <= 255 }
        guard numbers.count == ends.count, let first = numbers.first, let last = numbers.last, numbers.count <= 2, first <= last
        else { return nil }
        return UInt32(first)...UInt32(last)
    }

    private static let mostRanges = 65_536

    /// Nil if they are too many.
    private static func ranges(_ octets: [ClosedRange<UInt32>]) -> [IPRange]? {
        var ranges: [ClosedRange<UInt32>] = [0...0]
        for octet in octets {
            var next: [ClosedRange<UInt32>] = []
            for range in ranges {
                if octet == 0...255 {
                    next.append((range.lowerBound << 8)...(range.upperBound << 8 | 0xff))
                } else if range.count == 1 {
                    next.append((range.lowerBound << 8 | octet.lowerBound)...(range.lowerBound << 8 | octet.upperBound))
                } else {
                    guard next.count + range.count <= mostRanges else { return nil }
                    for high in range { next.append((high << 8 | octet.lowerBound)...(high << 8 | octet.upperBound)) }
                }
            }
            ranges = next
        }
        return AddressSet(
            ranges.compactMap { IPRange(first: IPAddress(v4: $0.lowerBound), last: IPAddress(v4: $0.upperBound)) }
        ).ranges
    }
}

/// Clients named by address or by host name, each with its place.
public struct ClientList: Hashable, Sendable {
    public var addresses: [Sourced<IPRange>] = []
    public var hosts: [Sourced<HostPattern>] = []

    public init() {}

    public var isEmpty: Bool { addresses.isEmpty && hosts.isEmpty }

    public mutating func add(_ entry: ClientEntry, _ origin: Origin) {
        switch entry {
        case .addresses(let ranges): addresses += ranges.map { Sourced($0, origin) }
        case .host(let host): hosts.append(Sourced(host, origin))
        }
    }

    public var addressSet: AddressSet { AddressSet(addresses.map(\.value)) }

    /// Whether it names so many public addresses that it is everybody for all that matters.
    public var isNearlyEverybody: Bool { addressSet.holdsStrangers }
}

extension PolicyDraft {
    /// One rule for the addresses of a list and one for its names, since they are alternatives.
    mutating func add(
        _ clients: ClientList, inRefuse: Bool = false, _ verb: RuleDraft.Verb, name: String, meaning: String
    ) {
        if let origin = clients.addresses.first?.origin {
            var rule = RuleDraft(verb, name, meaning: meaning, origin: origin)
            rule.from(clients.addresses)
            if inRefuse { addRefuse(rule) } else { addRelay(rule) }
        }
        if let origin = clients.hosts.first?.origin {
            var rule = RuleDraft(verb, "\(name), by name", meaning: "\(meaning), by host name", origin: origin)
            rule.name(clients.hosts)
            if inRefuse { addRefuse(rule) } else { addRelay(rule) }
        }
    }
}
