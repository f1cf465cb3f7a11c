/// Answers which requests every one of several ordered lists calls good, where in each list the first line that fits
/// decides.
///
/// One dimension after another is read. In each, the values of a request fall into parts that fit the same lines. A
/// state holds the lines that still may fit; parts that lead to the same state, or to states of the same answer, share
/// an edge. Every path to the end is a product of sets, and no two paths have a request in common, since at the node
/// where they part they have different values.
struct DecisionDiagram {
    /// Lines are numbered through all lists.
    struct List {
        var lines: Range<Int>
        /// What the list says where no line fits.
        var endIsGood: Bool
    }

    private let question: CutQuestion
    private let work: Work

    private struct State: Hashable {
        var alive: Bits
        /// Lists that have said good whatever else is asked.
        var settled: UInt64
    }

    private struct Edge: Hashable {
        var parts: [Int]
        var child: Int
    }

    private enum Node {
        case end
        case branch(dimension: Int, edges: [(atoms: [Int]?, child: Int)])
    }
    private var nodes: [Node] = [.end]
    /// Equal nodes are one.
    private var numbers: [[Edge]: Int] = [:]
    /// By place: the nodes of states that were met; nil where nothing is good.
    private var known: [[State: Int?]]
    /// By place: states behind which there is no path.
    private var barren: [Set<State>]

    init(_ question: CutQuestion, _ work: Work) {
        precondition(question.lists.count <= 64, "\(question.lists.count) lists")
        (self.question, self.work) = (question, work)
        known = Array(repeating: [:], count: question.order.count)
        barren = Array(repeating: [], count: question.order.count)
    }

    private func start() throws(EffortSpent) -> State? {
        try state(after: -1, State(alive: Bits(all: question.lines.count), settled: 0))
    }

    // MARK: All paths

    /// Disjoint products: for each dimension its atoms, nil for all of them.
    mutating func products() throws(EffortSpent) -> [[[Int]?]] {
        guard let start = try start(), let first = try node(0, start) else { return [] }
        var products: [[[Int]?]] = []
        var path = question.unasked
        try walk(first, &path, &products)
        return products
    }

    private func walk(_ node: Int, _ path: inout [[Int]?], _ products: inout [[[Int]?]]) throws(EffortSpent) {
        guard case .branch(let dimension, let edges) = nodes[node] else {
            // A path is some hundred bytes.
            try work.spend(4 * path.count)
            products.append(path)
            return
        }
        let unasked = path[dimension]
        for edge in edges {
            path[dimension] = edge.atoms
            try walk(edge.child, &path, &products)
        }
        path[dimension] = unasked
    }

    /// Nil if nothing behind it is good.
    private mutating func node(_ place: Int, _ state: State) throws(EffortSpent) -> Int? {
        if state.alive.isEmpty { return 0 }
        if let node = known[place][state] { return node }
        let dimension = question.order[place]
        var edges: [Edge] = []
        var edgeOfChild: [Int: Int] = [:]
        for (next, parts) in try steps(place, state) {
            guard let child = try node(place + 1, next) else { continue }
            if let edge = edgeOfChild[child] {
                edges[edge].parts += parts
            } else {
                edgeOfChild[child] = edges.count
                edges.append(Edge(parts: parts, child: child))
            }
        }
        let result: Int?
        if edges.isEmpty {
            result = nil
        } else if edges.count == 1, edges[0].parts.count == question.parts[dimension].count {
            // The dimension does not matter here.
            result = edges[0].child
        } else {
            result = try number(of: edges, dimension)
        }
        known[place][state] = .some(result)
        return result
    }

    private mutating func number(of edges: [Edge], _ dimension: Int) throws(EffortSpent) -> Int {
        let edges = edges.map { Edge(parts: $0.parts.sorted(), child: $0.child) }
        // The dimension tells nodes apart that have the same edges.
        let key = edges + [Edge(parts: [], child: dimension)]
        if let number = numbers[key] { return number }
        let written = edges.map { (atoms: question.atoms(of: $0.parts, dimension), child: $0.child) }
        try work.spend(written.reduce(0) { $0 + ($1.atoms?.count ?? 1) })
        nodes.append(.branch(dimension: dimension, edges: written))
        numbers[key] = nodes.count - 1
        return nodes.count - 1
    }

    // MARK: One path

    /// Whether there is a path that `holds`. Paths are found one after another, and none is kept.
    mutating func hasPath(where holds: ([[Int]?]) throws(EffortSpent) -> Bool) throws(EffortSpent) -> Bool {
        guard let start = try start() else { return false }
        if try isFoundAtOnce(0, start, question.unasked, holds) { return true }
        var path = question.unasked
        return try search(0, start, &path, holds).isFound
    }

    /// The atoms of the first dimension from which a path leads on that `holds`; nil for all of them.
    mutating func firstAtoms(where holds: ([[Int]?]) throws(EffortSpent) -> Bool) throws(EffortSpent) -> [Int]? {
        guard let start = try start() else { return [] }
        let first = question.order[0]
        var path = question.unasked
        if start.alive.isEmpty { return try holds(path) ? path[first] : [] }
        var found: [Int] = []
        for (next, parts) in try steps(0, start) {
            path[first] = question.atoms(of: parts, first)
            if try isFoundAtOnce(1, next, path, holds) { found += parts; continue }
            if try search(1, next, &path, holds).isFound { found += parts }
        }
        return question.atoms(of: found, first)
    }

    /// Whether the path of the first parts that lead on `holds`. It mostly does, and most parts are then never read.
    private func isFoundAtOnce(
        _ place: Int, _ state: State, _ path: [[Int]?], _ holds: ([[Int]?]) throws(EffortSpent) -> Bool
    ) throws(EffortSpent) -> Bool {
        var (place, state, path) = (place, state, path)
        while !state.alive.isEmpty {
            let dimension = question.order[place]
            var next: State?
            for (part, values) in question.parts[dimension].enumerated() {
                let alive = state.alive.intersection(values.fits)
                next = try self.state(after: place, State(alive: alive, settled: state.settled))
                guard next != nil else { continue }
                path[dimension] = question.atoms(of: [part], dimension)
                break
            }
            guard let next else { return false }
            state = next
            place += 1
        }
        return try holds(path)
    }

    private mutating func search(
        _ place: Int, _ state: State, _ path: inout [[Int]?], _ holds: ([[Int]?]) throws(EffortSpent) -> Bool
    ) throws(EffortSpent) -> (isFound: Bool, hasPaths: Bool) {
        if state.alive.isEmpty { return (try holds(path), true) }
        if barren[place].contains(state) { return (false, false) }
        let dimension = question.order[place]
        let unasked = path[dimension]
        var hasPaths = false
        for (next, parts) in try steps(place, state) {
            path[dimension] = question.atoms(of: parts, dimension)
            let below = try search(place + 1, next, &path, holds)
            if below.isFound { return below }
            hasPaths = hasPaths || below.hasPaths
        }
        path[dimension] = unasked
        if !hasPaths { barren[place].insert(state) }
        return (false, hasPaths)
    }

    // MARK: States

    /// The states that the parts of a dimension lead to, each with its parts.
    private func steps(_ place: Int, _ state: State) throws(EffortSpent) -> [(next: State, parts: [Int])] {
        let own = question.parts[question.order[place]]
        try work.spend(own.count * (1 + question.lines.count / 64))
        var steps: [(next: State, parts: [Int])] = []
        var stepOfState: [State: Int] = [:]
        /// What is alive in a part leads to one state; most parts repeat what another has. Nil: to none.
        var stepOfAlive: [Bits: Int?] = [:]
        for (part, values) in own.enumerated() {
            let alive = state.alive.intersection(values.fits)
            if let step = stepOfAlive[alive] {
                if let step { steps[step].parts.append(part) }
                continue
            }
            guard let next = try self.state(after: place, State(alive: alive, settled: state.settled)) else {
                stepOfAlive[alive] = .some(nil)
                continue
            }
            let step = stepOfState[next] ?? steps.count
            stepOfState[next] = step
            stepOfAlive[alive] = .some(step)
            if step == steps.count { steps.append((next, [part])) } else { steps[step].parts.append(part) }
        }
        return steps
    }

    /// The state with everything taken away that can make no difference any more; nil if a list can say only bad.
    private func state(after place: Int, _ state: State) throws(EffortSpent) -> State? {
        try work.spend(4 + question.lines.count)
        var state = state
        for (index, list) in question.lists.enumerated() where state.settled & (1 << UInt64(index)) == 0 {
            var open: [Int] = []
            var certain: Int?
            for line in list.lines where state.alive.contains(line) {
                if question.lastPlace[line] <= place {
                    // It fits for certain: what stands behind it is never read.
                    certain = line
                    break
                }
                open.append(line)
            }
            let otherwise = certain.map(question.goodLines.contains) ?? list.endIsGood
            while let last = open.last, question.goodLines.contains(last) == otherwise { open.removeLast() }
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
