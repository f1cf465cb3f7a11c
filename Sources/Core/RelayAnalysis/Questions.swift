import MailTypes
import RelayPolicy

extension RequestSpace {
    /// What the delivery stage of a policy refuses: it neither delivers it nor lets it on to `relay`.
    func addRefusalByDelivery(of policy: Int, to question: inout Question) {
        // Its first two lines are foreign literals and mailboxes that a list does not have.
        guard let range = ranges[policy][.delivery] else { return }
        question.lists.append(DecisionDiagram.List(lines: range, endIsGood: false))
        question.taking += range
        question.good += range.prefix(2)
    }

    /// The lines of a stage that take part: of rules that do not observe and are in force on `day`.
    func lines(of stage: Stage, _ policy: Int, on day: CalendarDay) -> [Int] {
        guard let range = ranges[policy][stage] else { return [] }
        return range.filter { number in
            guard let rule = lines[number].rule, let rules = policies[policy].rules(of: stage) else { return true }
            return rules[rule].isInForce(on: day)
        }
    }

    /// A whole stage lets the request on; or, if `turned`, does not.
    func add(_ stage: Stage, of policy: Int, on day: CalendarDay, turned: Bool = false, to question: inout Question) {
        let taking = lines(of: stage, policy, on: day)
        question.lists.append(
            DecisionDiagram.List(lines: ranges[policy][stage] ?? 0..<0, endIsGood: (stage != .relay) != turned))
        question.taking += taking
        question.good += taking.filter { lines[$0].isGood != turned }
    }

    /// One of the rules decides in its list: no earlier one fits, and it does.
    func addDecision(
        byOneOf rules: Set<Int>, in stage: Stage, of policy: Int, on day: CalendarDay, to question: inout Question
    ) {
        let last = rules.max() ?? 0
        let taking = lines(of: stage, policy, on: day).filter { (lines[$0].rule ?? last) <= last }
        question.lists.append(DecisionDiagram.List(lines: ranges[policy][stage] ?? 0..<0, endIsGood: false))
        question.taking += taking
        question.good += taking.filter { lines[$0].rule.map(rules.contains) ?? false }
    }

    /// What a permit grants.
    func question(grantsOf rule: Int, _ policy: Int, on day: CalendarDay) -> Question {
        question(grantsOfOneOf: [rule], policy, on: day)
    }

    /// What one of some permits grants.
    func question(grantsOfOneOf rules: Set<Int>, _ policy: Int, on day: CalendarDay) -> Question {
        var question = Question()
        for stage in [Stage.demands, .connection, .refuse, .delivery] {
            add(stage, of: policy, on: day, to: &question)
        }
        addDecision(byOneOf: rules, in: .relay, of: policy, on: day, to: &question)
        return question
    }
}

extension Policy {
    func rules(of stage: Stage) -> [Rule]? {
        switch stage {
        case .connection: connectionRules
        case .refuse: refuse
        case .relay: relay
        case .demands, .delivery: nil
        }
    }
}

extension Rule {
    /// Whether it counts at all: it does not observe, and a date on a permit is not over.
    func isInForce(on day: CalendarDay) -> Bool {
        !observes && (verb != .permit || until.map { $0 >= day } ?? true)
    }
}
