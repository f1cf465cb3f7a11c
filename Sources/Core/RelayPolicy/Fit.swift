/// What is known of whether a condition, or a whole rule, fits a request.
enum Fit: Hashable, Sendable {
    case fits
    case fails
    /// The fact that it asks about could not be had (language page, Meaning 7).
    case unknown

    /// Of two that must both fit: one that is known to fail settles it, whatever is not known of the other.
    func and(_ other: Fit) -> Fit {
        if self == .fails || other == .fails { return .fails }
        return self == .unknown || other == .unknown ? .unknown : .fits
    }

    /// Of two that are alternatives.
    func or(_ other: Fit) -> Fit {
        if self == .fits || other == .fits { return .fits }
        return self == .unknown || other == .unknown ? .unknown : .fails
    }

    init(_ holds: Bool) { self = holds ? .fits : .fails }
}
