/// One ordered list as it is read from the top, down to the first rule that certainly fits (Meaning 2 and 7).
struct FirstMatch {
    /// Rules that may fit or not, in order.
    private(set) var undecided: [Int] = []
    /// Whether all of those have one verb, and which.
    private var undecidedVerb: Rule.Verb?
    private var undecidedAgree = true
    private var certain: (rule: Int, verb: Rule.Verb)?

    /// A rule was skipped for `observe` that fits or may fit.
    private(set) var skippedAnObserver = false
    /// A permit that would fit if only the sender belonged to the login.
    var failedByOwnershipAlone = false
    /// Facts of the DNS that rules ask for of which nobody can tell whether they fit, or would if they did not observe.
    private(set) var needed: NameFacts = []

    enum Outcome {
        /// `rule` decides. `required` holds every rule that may be the one which really fits: the limits of all of
        /// them have to have room, or a fact that cannot be had would lift the limit of a rule.
        case rule(Int, Rule.Verb, required: [Int])
        /// Nothing fits.
        case end
        /// What the list says depends on facts that could not be had.
        case undecided
    }

    /// Takes note of one rule; true when the list need not be read any further.
    mutating func read(_ rule: Int, _ verb: Rule.Verb, _ fit: Fit) -> Bool {
        switch fit {
        case .fails: return false
        case .fits:
            certain = (rule, verb)
            return true
        case .unknown:
            undecided.append(rule)
            undecidedAgree = undecidedAgree && (undecidedVerb ?? verb) == verb
            undecidedVerb = verb
            return false
        }
    }

    /// Takes note that this cannot be told of a rule.
    mutating func misses(_ facts: NameFacts) { needed.formUnion(facts) }

    /// Takes note of a rule that `observe` keeps from counting (Meaning 13).
    mutating func skipObserver(_ fit: Fit) {
        if fit != .fails { skippedAnObserver = true }
    }

    /// `atEnd` is what the end of the list means: reject in `relay`, pass in `refuse`.
    func outcome(atEnd: Rule.Verb) -> Outcome {
        guard let first = undecided.first else {
            return certain.map { .rule($0.rule, $0.verb, required: [$0.rule]) } ?? .end
        }
        let otherwise = certain?.verb ?? atEnd
        guard undecidedAgree, undecidedVerb == otherwise else { return .undecided }
        return .rule(first, otherwise, required: certain.map { undecided + [$0.rule] } ?? undecided)
    }
}
