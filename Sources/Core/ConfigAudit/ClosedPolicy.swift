import ConfigImport
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

/// What the owner of an open server should have instead: the same rights for who proves who they are, none for
/// strangers, and no hidden destinations.
public struct ClosedPolicy: Sendable {
    public let policy: ImportedPolicy
    /// Permits that were left out, or lost their widest addresses.
    public let left: [RuleDraft]
    /// Domains that were left out.
    public let leftDomains: [HostPattern]

    public init(_ imported: ImportedConfiguration, at now: Instant) throws(ImportTrouble) {
        let isEverybodys = { (pattern: HostPattern) in
            PublicSuffixes.isMailboxProvider(pattern.domain) || pattern.isBelow && PublicSuffixes.contains(pattern.domain)
        }
        leftDomains = imported.draft.domains.map(\.pattern).filter(isEverybodys)
        var draft = imported.draft.refusingTricks().without(domains: isEverybodys)
        let unproven = draft.relay.filter { rule in rule.verb == .permit && rule.lines.contains { $0.keyword == "proof" } }
        var left = unproven.filter { $0.destinations == nil }
        draft = draft.without(permitsNamed: Set(unproven.map(\.name)))
        var policy = try ImportedPolicy(draft, heading: [], at: now)
        // Of what is left, the permit that lets the most strangers in goes first, until no more can than may.
        while true {
            let strangers = policy.policy.strangers(at: now, isPublicSuffix: PublicSuffixes.contains)
            guard strangers.answer.mayBeYes, let worst = Self.widest(strangers), let rule = policy.source(ofPermit: worst)
            else { break }
            if !left.contains(where: { $0.name == rule.name }) { left.append(rule) }
            // Of a list of addresses only those go that are too many to be anybody's own.
            draft = rule.withoutWidestAddress().map(draft.replacing) ?? draft.without(permitsNamed: [rule.name])
            policy = try ImportedPolicy(draft, heading: [], at: now)
        }
        self.left = left
        draft = draft.keepingDestinations(of: imported.draft)
        self.policy = try ImportedPolicy(draft, heading: Self.heading(imported, left, leftDomains), at: now)
    }

    private static func widest(_ strangers: StrangersReading) -> Int? {
        strangers.openRules.max { size($0.addresses) < size($1.addresses) }?.rule
    }

    /// Either family counts by the share of it that is reached.
    private static func size(_ set: AddressSet) -> Double {
        max(Double(set.count(.v4)) / 4_294_967_296, Double(set.count(.v6)) / 3.402823669209385e38)
    }

    private static func heading(
        _ imported: ImportedConfiguration, _ left: [RuleDraft], _ domains: [HostPattern]
    ) -> [String] {
        var lines = ["Imported from \(imported.system.title) and closed: who proves who they are keeps their rights."]
        lines += left.map { "left out, or made narrower: \($0.meaning) (\($0.origin))" }
        lines += domains.map { "left out: mail for \($0), which is not yours" }
        lines += imported.notes.opaque.map { "NOT UNDERSTOOD: \($0.at): \($0.text): \($0.why)" }
        return lines
    }
}
