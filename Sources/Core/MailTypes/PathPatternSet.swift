/// A set of patterns with look-up that does not grow with their number.
public struct PathPatternSet: Sendable {
    public let patterns: [PathPattern]
    private let index: PathPatternIndex<Void>

    public init(_ patterns: [PathPattern]) {
        self.patterns = patterns
        var index = PathPatternIndex<Void>()
        for pattern in patterns { index.insert((), for: pattern) }
        self.index = index
    }

    public func contains(_ path: ReversePath) -> Bool {
        index.contains(matching: path) { true }
    }

    /// `<postmaster>` without a domain is matched by `postmaster@*` alone.
    public func contains(_ path: ForwardPath) -> Bool {
        index.contains(matching: path) { true }
    }
}

/// Sets are the same when they were made of the same patterns; the index follows from them.
extension PathPatternSet: Hashable {
    public static func == (a: PathPatternSet, b: PathPatternSet) -> Bool { a.patterns == b.patterns }
    public func hash(into hasher: inout Hasher) { hasher.combine(patterns) }
}
