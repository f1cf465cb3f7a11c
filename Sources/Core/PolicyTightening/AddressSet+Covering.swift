import MailTypes

extension AddressSet {
    /// This set in at most `count` values, where networks that lie within `whole` can make them so few; the smallest
    /// networks are taken first. Never anything outside of `whole`, of which this is a part.
    func covered(within whole: AddressSet, inValues count: Int) -> AddressSet {
        var pieces = ranges.map { Piece(range: $0) }
        for hostBits in 0...128 where pieces.count > count {
            var merged: [Piece] = []
            var excess = pieces.count - count
            for piece in pieces {
                guard excess > 0, let last = merged.last, !last.isShut, last.range.family == piece.range.family,
                    Self.differingBits(last.range.first, piece.range.last) <= hostBits
                else {
                    merged.append(piece)
                    continue
                }
                guard
                    let cover = Self.network(
                        last.range.first, hostBits: Self.differingBits(last.range.first, piece.range.last)),
                    AddressSet([cover]).subtracting(whole).isEmpty
                else {
                    // Every larger network holds this one, so what keeps them apart now keeps them apart for good.
                    merged[merged.count - 1].isShut = true
                    merged.append(piece)
                    continue
                }
                merged[merged.count - 1] = Piece(range: cover, isShut: piece.isShut)
                excess -= 1
            }
            pieces = merged
        }
        return AddressSet(pieces.map(\.range))
    }

    private struct Piece {
        var range: IPRange
        /// Nothing within the whole holds it together with the piece behind it.
        var isShut = false
    }

    /// How many of the low bits have to be left open for one network to hold both.
    private static func differingBits(_ a: IPAddress, _ b: IPAddress) -> Int {
        UInt128.bitWidth - (a.value ^ b.value).leadingZeroBitCount
    }

    private static func network(_ address: IPAddress, hostBits: Int) -> IPRange? {
        let start = hostBits == UInt128.bitWidth ? 0 : (address.value >> UInt128(hostBits)) << UInt128(hostBits)
        let first = address.family == .v4 ? IPAddress(v4: UInt32(truncatingIfNeeded: start)) : IPAddress(v6: start)
        return IPNetwork(address: first, prefixLength: address.family.width - hostBits)?.range
    }
}
