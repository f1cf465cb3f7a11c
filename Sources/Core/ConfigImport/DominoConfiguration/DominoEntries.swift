import MailTypes

/// Reads the entries of host and domain fields. Each reader says why an entry is none.
struct DominoEntries {
    /// Why an entry is not understood.
    struct Problem: Error { let why: String }

    /// Ranges that entries with wildcards in front of their end may make, all together.
    private var budget = 50_000

    // MARK: Hosts

    mutating func addHost(_ entry: String, _ origin: Origin, to list: inout DominoHostList) throws(Problem) {
        if entry == "*" { return list.everyone = list.everyone ?? origin }
        if entry.hasPrefix("[") {
            guard entry.hasSuffix("]") else { throw Problem(why: "the bracket is not closed") }
            for range in try addresses(String(entry.dropFirst().dropLast())) {
                list.addresses.append(Sourced(range, origin))
            }
            return
        }
        if OldAddressForms.octetPrefix(entry) != nil || OldAddressForms.cidr(entry) != nil {
            throw Problem(why: "an address has to stand in brackets: [\(entry)]")
        }
        let isBelow = entry.hasPrefix(".")
        let text = isBelow ? String(entry.dropFirst()) : entry
        // A name of one word is a group's, whose members the directory knows.
        guard entry.contains("."), let domain = Domain(text), !domain.isLiteral else {
            throw Problem(why: "not a host name, an address or a group that is given")
        }
        if !isBelow { list.names.append(Sourced(HostPattern(domain: domain, isBelow: false), origin)) }
        list.names.append(Sourced(HostPattern(domain: domain, isBelow: true), origin))
    }

    /// What stands between brackets: four octets, each a number, `*` or `a-b`; or a network with its length.
    private mutating func addresses(_ text: String) throws(Problem) -> [IPRange] {
        if text.contains("/") {
            guard !text.contains("*"), !text.contains("-") else {
                throw Problem(why: "a wildcard or a range does not go together with a network's length")
            }
            guard let range = OldAddressForms.cidr(text) else { throw Problem(why: "not a network") }
            return [range]
        }
        var octets: [ClosedRange<UInt32>] = []
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            guard octets.count < 4, let octet = Self.octet(part) else { throw Self.noAddress }
            octets.append(octet)
        }
        guard octets.count == 4 else { throw Self.noAddress }
        return try ranges(octets)
    }

    private static var noAddress: Problem { Problem(why: "not an address of four numbers of 0 to 255") }

    private static func octet(_ text: Substring) -> ClosedRange<UInt32>? {
        if text == "*" { return 0...255 }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { OldAddressForms.decimal($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last, last <= 255
        else { return nil }
        return UInt32(first)...UInt32(last)
    }

    /// Octets at the end that are all of 0 to 255 belong to one range with the octet before them.
    private mutating func ranges(_ octets: [ClosedRange<UInt32>]) throws(Problem) -> [IPRange] {
        var split = 3
        while split > 0, octets[split] == 0...255 { split -= 1 }
        var firsts: [UInt32] = [0]
        for place in 0..<split {
            guard firsts.count * octets[place].count <= budget else { throw Problem(why: "stands for too many ranges") }
            firsts = firsts.flatMap { first in octets[place].map { first | $0 << UInt32(24 - 8 * place) } }
        }
        budget -= firsts.count
        let shift = UInt32(24 - 8 * split)
        let tail = UInt32((UInt64(1) << UInt64(shift)) - 1)
        return firsts.compactMap { first in
            IPRange(
                first: IPAddress(v4: first | octets[split].lowerBound << shift),
                last: IPAddress(v4: first | octets[split].upperBound << shift | tail))
        }
    }

    // MARK: Domains and addresses

    func addMailbox(_ entry: String, _ origin: Origin, to list: inout DominoMailboxList) throws(Problem) {
        if entry == "*" { return list.everyone = list.everyone ?? origin }
        list.entries.append(Sourced(try Self.mailbox(entry), origin))
    }

    private static func mailbox(_ entry: String) throws(Problem) -> DominoMailboxList.Entry {
        if entry.hasPrefix("%") {
            throw Problem(why: "a Domino domain; which Internet addresses are in it stands in the directory")
        }
        if entry.hasPrefix("@") {
            guard let domain = Domain(String(entry.dropFirst())) else { throw Problem(why: "not a domain") }
            return .exact(domain)
        }
        if entry.hasPrefix(".") {
            guard let domain = Domain(String(entry.dropFirst())), !domain.isLiteral else {
                throw Problem(why: "not a domain")
            }
            return .below(domain)
        }
        if entry.contains("@") {
            let mailbox = entry.lowercased()
            guard case .mailbox = try? PathPattern(parsing: mailbox) else { throw Problem(why: "not an Internet address") }
            return .mailbox(mailbox)
        }
        guard entry.contains("."), let domain = Domain(entry), !domain.isLiteral else {
            throw Problem(why: "not a domain or a group that is given")
        }
        return .suffix("\(domain)")
    }
}
