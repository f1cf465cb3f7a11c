/// What is said of one recipient.
public enum Verdict: String, Hashable, Sendable, CaseIterable {
    case permit, reject, `defer`
}
