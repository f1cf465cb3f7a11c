import ConfigImport
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

/// Who can relay through another server, by its configuration, and what is wrong with it.
public struct ConfigAudit: Sendable {
    public enum Verdict: String, Hashable, Sendable {
        case closed, open
        /// A part that may matter was not understood.
        case cannotTell = "cannot-tell"
    }

    public let imported: ImportedConfiguration
    public let policy: ImportedPolicy
    public let answer: RelayAnswer
    /// Whether strangers can relay elsewhere than to destinations for which the server takes mail from everybody.
    public let strangers: StrangersAnswer
    /// Worst first, else in the order in which they were found.
    public let findings: [AuditFinding]

    public init(_ imported: ImportedConfiguration, at now: Instant) throws(ImportTrouble) {
        self.imported = imported
        policy = try ImportedPolicy(imported.draft, heading: [], at: now)
        answer = policy.policy.whoCanRelay(at: now, isPublicSuffix: PublicSuffixes.contains)
        strangers = Self.strangers(imported.draft, policy.policy, answer, at: now)
        findings = Self.findings(imported, policy, answer, strangersCanRelay: strangers == .yes)
    }

    /// A hole that is known is a hole, whatever else was not understood; without one, what was not understood may be
    /// one. A hidden destination of which it is not certain what the system does with it may be stopped by such a part.
    public var verdict: Verdict {
        let isUnderstood = imported.notes.opaque.isEmpty
        if strangers == .yes
            || findings.contains(where: { finding in
                finding.severity == .critical && (isUnderstood || finding.confidence == .certain || !finding.isOfHiddenDestination)
            })
        {
            return .open
        }
        return isUnderstood && strangers == .no ? .closed : .cannotTell
    }

    /// The answer without permits of destinations: to pass mail on to a domain that one is an MX of is no relaying for
    /// strangers, even where the policy has to say it with `proof none`.
    private static func strangers(
        _ draft: PolicyDraft, _ policy: Policy, _ answer: RelayAnswer, at now: Instant
    ) -> StrangersAnswer {
        let destinations = Set(draft.relay.filter(\.isForDestinations).map(\.name))
        guard answer.strangersCanRelay.mayBeYes, !destinations.isEmpty else { return answer.strangersCanRelay }
        func isOther(_ rule: Int) -> Bool { !destinations.contains(policy.relay[rule].name) }
        // What other permits grant beside them they grant without them too.
        let others = answer.strangers.openRules.filter { isOther($0.rule) }.flatMap(\.addresses.ranges)
        if answer.strangers.isExact, answer.strangers.rulesWithoutProof.contains(where: isOther) || AddressSet(others).holdsStrangers {
            return .yes
        }
        var rest = policy
        rest.relay.removeAll { destinations.contains($0.name) }
        return rest.strangers(at: now, isPublicSuffix: PublicSuffixes.contains).answer
    }

    private static func findings(
        _ imported: ImportedConfiguration, _ policy: ImportedPolicy, _ answer: RelayAnswer, strangersCanRelay: Bool
    ) -> [AuditFinding] {
        /// Places of permits and of the addresses that they name: what an importer says of them the analysis confirms or
        /// not. What it says of other places (hidden destinations) stands.
        let permits = Set(imported.draft.relay.filter { $0.verb == .permit }.flatMap { [$0.origin] + $0.originsOfClients })
        var findings = imported.notes.findings.map { finding in
            var finding = finding
            if finding.severity == .critical, !strangersCanRelay, !finding.isOfHiddenDestination, permits.contains(finding.at) {
                finding.severity = .warning
            }
            return finding
        }
        if strangersCanRelay { findings += unexplained(answer, policy, besides: findings) }
        findings += imported.draft.domains.compactMap(finding)
        let ranks = AuditFinding.Severity.allCases.reversed()
        return ranks.flatMap { severity in findings.filter { $0.severity == severity } }
    }

    /// Permits by which strangers relay, and of which the importer has not spoken.
    private static func unexplained(
        _ answer: RelayAnswer, _ policy: ImportedPolicy, besides known: [AuditFinding]
    ) -> [AuditFinding] {
        answer.strangers.openRules.compactMap { open in
            guard let rule = policy.source(ofPermit: open.rule), !rule.isForDestinations,
                policy.policy.relay[open.rule].isOpen(to: open.addresses),
                !known.contains(where: { $0.severity == .critical && $0.at == rule.origin })
            else { return nil }
            return AuditFinding(
                "stranger-can-relay", .critical, "strangers can relay: \(rule.meaning)", at: rule.origin,
                why: "this asks for no proof of who sends that a stranger would not have")
        }
    }

    /// A name below which everybody's domains lie is relayed to for everybody.
    private static func finding(_ line: PolicyDraft.DomainLine) -> AuditFinding? {
        let origin = line.origins.first ?? Origin(note: "local domains")
        if line.pattern.isBelow, PublicSuffixes.contains(line.pattern.domain) {
            return AuditFinding(
                "relays-to-public-suffix", .critical, "relays for everybody to all of *.\(line.pattern.domain)", at: origin,
                why: "\(line.pattern.domain) is a public suffix: the domains below it belong to other people",
                fix: "name your own domains instead")
        }
        if PublicSuffixes.isMailboxProvider(line.pattern.domain) {
            return AuditFinding(
                "relays-to-mailbox-provider", .critical, "relays for everybody to \(line.pattern.domain)", at: origin,
                why: "\(line.pattern.domain) is a public mailbox provider, and no domain of this server", fix: "take it out")
        }
        return nil
    }
}

extension Rule {
    /// More than a /8 of public IPv4 or a /20 of public IPv6 by address alone, or no proof at all (Meaning 5).
    fileprivate func isOpen(to addresses: AddressSet) -> Bool {
        proofNone || addresses.holdsStrangers
    }
}
