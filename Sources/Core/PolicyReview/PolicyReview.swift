import Diagnostics
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

/// What `check`, `run` and `reload` say of a configuration beyond its reading: what takes all rules together.
///
/// Commands that only use a policy (`try`) do not ask for it.
public struct PolicyReview: Sendable {
    /// Whether strangers can relay, by the sets (Meaning 5).
    public let strangersCanRelay: StrangersAnswer
    /// Critical findings first, then warnings, each in file order.
    public let diagnostics: [Diagnostic]
    /// An error for each line of `tests` that the policy does not fulfil, in file order.
    public let failedTests: [Diagnostic]

    /// What keeps a file from being good: strangers who can relay, and failed tests.
    public var errors: [Diagnostic] { diagnostics.filter { $0.severity >= .error } + failedTests }

    /// `provingAll` is false where only single decisions are to be tried, not `only` and `never`.
    public init(_ configuration: Configuration, at now: Instant, provingAll: Bool = true) {
        self.init(configuration.policy, tests: configuration.tests, at: now, provingAll: provingAll)
    }

    /// `tests` is empty where the file has errors elsewhere, and its policy is looked at alone.
    public init(_ policy: Policy, tests: [PolicyTest] = [], at now: Instant, provingAll: Bool = true) {
        let answer = policy.whoCanRelay(at: now, isPublicSuffix: PublicSuffixes.contains)
        strangersCanRelay = answer.strangersCanRelay
        let warnings =
            WidthReport(policy: policy, answer: answer).diagnostics + ReachReport(policy, at: now).diagnostics
            + ExpiryReport(policy, at: now).diagnostics
        diagnostics =
            StrangersReport(policy: policy, answer: answer).diagnostics
            + warnings.enumerated().sorted { a, b in
                (a.element.at.line, a.element.at.column, a.offset) < (b.element.at.line, b.element.at.column, b.offset)
            }
            .map(\.element)
        failedTests = tests.compactMap { test in
            switch test.claim {
            case .only, .never: provingAll ? test.failure(under: policy, at: now) : nil
            case .decision: test.failure(under: policy, at: now)
            }
        }
    }
}
