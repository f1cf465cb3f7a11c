import MailTypes

/// Numbers by domain, exact or below, found in time that does not grow with their count. An exact name wins over a
/// wildcard, a longer wildcard over a shorter one, the first over an equal one.
struct DomainIndex: Sendable {
    private var exact: [ArraySlice<UInt8>: Int] = [:]
    private var below: [ArraySlice<UInt8>: Int] = [:]
    /// Bytes of the longest in `below`, so that a name of a hundred labels costs no hundred look-ups.
    private var longestBelow = 0

    var isEmpty: Bool { exact.isEmpty && below.isEmpty }

    mutating func insert(_ domain: Domain, asAncestor: Bool, _ number: Int) {
        let key = domain.bytes[...]
        if asAncestor {
            below[key] = below[key] ?? number
            longestBelow = max(longestBelow, key.count)
        } else {
            exact[key] = exact[key] ?? number
        }
    }

    func number(for domain: Domain) -> Int? {
        let name = domain.bytes[...]
        if !exact.isEmpty, let number = exact[name] { return number }
        guard longestBelow > 0, !domain.isLiteral else { return nil }
        for dot in name.indices where name[dot] == UInt8(ascii: ".") {
            let ancestor = name[(dot + 1)...]
            if ancestor.count <= longestBelow, let number = below[ancestor] { return number }
        }
        return nil
    }
}
