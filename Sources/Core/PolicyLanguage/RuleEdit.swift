import MailTypes

/// A change of one rule of `relay { }`, to be made in the text of the file.
public struct RuleEdit: Hashable, Sendable {
    /// The rule's name.
    public var rule: String
    public var change: Change

    public init(rule: String, change: Change) { (self.rule, self.change) = (rule, change) }

    public enum Change: Hashable, Sendable {
        case conditions(Conditions)
        case delete
    }

    /// Conditions that take the place of those that are written, or are added; nil leaves one as it is.
    public struct Conditions: Hashable, Sendable {
        public var from: AddressSet?
        public var sender: [PathPattern]?
        public var to: [PathPattern]?
        public init() {}

        public var isEmpty: Bool { from == nil && sender == nil && to == nil }

        /// Keyword and values, in the order in which conditions are written.
        var lines: [(keyword: String, values: String)] {
            var lines: [(keyword: String, values: String)] = []
            if let from { lines.append(("from", from.ranges.map(\.description).joined(separator: " "))) }
            for (keyword, patterns) in [("sender", sender), ("to", to)] {
                guard let patterns else { continue }
                lines.append((keyword, patterns.map { PrintedPolicy.word("\($0)") }.joined(separator: " ")))
            }
            return lines
        }
    }
}
