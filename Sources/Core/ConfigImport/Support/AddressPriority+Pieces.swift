import MailTypes

extension AddressPriority {
    /// Who has `outcome`, as ranges that do not overlap, each with the entry that decides it. For tables too long to be
    /// written entry by entry with exceptions: time grows with the number of ranges as sorting does.
    public func pieces(with outcome: Outcome) -> [Sourced<IPRange>] {
        IPAddress.Family.allCases.flatMap { family -> [Sourced<IPRange>] in
            var sweep = AddressSweep(
                entries.enumerated().flatMap { number, entry in
                    entry.ranges.filter { $0.family == family }.map {
                        AddressSweep.Claim(entry: number, first: $0.first.value, last: $0.last.value)
                    }
                })
            return sweep.pieces().compactMap { piece -> Sourced<IPRange>? in
                let entry = entries[piece.entry]
                guard entry.outcome == outcome else { return nil }
                return IPRange(first: Self.address(family, piece.first), last: Self.address(family, piece.last))
                    .map { Sourced($0, entry.origin) }
            }
        }
    }

    private static func address(_ family: IPAddress.Family, _ value: UInt128) -> IPAddress {
        family == .v4 ? IPAddress(v4: UInt32(truncatingIfNeeded: value)) : IPAddress(v6: value)
    }
}

/// Goes over the addresses of one family from the lowest to the highest; everywhere the claim of the first entry counts.
private struct AddressSweep {
    struct Claim {
        var entry: Int
        var first: UInt128
        var last: UInt128
    }

    private let claims: [Claim]
    /// A heap of the claims that have begun, the first entry on top; those that have ended are dropped when they surface.
    private var open: [Claim] = []

    init(_ claims: [Claim]) { self.claims = claims.sorted { ($0.first, $0.entry) < ($1.first, $1.entry) } }

    mutating func pieces() -> [Claim] {
        var pieces: [Claim] = []
        var next = 0
        var place: UInt128 = 0
        while next < claims.count || !open.isEmpty {
            if open.isEmpty, next < claims.count { place = max(place, claims[next].first) }
            while next < claims.count, claims[next].first <= place {
                push(claims[next])
                next += 1
            }
            while let top = open.first, top.last < place { pop() }
            guard let top = open.first else { continue }
            // This one counts until it ends, or another begins.
            let end = next < claims.count ? min(top.last, claims[next].first - 1) : top.last
            if let last = pieces.last, last.entry == top.entry, last.last + 1 == place {
                pieces[pieces.count - 1].last = end
            } else {
                pieces.append(Claim(entry: top.entry, first: place, last: end))
            }
            guard end < .max else { break }
            place = end + 1
        }
        return pieces
    }

    private mutating func push(_ claim: Claim) {
        open.append(claim)
        var child = open.count - 1
        while child > 0, open[child].entry < open[(child - 1) / 2].entry {
            open.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() {
        open.swapAt(0, open.count - 1)
        open.removeLast()
        var parent = 0
        while 2 * parent + 1 < open.count {
            var child = 2 * parent + 1
            if child + 1 < open.count, open[child + 1].entry < open[child].entry { child += 1 }
            guard open[child].entry < open[parent].entry else { return }
            open.swapAt(child, parent)
            parent = child
        }
    }
}
