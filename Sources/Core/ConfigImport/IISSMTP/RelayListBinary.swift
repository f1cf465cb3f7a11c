import MailTypes

/// The binary form of an address list in the metabase (`RelayIpList`, `IPSecurity`), as published scripts show it:
/// little-endian DWORDs, of which offsets have their top bit set.
///
///     denied addresses, granted addresses, denied names, granted names: offsets; flags; size
///     at an address offset:  groups, entries, then for each group  family 2, slots, 4, 0, offset of its data
///     at a group's data:     the mask, then an address for each further slot
///     at a name offset:      groups, entries
struct RelayListBinary {
    struct AddressList: Equatable {
        var groups = 0
        /// Net and mask.
        var entries: [(net: UInt32, mask: UInt32)] = []
        static func == (a: AddressList, b: AddressList) -> Bool {
            a.groups == b.groups && a.entries.elementsEqual(b.entries) { $0 == $1 }
        }
    }

    private(set) var denied = AddressList()
    private(set) var granted = AddressList()
    /// How many entries are names, whose layout is not known.
    private(set) var names = 0

    private let bytes: [UInt8]

    /// More than a dialog could ever hold; a bound for damaged lists.
    private static let mostEntries = 100_000

    /// Nil for what does not have this layout, down to its last count.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard let deniedAt = offset(at: 0), let grantedAt = offset(at: 4), let deniedNames = offset(at: 8),
            let grantedNames = offset(at: 12), number(at: 20).map({ Int($0) <= bytes.count }) ?? false,
            let denied = addresses(at: deniedAt), let granted = addresses(at: grantedAt),
            let first = number(at: deniedNames), let second = number(at: grantedNames),
            let firstCount = number(at: deniedNames + 4), let secondCount = number(at: grantedNames + 4)
        else { return nil }
        (self.denied, self.granted) = (denied, granted)
        names = Int(max(first, firstCount)) + Int(max(second, secondCount))
    }

    /// Bytes of `18000080…` (MetaBase.xml) or `24,0,0,128,…` (as scripts print it); nil for other text.
    static func bytes(of text: String) -> [UInt8]? {
        if text.contains(",") {
            var bytes: [UInt8] = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                guard let byte = UInt8(OldAddressForms.trimmed(part)) else { return nil }
                bytes.append(byte)
            }
            return bytes
        }
        let digits = text.utf8.map { Character(Unicode.Scalar($0)).hexDigitValue }
        guard digits.count % 2 == 0, !digits.contains(nil) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8((digits[$0] ?? 0) << 4 | (digits[$0 + 1] ?? 0)) }
    }

    private func addresses(at start: Int) -> AddressList? {
        guard let groups = number(at: start), let count = number(at: start + 4), groups <= 64, count <= Self.mostEntries
        else { return nil }
        var list = AddressList(groups: Int(groups))
        for group in 0..<Int(groups) {
            let record = start + 8 + 20 * group
            guard number(at: record) == 2, let slots = number(at: record + 4), slots >= 1, slots <= Self.mostEntries,
                number(at: record + 8) == 4, let data = offset(at: record + 16), let mask = address(at: data)
            else { return nil }
            for slot in 1..<max(1, Int(slots)) {
                guard let net = address(at: data + 4 * slot) else { return nil }
                list.entries.append((net, mask))
            }
        }
        return list.entries.count == Int(count) ? list : nil
    }

    private func number(at place: Int) -> UInt32? {
        guard place >= 0, place + 4 <= bytes.count else { return nil }
        return bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    private func offset(at place: Int) -> Int? {
        guard let number = number(at: place), number & 0x8000_0000 != 0 else { return nil }
        return Int(number & 0x7fff_ffff)
    }

    /// In network order.
    private func address(at place: Int) -> UInt32? { number(at: place)?.byteSwapped }
}
