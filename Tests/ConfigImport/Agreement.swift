import ConfigImport
import Foundation
import PolicyLanguage
import SystemEmulation
import Testing
import TestSupport

/// Holds an imported policy against the emulation of its original.
enum Agreement {
    /// As many seeds as the suite has time for; more with `AGREEMENT_SEEDS=3000` in the environment.
    static func seeds(_ usual: UInt64) -> ClosedRange<UInt64> {
        1...max(usual, ProcessInfo.processInfo.environment["AGREEMENT_SEEDS"].flatMap { UInt64($0) } ?? usual)
    }

    /// Files by name → both must decide alike on every request; `isExplained` names requests that a policy cannot say.
    static func check(
        _ system: MailSystem, _ files: [String: String], facts: ImportFacts = ImportFacts(), on requests: [RelayRequestText],
        explained isExplained: (RelayRequestText) -> Bool = { _ in false }, seed: UInt64
    ) throws {
        let source = ImportSource(held: files)
        let imported = try ImportedConfiguration(system: system, source: source, facts: facts)
        let policy = try CorpusTests.policy(imported)
        let emulation = try #require(try system.emulation(of: source, facts: facts), "no emulation of \(system)")
        for request in requests where !isExplained(request) {
            let (original, ours) = (request.verdict(of: emulation), request.verdict(of: policy))
            guard original != ours else { continue }
            let texts = files.map { "--- \($0)\n\($1)" }.joined(separator: "\n")
            Issue.record("seed \(seed): \(request): original \(original), policy \(ours)\n\(texts)\n--- imported\n\(imported.text)")
            return
        }
    }
}
