/// What was found of one condition that a rule has.
struct Finding {
    let condition: Condition
    let fit: Fit
}

extension [Finding] {
    /// Whether the rule fits: every condition that is written must (Meaning 3).
    var fit: Fit { reduce(Fit.fits) { $0.and($1.fit) } }

    /// The conditions that do not fit, or may not.
    var unmet: [Condition] { filter { $0.fit != .fits }.map(\.condition) }

    /// The first condition that certainly fails, else the first of which nobody can tell; nil if all fit.
    var stopper: Finding? { first { $0.fit == .fails } ?? first { $0.fit == .unknown } }
}
