import MailTypes

extension VMSPattern {
    /// The clients whose address, in dotted decimal, fits: `10.1.*`, `192.0.2.1%`. Nil where that would be more than
    /// a few thousand ranges. `*` is everybody, in both families.
    public var addresses: [IPRange]? {
        if isEverything { return AddressSet.everything.ranges }
        guard tokens.count <= 64 else { return nil }
        var walk = AddressWalk(pattern: self)
        guard let found = walk.addresses(PatternStates(self), octets: 0) else { return nil }
        return AddressSet(found.compactMap { IPRange(first: IPAddress(v4: $0.lowerBound), last: IPAddress(v4: $0.upperBound)) })
            .ranges
    }
}

/// Goes through addresses octet by octet. Octets after which the pattern stands alike share one answer.
private struct AddressWalk {
    let pattern: VMSPattern
    private var known: [Place: [ClosedRange<UInt32>]] = [:]

    private struct Place: Hashable {
        var states: PatternStates
        var octets: Int
    }

    init(pattern: VMSPattern) { self.pattern = pattern }

    private static let mostRanges = 4096

    /// What fits behind `octets` octets, as numbers that begin at 0.
    mutating func addresses(_ states: PatternStates, octets: Int) -> [ClosedRange<UInt32>]? {
        let width = UInt32(8 * (4 - octets))
        if states.isDead { return [] }
        if octets == 4 { return states.isAccepting(pattern) ? [0...0] : [] }
        let place = Place(states: states, octets: octets)
        if let answer = known[place] { return answer }
        if states.acceptsAnything(pattern) { return [0...UInt32((UInt64(1) << UInt64(width)) - 1)] }
        var ranges: [ClosedRange<UInt32>] = []
        for octet in UInt32(0)...255 {
            var next = states
            for byte in "\(octet)\(octets < 3 ? "." : "")".utf8 { next.read(byte, pattern) }
            guard let inner = addresses(next, octets: octets + 1) else { return nil }
            let base = octet << (width - 8)
            for range in inner {
                let moved = (range.lowerBound + base)...(range.upperBound + base)
                if let last = ranges.last, last.upperBound + 1 == moved.lowerBound {
                    ranges[ranges.count - 1] = last.lowerBound...moved.upperBound
                } else {
                    ranges.append(moved)
                }
            }
            guard ranges.count <= Self.mostRanges else { return nil }
        }
        known[place] = ranges
        return ranges
    }
}
