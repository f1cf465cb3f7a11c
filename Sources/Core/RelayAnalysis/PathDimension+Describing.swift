import MailTypes

extension PathDimension {
    /// A set of groups in the words of the language, as disjoint sets.
    func sets(of groups: some Sequence<Int>) -> [PathSet] {
        Describing(self, Bits(groups, capacity: self.groups.count)).sets
    }

    /// One set described: by levels. A region within another that belongs to the set when the other does not, or the
    /// other way about, stands one level deeper; each odd level gives patterns, and the next one their exceptions.
    private struct Describing {
        let dimension: PathDimension
        let wanted: Bits
        /// By level / 2.
        private var terms: [(patterns: [PathPattern], exceptions: [PathPattern], isRoot: Bool)] = []
        private var loose: [PathPattern] = []

        init(_ dimension: PathDimension, _ wanted: Bits) {
            (self.dimension, self.wanted) = (dimension, wanted)
        }

        var sets: [PathSet] {
            var copy = self
            return copy.describe()
        }

        private mutating func describe() -> [PathSet] {
            let wanted = wanted
            let differing = dimension.localParts.filter(differs)
            let differingNames = Set(differing.map(\.localPart))
            var levels = levels { wanted.contains($0) }
            for region in dimension.mailboxes {
                let isIn = wanted.contains(region.group)
                if differingNames.contains(region.localPart) { continue }
                if isIn != (levels[region.node] % 2 == 1), !isRefused(region) {
                    put(.mailbox(localPart: region.localPart, domain: region.domain), level: levels[region.node] + 1)
                }
            }
            var sets = terms.map { term in
                PathSet(
                    term.isRoot ? nil : term.patterns,
                    except: term.exceptions + differing.map { PathPattern.localPart($0.localPart) })
            }
            .filter { $0.patterns?.isEmpty != true }
            terms = []
            // Local parts that see the tree in the same way are said together.
            var together: [[Int: Bool]: [StarredLocalPart]] = [:]
            for starred in differing {
                together[starred.groupAt.mapValues(wanted.contains), default: []].append(starred)
            }
            for (isIn, starred) in together.sorted(by: { $0.value[0].localPart.lexicographicallyPrecedes($1.value[0].localPart) }) {
                levels = self.levels { isIn[$0] ?? false }
                sets += self.sets(of: starred.map(\.localPart), levels)
                terms = []
            }
            if !loose.isEmpty { sets.append(PathSet(loose)) }
            if wanted.contains(dimension.special) {
                if sets.isEmpty { sets = [PathSet([])] }
                sets[0].hasSpecial = true
            }
            return sets
        }

        private func isRefused(_ region: Region) -> Bool { dimension.nodes[region.node].isForeignLiteral }

        /// Whether a starred local part belongs to the set elsewhere than others do.
        private func differs(_ starred: StarredLocalPart) -> Bool {
            starred.groupAt.contains { wanted.contains($0.key) != wanted.contains($0.value) }
        }

        /// The level of each node; `terms` gets the nodes where it changes.
        private mutating func levels(_ isIn: (Int) -> Bool) -> [Int] {
            var levels = [Int](repeating: 0, count: dimension.nodes.count)
            for (index, node) in dimension.nodes.enumerated() {
                guard let pattern = node.pattern else {
                    if isIn(node.group) {
                        levels[index] = 1
                        terms = [(patterns: [], exceptions: [], isRoot: true)]
                    }
                    continue
                }
                let above = levels[node.parent]
                levels[index] = above
                guard !node.isForeignLiteral, isIn(node.group) != (above % 2 == 1) else { continue }
                levels[index] = above + 1
                put(pattern, level: above + 1)
            }
            return levels
        }

        private mutating func put(_ pattern: PathPattern, level: Int) {
            let term = (level - 1) / 2
            while terms.count <= term { terms.append((patterns: [], exceptions: [], isRoot: false)) }
            if level % 2 == 1 { terms[term].patterns.append(pattern) } else { terms[term].exceptions.append(pattern) }
        }

        private mutating func sets(of localParts: [[UInt8]], _ levels: [Int]) -> [PathSet] {
            let names = Set(localParts)
            var excepted: [PathPattern] = []
            for region in dimension.mailboxes where names.contains(region.localPart) && !isRefused(region) {
                let isIn = wanted.contains(region.group)
                guard isIn != (levels[region.node] % 2 == 1) else { continue }
                let pattern = PathPattern.mailbox(localPart: region.localPart, domain: region.domain)
                if isIn { loose.append(pattern) } else { excepted.append(pattern) }
            }
            return terms.compactMap { term -> PathSet? in
                if term.isRoot {
                    return PathSet(
                        localParts.map { .localPart($0) }, except: term.exceptions + excepted)
                }
                if term.patterns.isEmpty { return nil }
                var mailboxes: [PathPattern] = []
                for pattern in term.patterns {
                    guard case .domain(let domain) = pattern else {
                        return PathSet(term.patterns, except: term.exceptions + excepted, localParts: localParts)
                    }
                    for localPart in localParts {
                        let mailbox = PathPattern.mailbox(localPart: localPart, domain: domain)
                        if !excepted.contains(mailbox) { mailboxes.append(mailbox) }
                    }
                }
                return mailboxes.isEmpty ? nil : PathSet(mailboxes)
            }
        }
    }
}
