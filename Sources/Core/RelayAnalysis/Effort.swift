/// How much an answer of the analysis may cost.
///
/// Where many rules overlap in several dimensions the classes of an answer multiply, so every question is asked with
/// an effort, and ends when it is spent. The unit is a small step: one set of values held against the lines that may
/// still fit, or a fifth of one element of the answer.
public enum Effort {
    /// Some seconds on one processor, and well below 1 GB.
    public static let standard = 100_000_000
}

/// The effort was spent before there was an answer. It says nothing of what the answer is.
public struct EffortSpent: Error, Hashable, Sendable {
    /// The rule of `relay { }` whose requests were looked for; nil where that was not begun.
    public var rule: Int?
    /// Of several policies, the one that the rule is of.
    public var policy = 0
    /// Rules of `relay { }` before it that meet it.
    public var others: [Int] = []
}

/// What is left of the effort for a question. A class, since all parts of an answer draw on one.
final class Work {
    private var left: Int

    init(_ effort: Int) { left = effort }

    func spend(_ amount: Int) throws(EffortSpent) {
        left -= amount
        if left < 0 { throw EffortSpent() }
    }

    /// For a step that is short by itself: who spends next is told.
    func charge(_ amount: Int) { left -= amount }
}
