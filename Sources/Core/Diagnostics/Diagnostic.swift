/// A problem in text that a person wrote. Reading collects these, so that one run shows every problem.
public struct Diagnostic: Hashable, Sendable {
    public enum Severity: String, Hashable, Sendable, Comparable {
        case warning, error, critical
        public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
        private var rank: Int {
            switch self {
            case .warning: 0;
            case .error: 1;
            case .critical: 2
            }
        }
    }
    public var severity: Severity
    /// Stable id such as `GP-001`, where there is one.
    public var id: String?
    /// What is wrong, in the reader's words. It follows `error: `, so no capital and no full stop.
    public var message: String
    public var at: SourceLocation
    public var why: String?
    /// What to write instead.
    public var fix: String?

    public init(
        _ severity: Severity, id: String? = nil, _ message: String, at: SourceLocation, why: String? = nil,
        fix: String? = nil
    ) {
        (self.severity, self.id, self.message, self.at) = (severity, id, message, at)
        (self.why, self.fix) = (why, fix)
    }
}
