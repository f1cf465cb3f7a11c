/// A question with everything left out that has no bearing on it.
///
/// Some lists say good by a line alone. What fits none of those lines is no answer, and a line that fits nothing of
/// the rest is never read: a rule with other destinations does not cut the clients of this one. Of what remains, values
/// that the remaining lines cannot tell apart are one part.
struct CutQuestion {
    /// Values of one dimension that fit the same lines.
    struct Part {
        var fits: Bits
        var atoms: [Int]
    }

    /// By dimension.
    private(set) var parts: [[Part]] = []
    /// By dimension: whether all its atoms are in the parts.
    private(set) var isWhole: [Bool] = []
    private(set) var lists: [DecisionDiagram.List] = []
    private(set) var goodLines = Bits(capacity: 0)
    /// By line that remains: its number among all.
    private(set) var lines: [Int] = []
    /// The dimensions, in the order in which they are read.
    private(set) var order: [Int] = []
    /// By line: the last place in that order which asks about it; -1 if none does.
    private(set) var lastPlace: [Int] = []

    /// Parts up to which a dimension counts as small: then the given order reads better.
    private static let fewParts = 8

    /// Nil if nothing is good. `axes` are those of the space; of a dimension in `withoutValue` only what has no value
    /// is asked about; `leading` is the dimension to be read first.
    init?(
        _ question: RequestSpace.Question, axes: [RequestSpace.Axis], lineCount: Int, movableFrom: Int,
        withoutValue: Set<Int> = [], leading: Int? = nil, _ work: Work
    ) throws(EffortSpent) {
        let good = Bits(question.good, capacity: lineCount)
        let needed = question.lists.filter { !$0.endIsGood }.map { list in
            Bits(question.good.filter(list.lines.contains), capacity: lineCount)
        }
        var remaining = Bits(question.taking, capacity: lineCount)
        var kept: [[Int]] = []
        for (dimension, axis) in axes.enumerated() {
            try work.spend(axis.fits.count * (1 + lineCount / 64))
            let atoms = axis.fits.indices.filter { atom in
                needed.allSatisfy { $0.intersects(axis.fits[atom]) }
                    && (!withoutValue.contains(dimension) || axis.groupsOfAtom[atom].contains(RequestSpace.noValue))
            }
            var fitting = Bits(capacity: lineCount)
            for atom in atoms { fitting.formUnion(axis.fits[atom]) }
            remaining = remaining.intersection(fitting)
            kept.append(atoms)
            isWhole.append(atoms.count == axis.fits.count)
            if atoms.isEmpty { return nil }
        }
        lines = remaining.members
        for list in question.lists {
            lists.append(
                DecisionDiagram.List(
                    lines: place(of: list.lines.lowerBound)..<place(of: list.lines.upperBound), endIsGood: list.endIsGood))
        }
        goodLines = Bits(lines.indices.filter { good.contains(lines[$0]) }, capacity: lines.count)
        for (dimension, atoms) in kept.enumerated() { try addParts(atoms, of: axes[dimension], remaining, work) }
        order = Self.order(parts.map(\.count), movableFrom: movableFrom, leading: leading)
        lastPlace = lines.indices.map { line in
            order.lastIndex { dimension in parts[dimension].contains { !$0.fits.contains(line) } } ?? -1
        }
    }

    /// How many of the lines that remain have a smaller number.
    private func place(of number: Int) -> Int {
        var (low, high) = (0, lines.count)
        while low < high {
            let middle = (low + high) / 2
            if lines[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private mutating func addParts(
        _ atoms: [Int], of axis: RequestSpace.Axis, _ remaining: Bits, _ work: Work
    ) throws(EffortSpent) {
        var numbers: [Bits: Int] = [:]
        var own: [Part] = []
        for atom in atoms {
            let members = axis.fits[atom].intersection(remaining).members
            try work.spend(1 + members.count)
            let fits = Bits(members.map { place(of: $0) }, capacity: lines.count)
            if let number = numbers[fits] {
                own[number].atoms.append(atom)
            } else {
                numbers[fits] = own.count
                own.append(Part(fits: fits, atoms: [atom]))
            }
        }
        parts.append(own)
    }

    /// The paths of a diagram multiply with the parts of every dimension but the last, so the largest comes last.
    private static func order(_ counts: [Int], movableFrom: Int, leading: Int?) -> [Int] {
        let movable = (movableFrom..<counts.count).sorted { a, b in
            let (x, y) = (max(counts[a], fewParts), max(counts[b], fewParts))
            return x == y ? a < b : x < y
        }
        let order = Array(0..<movableFrom) + movable
        guard let leading else { return order }
        return [leading] + order.filter { $0 != leading }
    }

    /// The atoms of some parts of a dimension; nil for all there are.
    func atoms(of chosen: [Int], _ dimension: Int) -> [Int]? {
        let own = parts[dimension]
        if chosen.count == own.count, isWhole[dimension] { return nil }
        return chosen.flatMap { own[$0].atoms }.sorted()
    }

    /// The same for all parts: what a path says of a dimension on which it does not depend.
    var unasked: [[Int]?] { parts.indices.map { atoms(of: Array(parts[$0].indices), $0) } }
}
