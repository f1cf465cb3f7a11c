import MailTypes
import RelayPolicy

/// A rule that never decides anything, and why.
public struct DeadRule: Hashable, Sendable {
    public enum List: Hashable, Sendable { case connection, refuse, relay }
    /// A rule by its list and place there.
    public struct Place: Hashable, Sendable {
        public var list: List
        public var index: Int
        public init(_ list: List, _ index: Int) { (self.list, self.index) = (list, index) }
    }

    public var rule: Place
    /// Rules that together take every request that it fits, none of which can be left out. Empty: it fits nothing.
    public var coveredBy: [Place]
    /// Delivery to local domains takes a part of them.
    public var isCoveredByDelivery: Bool
    /// The demands of listeners take a part of them.
    public var isCoveredByDemands: Bool
}

/// The rules that decide nothing.
public struct DeadRules: Sendable {
    public var rules: [DeadRule]
    /// If not, the effort was spent, and of rules behind these nothing is known.
    public var isComplete: Bool
}

extension Policy {
    /// The rules that decide nothing, today and as long as the file stands: rules with a date or `observe` cover
    /// nothing, since they may end.
    public func deadRules(at now: Instant, effort: Int = Effort.standard) -> DeadRules {
        guard !observes else { return DeadRules(rules: [], isComplete: true) }
        var found: [DeadRule] = []
        let lists: [(Stage, DeadRule.List)] = [(.connection, .connection), (.refuse, .refuse), (.relay, .relay)]
        do throws(EffortSpent) {
            let search = CoverSearch(policy: self, space: try RequestSpace([self], Work(effort)), now: now)
            for (stage, list) in lists {
                for index in (rules(of: stage) ?? []).indices {
                    if let dead = try search.deadRule(index, stage, list) { found.append(dead) }
                }
            }
            return DeadRules(rules: found, isComplete: true)
        } catch {
            return DeadRules(rules: found, isComplete: false)
        }
    }

    /// Rules of one list that ask for the same, each with the first such rule before it.
    public func equalRules() -> [(rule: DeadRule.Place, same: DeadRule.Place)] {
        var writer = LineWriter([self])
        var found: [(rule: DeadRule.Place, same: DeadRule.Place)] = []
        for (stage, list) in [(Stage.connection, DeadRule.List.connection), (.refuse, .refuse), (.relay, .relay)] {
            var first: [[[Int: [Int]]]: Int] = [:]
            let lines = writer.lines(of: stage, self, number: 0)
            for index in (rules(of: stage) ?? []).indices {
                let asked = lines.filter { $0.rule == index }.map { line in
                    line.criterion.demands.mapValues { $0.required.sorted() }
                }
                if let same = first[asked] {
                    found.append((DeadRule.Place(list, index), DeadRule.Place(list, same)))
                } else if rules(of: stage)?[index].isPermanent ?? false {
                    first[asked] = index
                }
            }
        }
        return found
    }
}

extension Rule {
    /// Whether it counts today and later.
    fileprivate var isPermanent: Bool { !observes && until == nil }
}

private struct CoverSearch {
    let policy: Policy
    let space: RequestSpace
    let now: Instant

    /// What may stand before a rule.
    private enum Cover: Hashable {
        case rule(Stage, Int), delivery, demands
    }

    func deadRule(_ index: Int, _ stage: Stage, _ list: DeadRule.List) throws(EffortSpent) -> DeadRule? {
        guard try !decides(index, stage, after: covers(index, stage)) else { return nil }
        if try !decides(index, stage, after: []) {
            return DeadRule(rule: .init(list, index), coveredBy: [], isCoveredByDelivery: false, isCoveredByDemands: false)
        }
        var kept = covers(index, stage)
        // The rules nearest above go last, so that the first that does it is named.
        for cover in kept.reversed() {
            let fewer = kept.filter { $0 != cover }
            if try !decides(index, stage, after: fewer) { kept = fewer }
        }
        return DeadRule(
            rule: .init(list, index),
            coveredBy: kept.compactMap { cover in
                guard case .rule(let stage, let index) = cover else { return nil }
                return DeadRule.Place(stage == .connection ? .connection : stage == .refuse ? .refuse : .relay, index)
            },
            isCoveredByDelivery: kept.contains(.delivery), isCoveredByDemands: kept.contains(.demands))
    }

    private func covers(_ index: Int, _ stage: Stage) -> [Cover] {
        var covers: [Cover] = stage == .connection ? [] : [.demands]
        for earlier in [Stage.connection, .refuse, .relay] where earlier.rawValue <= stage.rawValue {
            for (number, rule) in (policy.rules(of: earlier) ?? []).enumerated()
            where rule.isPermanent && (earlier != stage || number < index) {
                covers.append(.rule(earlier, number))
            }
            if earlier == .refuse, stage == .relay { covers.append(.delivery) }
        }
        return covers
    }

    private func decides(_ index: Int, _ stage: Stage, after covers: [Cover]) throws(EffortSpent) -> Bool {
        let covers = Set(covers)
        var question = RequestSpace.Question()
        for earlier in Stage.allCases where earlier.rawValue < stage.rawValue {
            let taking = (space.ranges[0][earlier] ?? 0..<0).filter { number in
                switch earlier {
                case .demands: covers.contains(.demands)
                case .delivery: covers.contains(.delivery)
                default: space.lines[number].rule.map { covers.contains(.rule(earlier, $0)) } ?? false
                }
            }
            question.lists.append(.init(lines: space.ranges[0][earlier] ?? 0..<0, endIsGood: true))
            question.taking += taking
            question.good += taking.filter { space.lines[$0].isGood }
        }
        let taking = (space.ranges[0][stage] ?? 0..<0).filter { number in
            space.lines[number].rule.map { $0 == index || covers.contains(.rule(stage, $0)) } ?? false
        }
        question.lists.append(.init(lines: space.ranges[0][stage] ?? 0..<0, endIsGood: false))
        question.taking += taking
        question.good += taking.filter { space.lines[$0].rule == index }
        return try space.witness(question, at: now) != nil
    }
}
