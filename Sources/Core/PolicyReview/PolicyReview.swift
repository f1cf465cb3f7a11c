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
    /// Critical findings first, then errors, then warnings, each in file order.
    public let diagnostics: [Diagnostic]
    /// An error for each line of `tests` that the policy does not fulfil, in file order.
    public let failedTests: [Diagnostic]
    /// How many lines of `tests` were neither proved nor found false.
    public let unprovedTests: Int

    /// What keeps a file from being good: strangers who can relay, and failed tests.
    public var errors: [Diagnostic] { diagnostics.filter { $0.severity >= .error } + failedTests }

    /// What is done about `only` and `never`; single decisions are always tried.
    public enum Proofs: Sendable {
        case skipped
        /// One that the effort does not suffice for is a warning.
        case tried
        /// One that the effort does not suffice for is a failed test.
        case required
    }

    /// `effort` is what the question about strangers may cost, the one about rules that decide nothing, and all proofs
    /// together.
    ///
    /// `host` is the one that the configuration is for, where that is known; what its addresses may be is looked at then.
    public init(
        _ configuration: Configuration, on host: HostFacts? = nil, at now: Instant, proofs: Proofs = .tried,
        effort: Int = Effort.standard
    ) {
        self.init(
            configuration.policy, tests: configuration.tests, at: now, proofs: proofs, effort: effort,
            laundering: host.map { LaunderingReport(configuration, on: $0, at: now).diagnostics } ?? [])
    }

    /// Of a policy alone, where the file has errors elsewhere.
    public init(
        _ policy: Policy, tests: [PolicyTest] = [], at now: Instant, proofs: Proofs = .tried, effort: Int = Effort.standard
    ) {
        self.init(policy, tests: tests, at: now, proofs: proofs, effort: effort, laundering: [])
    }

    private init(
        _ policy: Policy, tests: [PolicyTest], at now: Instant, proofs: Proofs, effort: Int, laundering: [Diagnostic]
    ) {
        let strangers = policy.strangers(at: now, effort: effort, isPublicSuffix: PublicSuffixes.contains)
        strangersCanRelay = strangers.answer
        let claims = tests.count(where: \.isProof)
        // They speak of the rules, so that `observe` on the node takes nobody's tests away.
        let rules = policy.withoutObservation
        let outcomes = tests.map { test in
            test.isProof && proofs == .skipped
                ? .holds : test.outcome(under: rules, at: now, effort: effort / max(1, claims))
        }
        failedTests = outcomes.compactMap { outcome in
            switch outcome {
            case .failed(let failure): failure
            case .unproved(let problem): proofs == .required ? problem(.error) : nil
            case .holds: nil
            }
        }
        let unproved = outcomes.compactMap { outcome in
            if case .unproved(let problem) = outcome { problem(.warning) } else { nil }
        }
        unprovedTests = proofs == .required ? 0 : unproved.count
        let warnings =
            WidthReport(policy: policy, reading: strangers).diagnostics
            + ReachReport(policy, at: now, effort: effort).diagnostics
            + ExpiryReport(policy, at: now, effort: effort).diagnostics + (proofs == .required ? [] : unproved)
            + laundering.filter { $0.severity < .error }
        diagnostics =
            StrangersReport(policy: policy, reading: strangers).diagnostics
            + laundering.filter { $0.severity >= .error }
            + warnings.enumerated().sorted { a, b in
                (a.element.at.line, a.element.at.column, a.offset) < (b.element.at.line, b.element.at.column, b.offset)
            }
            .map(\.element)
    }
}
