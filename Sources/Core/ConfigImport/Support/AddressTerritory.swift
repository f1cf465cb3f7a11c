import MailTypes

/// Who holds which addresses where lists overlap: an address belongs to the first claim that names it.
struct AddressTerritory {
    struct Piece: Hashable {
        var range: IPRange
        /// Position of the claim.
        var owner: Int
    }

    /// Disjoint and in order, IPv4 first. Addresses that nobody names are in none.
    let pieces: [Piece]

    /// `claims`: the ranges of each, the strongest first. Takes n log n of all ranges, however they overlap.
    init(_ claims: [[IPRange]]) {
        pieces = IPAddress.Family.allCases.flatMap { Self.pieces(claims, $0) }
    }

    /// Positions of the pieces that have addresses in common with `range`.
    func positions(within range: IPRange) -> Range<Int> {
        let first = firstPosition { Self.isBefore($0.range.last, range.first) }
        let end = firstPosition { !Self.isBefore(range.last, $0.range.first) }
        return first..<max(first, end)
    }

    func owner(of address: IPAddress) -> Int? {
        let positions = positions(within: IPRange(address))
        return positions.isEmpty ? nil : pieces[positions.lowerBound].owner
    }

    /// The first piece for which `comesBefore` no longer holds.
    private func firstPosition(where comesBefore: (Piece) -> Bool) -> Int {
        var (low, high) = (0, pieces.count)
        while low < high {
            let middle = (low + high) / 2
            if comesBefore(pieces[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func isBefore(_ a: IPAddress, _ b: IPAddress) -> Bool {
        a.family == b.family ? a.value < b.value : a.family == .v4
    }

    /// Cells between all ends of ranges, painted claim by claim; cells that have a colour are jumped over.
    private static func pieces(_ claims: [[IPRange]], _ family: IPAddress.Family) -> [Piece] {
        let ranges = claims.enumerated().flatMap { owner, ranges in
            ranges.filter { $0.family == family }.map { Piece(range: $0, owner: owner) }
        }
        var starts: Set<UInt128> = []
        for piece in ranges {
            starts.insert(piece.range.first.value)
            if piece.range.last.value < .max { starts.insert(piece.range.last.value + 1) }
        }
        let cells = starts.sorted()
        let numbers = Dictionary(uniqueKeysWithValues: cells.enumerated().map { ($1, $0) })
        var owners = [Int?](repeating: nil, count: cells.count)
        var next = Array(0...cells.count)
        for piece in ranges {
            let last = piece.range.last.value
            let end = last == .max ? cells.count : numbers[last + 1] ?? cells.count
            var cell = firstFree(numbers[piece.range.first.value] ?? end, &next)
            while cell < end {
                owners[cell] = piece.owner
                next[cell] = cell + 1
                cell = firstFree(cell, &next)
            }
        }
        return joined(cells, owners, family)
    }

    private static func firstFree(_ cell: Int, _ next: inout [Int]) -> Int {
        var free = cell
        while next[free] != free { free = next[free] }
        var passed = cell
        while next[passed] != free, passed != free { (next[passed], passed) = (free, next[passed]) }
        return free
    }

    private static func joined(_ cells: [UInt128], _ owners: [Int?], _ family: IPAddress.Family) -> [Piece] {
        var pieces: [Piece] = []
        var index = 0
        while index < cells.count {
            let start = index
            repeat { index += 1 } while index < cells.count && owners[index] == owners[start]
            guard let owner = owners[start] else { continue }
            let last = index < cells.count ? cells[index] - 1 : UInt128.max
            if let range = IPRange(first: address(cells[start], family), last: address(last, family)) {
                pieces.append(Piece(range: range, owner: owner))
            }
        }
        return pieces
    }

    static func address(_ value: UInt128, _ family: IPAddress.Family) -> IPAddress {
        family == .v4 ? IPAddress(v4: UInt32(truncatingIfNeeded: value)) : IPAddress(v6: value)
    }
}
