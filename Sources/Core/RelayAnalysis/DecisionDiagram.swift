/// Answers which requests every one of several ordered lists calls good, where in each list the first line that fits
/// decides.
///
/// One dimension after another is read. In each, the values of a request fall into *atoms*: values that fit the same
/// lines. A state holds the lines that still may fit; atoms that lead to the same state share an edge. Every path to
/// the end is a product of sets of atoms, and no two paths have a request in common, since at the node where they
/// part they have different atoms.
struct DecisionDiagram {
    /// Lines are numbered through all lists.
    struct List {
        var lines: Range<Int>
        /// What the list says where no line fits.
        var endIsGood: Bool
    }

    /// By dimension and atom: the lines that fit.
    private let fits: [[Bits]]
    /// By line: the last dimension that it asks about; -1 if it asks nothing.
    private let lastDimension: [Int]
    private let lists: [List]
    private let goodLines: Bits

    private struct State: Hashable {
        var alive: Bits
        /// Lists that have said good whatever else is asked.
        var settled: UInt64
    }

    private enum Node {
        case end
        case branch(dimension: Int, edges: [(atoms: [Int], child: Int)])
    }
    private var nodes: [Node] = [.end]
    private var known: [[State: Int?]]
    private var start: Int?

    /// `lines` that take part; the others count as never fitting.
    init(fits: [[Bits]], lastDimension: [Int], lists: [List], goodLines: Bits, taking lines: Bits) {
        precondition(lists.count <= 64, "\(lists.count) lists")
        (self.fits, self.lastDimension, self.lists, self.goodLines) = (fits, lastDimension, lists, goodLines)
        known = Array(repeating: [:], count: fits.count)
        start = state(after: -1, State(alive: lines, settled: 0)).flatMap { node(0, $0) }
    }

    /// Disjoint products: for each dimension its atoms, nil for all of them.
    var solutions: [[[Int]?]] {
        var solutions: [[[Int]?]] = []
        guard let start else { return [] }
        var path = [[Int]?](repeating: nil, count: fits.count)
        func walk(_ node: Int) {
            switch nodes[node] {
            case .end: solutions.append(path)
            case .branch(let dimension, let edges):
                for edge in edges {
                    path[dimension] = edge.atoms.count == fits[dimension].count ? nil : edge.atoms
                    walk(edge.child)
                }
                path[dimension] = nil
            }
        }
        walk(start)
        return solutions
    }

    /// Nil if nothing behind it is good.
    private mutating func node(_ dimension: Int, _ state: State) -> Int? {
        if state.alive.isEmpty { return 0 }
        if let node = known[dimension][state] { return node }
        var edges: [(atoms: [Int], child: Int)] = []
        var edgeOfState: [State: Int] = [:]
        /// What is alive in an atom leads to one state; most atoms repeat what another has.
        var stateOfAlive: [Bits: State?] = [:]
        for atom in fits[dimension].indices {
            let alive = state.alive.intersection(fits[dimension][atom])
            let next: State?
            if let seen = stateOfAlive[alive] {
                next = seen
            } else {
                next = self.state(after: dimension, State(alive: alive, settled: state.settled))
                stateOfAlive[alive] = .some(next)
            }
            guard let next else { continue }
            if let edge = edgeOfState[next] {
                if edge >= 0 { edges[edge].atoms.append(atom) }
            } else if let child = node(dimension + 1, next) {
                edgeOfState[next] = edges.count
                edges.append((atoms: [atom], child: child))
            } else {
                edgeOfState[next] = -1
            }
        }
        let result: Int?
        if edges.isEmpty {
            result = nil
        } else if edges.count == 1, edges[0].atoms.count == fits[dimension].count {
            // The dimension does not matter here.
            result = edges[0].child
        } else {
            nodes.append(.branch(dimension: dimension, edges: edges))
            result = nodes.count - 1
        }
        known[dimension][state] = .some(result)
        return result
    }

    /// The state with everything taken away that can make no difference any more; nil if a list can say only bad.
    private func state(after dimension: Int, _ state: State) -> State? {
        var state = state
        for (index, list) in lists.enumerated() where state.settled & (1 << UInt64(index)) == 0 {
            var open: [Int] = []
            var certain: Int?
            for line in list.lines where state.alive.contains(line) {
                if lastDimension[line] <= dimension {
                    // It fits for certain: what stands behind it is never read.
                    certain = line
                    break
                }
                open.append(line)
            }
            let otherwise = certain.map(goodLines.contains) ?? list.endIsGood
            while let last = open.last, goodLines.contains(last) == otherwise { open.removeLast() }
            for line in list.lines { state.alive.remove(line) }
            if open.isEmpty {
                guard otherwise else { return nil }
                state.settled |= 1 << UInt64(index)
                continue
            }
            for line in open { state.alive.insert(line) }
            if let certain, otherwise != list.endIsGood { state.alive.insert(certain) }
        }
        return state
    }
}
