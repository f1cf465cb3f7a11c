import ConfigImport
import Diagnostics
import MailTypes
import PolicyLanguage
import RelayPolicy

/// An imported configuration as a policy: its text, read as a user would have it read.
public struct ImportedPolicy: Sendable {
    public let draft: PolicyDraft
    public let text: String
    public let policy: Policy
    /// Rules of the draft by their names, which are the policy's too.
    private let rules: [String: RuleDraft]

    /// The name that places in the text have.
    public static let fileName = "imported.conf"

    /// `heading` are lines of comment at the top.
    public init(_ draft: PolicyDraft, heading: [String], at now: Instant) throws(ImportTrouble) {
        self.draft = draft
        text = draft.text(heading: heading)
        let result = Configuration.read(
            Array(text.utf8), file: Self.fileName, purpose: .policyOnly, now: now
        ) { _ in .failure(FileProblem("an import names no files")) }
        guard let configuration = result.configuration else {
            let problem = result.diagnostics.first { $0.severity >= .error }
            throw ImportTrouble(
                "what this configuration decides cannot be said in gatepost.conf: "
                    + (problem.map { "\($0.at): \($0.message)" } ?? "unknown"))
        }
        policy = configuration.policy
        rules = Dictionary((draft.relay + draft.refuse).map { ($0.name, $0) }) { first, _ in first }
    }

    /// Where a permit comes from, and what it means in the original's terms.
    public func source(ofPermit index: Int) -> RuleDraft? { rules[policy.relay[index].name] }
}
