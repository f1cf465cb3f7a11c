import ConfigImport
import MailTypes
import PolicyLanguage
import RelayPolicy
import SystemEmulation
import Testing

@Suite("other servers' configurations")
struct CorpusTests {
    /// The imported text, read as a user would have it read.
    static func policy(_ imported: ImportedConfiguration) throws -> Policy {
        let result = Configuration.read(
            Array(imported.text.utf8), file: "imported.conf", purpose: .policyOnly, now: Instant("2026-06-01T12:00:00Z")!
        ) { _ in .failure(FileProblem("an import names no files")) }
        for problem in result.diagnostics where problem.severity >= .error {
            // Only a stranger's grant may be reported: that is what an audit is for.
            #expect(problem.id == "GP-003" || problem.severity < .error, "\(problem.at): \(problem.message)\n\(imported.text)")
        }
        return try #require(result.configuration, "\(imported.text)").policy
    }

    @Test("the imported policy decides as the original, and so does the emulation", arguments: ConfigurationCase.all)
    func decides(_ configuration: ConfigurationCase) throws {
        let facts = try configuration.facts
        let imported = try ImportedConfiguration(system: configuration.system, source: configuration.source, facts: facts)
        let policy = try Self.policy(imported)
        let emulation = try configuration.system.emulation(of: configuration.source, facts: facts)
        for case let known in configuration.requests {
            let place = "requests.tsv:\(known.line): \(known.request): \(known.reason)"
            #expect(known.request.verdict(of: policy) == known.verdict, "policy, \(place)\n\(imported.text)")
            if let emulation {
                #expect(known.request.verdict(of: emulation) == known.verdict, "emulation, \(place)")
            }
        }
    }

    @Test("findings are those that are known", arguments: ConfigurationCase.all)
    func findings(_ configuration: ConfigurationCase) throws {
        guard let audit = configuration.audit else { return }
        let imported = try ImportedConfiguration(
            system: configuration.system, source: configuration.source, facts: configuration.facts)
        let found = imported.notes.findings.map { [$0.id, $0.severity.rawValue, "\($0.at)"] }.sorted { $0[0] < $1[0] }
        #expect(found == audit.findings.sorted { $0[0] < $1[0] })
        #expect((audit.verdict == "cannot-tell") == !imported.notes.opaque.isEmpty || audit.verdict == "open")
        let isCritical = imported.notes.findings.contains { $0.severity == .critical }
        let asksNoProof = imported.draft.relay.contains { rule in
            rule.verb == .permit && rule.lines.contains { $0.keyword == "proof" }
        }
        if audit.verdict == "open" { #expect(isCritical || asksNoProof) }
    }
}
