import Diagnostics
import MailTypes
import PolicyLanguage
import PolicyReview
import RelayAnalysis
import RelayPolicy

/// A changed configuration, read anew, reviewed, and held against the one it would replace.
public struct ProposedChange: Sendable {
    public let bytes: [UInt8]
    public let text: TextDifference
    /// What reading the changed text said, and the review of it: warnings too.
    public let problems: [Diagnostic]
    public let failedTests: [Diagnostic]
    /// Text of every file that was read, by the name that diagnostics give it.
    public let sources: [String: String]
    /// Nil where it has errors.
    public let configuration: Configuration?
    /// Nil where the changed text cannot be read, or the effort was spent before it was known who gains.
    public let rights: RightsDifference?
    public let gain: RightsGain?
    public let strangersCanRelay: StrangersAnswer?

    /// `old` and `oldBytes` are the configuration as it stands.
    public init(
        of old: Configuration, _ oldBytes: [UInt8], to bytes: [UInt8], file: String, purpose: ReadPurpose,
        at now: Instant,
        files: FileReading
    ) {
        self.bytes = bytes
        text = TextDifference(from: oldBytes, to: bytes)
        let result = Configuration.read(bytes, file: file, purpose: purpose, now: now, files: files)
        sources = result.sources
        configuration = result.configuration
        guard var new = result.configuration else {
            (problems, failedTests, rights, gain, strangersCanRelay) = (result.diagnostics, [], nil, nil, nil)
            return
        }
        // A rule is changed, and who gains by it does so when `observe` is taken out, at the latest.
        new.policy = new.policy.withoutObservation
        let review = PolicyReview(new, at: now)
        problems = result.diagnostics + review.diagnostics
        failedTests = review.failedTests
        strangersCanRelay = review.strangersCanRelay
        let difference = try? RightsDifference(from: old.policy.withoutObservation, to: new.policy, at: now)
        rights = difference
        gain = difference.map {
            RightsGain($0.gained, of: new.policy, strangersCanRelay: review.strangersCanRelay.mayBeYes)
        }
    }

    /// Whether it could be read and who gains is not known all the same.
    public var isEffortSpent: Bool { configuration != nil && rights == nil }

    /// Why it is not to be written.
    public var errors: [Diagnostic] { problems.filter { $0.severity >= .error } + failedTests }
}
