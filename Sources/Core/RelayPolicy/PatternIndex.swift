import MailTypes

/// Which rules of a list hold for a sender or a recipient: every pattern of every rule in one index, asked once.
struct PatternIndex: Sendable {
    /// By pattern, where the set of rules that have it begins in `words`.
    private var places = PathPatternIndex<Int>()
    private var words: [UInt64] = []
    /// Rules that ask for no such path: they hold for all.
    private let unasked: [UInt64]
    private let hasPatterns: Bool

    /// `sets` has one for each rule; nil holds for every path.
    init(_ sets: [PathPatternSet?]) {
        unasked = RuleSet.words(sets.indices.filter { sets[$0] == nil }, of: sets.count)
        var rules: [PathPattern: [Int]] = [:]
        for (rule, set) in sets.enumerated() {
            for pattern in set?.patterns ?? [] { rules[pattern, default: []].append(rule) }
        }
        hasPatterns = !rules.isEmpty
        var known: [[UInt64]: Int] = [:]
        for (pattern, members) in rules {
            let set = RuleSet.words(members, of: sets.count)
            let place = known[set] ?? words.count
            if known.updateValue(place, forKey: set) == nil { words += set }
            places.insert(place, for: pattern)
        }
    }

    /// The rules whose patterns hold for `path`, and those that have none.
    func rules(for path: ReversePath) -> [UInt64] {
        guard hasPatterns else { return unasked }
        var found = unasked
        _ = places.contains(matching: path) { add($0, to: &found) }
        return found
    }

    func rules(for path: ForwardPath) -> [UInt64] {
        guard hasPatterns else { return unasked }
        var found = unasked
        _ = places.contains(matching: path) { add($0, to: &found) }
        return found
    }

    /// False: the next pattern may hold as well.
    private func add(_ place: Int, to found: inout [UInt64]) -> Bool {
        for word in found.indices { found[word] |= words[place + word] }
        return false
    }
}
