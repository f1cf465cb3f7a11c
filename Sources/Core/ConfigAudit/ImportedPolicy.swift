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

    /// The policy of a draft that is this one with less: without some rules and domains, with permits of fewer addresses,
    /// and without what lets hidden destinations through. The text is not written and read again for it; places are those
    /// in this text.
    func policy(withLess less: PolicyDraft) -> Policy {
        var rest = policy
        let kept = Dictionary(less.relay.map { ($0.name, $0) }) { first, _ in first }
        rest.relay = policy.relay.compactMap { rule in
            guard let draft = kept[rule.name] else { return nil }
            var rule = rule
            if draft != rules[rule.name], let addresses = draft.addresses { rule.conditions.from?.set = addresses }
            return rule
        }
        let domains = Set(less.domains.map(\.pattern))
        rest.local = LocalDomains(
            policy.local.entries.filter { domains.contains(HostPattern(domain: $0.domain, isBelow: $0.isWildcard)) })
        rest.tricks = TrickTreatment()
        return rest
    }

    /// Where a permit comes from, and what it means in the original's terms.
    public func source(ofPermit index: Int) -> RuleDraft? { rules[policy.relay[index].name] }
}
