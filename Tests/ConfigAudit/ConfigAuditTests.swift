import ConfigAudit
import ConfigImport
import JSONText
import MailTypes
import PolicyLanguage
import Testing

private let now = Instant("2026-06-01T12:00:00Z")!

private func imported(_ system: MailSystem, _ name: String, _ text: String) throws -> ImportedConfiguration {
    let source = ImportSource(held: [(name, Array(text.utf8))])
    return try ImportedConfiguration(system: system, source: source, facts: ImportFacts())
}

@Suite("audit of another server's configuration")
struct ConfigAuditTests {
    private let open = "[Domains]\nserver : ours.test\n[MercuryS]\nRelay : 0\nAllow : 192.168.10.0\n"

    @Test(
        "verdict and worst finding",
        arguments: [
            ("[MercuryS]\nRelay : 1\n", "open", "mercury-relay-on"),
            ("[Domains]\nserver : ours.test\n[MercuryS]\nRelay : 0\n", "open", "mercury-local-sender"),
            ("[Domains]\nserver : ours.test\n[MercuryS]\nRelay : 0\nStrict_Relay : 1\nAllow : 192.168.10.0\n", "closed", nil),
            ("[Domains]\nserver : ours.test\n[MercuryS]\nRelay : 0\nStrict_Relay : 1\nFrobnicate : 7\n", "cannot-tell", nil),
            ("[MercuryS]\nRelay : 0\nStrict_Relay : 1\nAllow : 0.0.0.0\n", "open", "mercury-allow-everybody"),
        ] as [(String, String, String?)])
    func verdict(_ text: String, _ verdict: String, _ finding: String?) throws {
        let audit = try ConfigAudit(imported(.mercury, "mercury.ini", text), at: now)
        #expect(audit.verdict.rawValue == verdict)
        #expect(audit.findings.first?.id == finding)
    }

    @Test("a hole that no stranger can reach is no critical finding", arguments: ["Relay : 0", "Relay : 1"])
    func unreachable(relay: String) throws {
        let text = open.replacing("Relay : 0\n", with: "\(relay)\nRefuse : 0.0.0.0\n")
        let audit = try ConfigAudit(imported(.mercury, "mercury.ini", text), at: now)
        #expect(audit.verdict == .closed)
        #expect(audit.findings.allSatisfy { $0.severity == .warning })
    }

    @Test("a grant is said in the original's terms")
    func terms() throws {
        let audit = try ConfigAudit(imported(.mercury, "mercury.ini", open), at: now)
        let text = ConfigAuditText(audit, ignoring: [:]).lines.joined(separator: "\n")
        #expect(text.contains("anyone whose sender is in a local domain (normal mode) (mercury.ini:4)"))
        let grants = audit.json(ignoring: [:])["grants"]
        guard case .array(let elements) = grants else { throw ImportTrouble("no grants") }
        #expect(elements.contains { $0["origin"] == "mercury.ini:4" })
    }

    @Test("closed: who proves who they are keeps their rights, strangers have none")
    func closed() throws {
        let closed = try ClosedPolicy(imported(.mercury, "mercury.ini", open + "Allow : 0.0.0.0\n"), at: now)
        #expect(closed.left.map(\.name) == ["normal mode: local sender", "Allow"])
        #expect(closed.policy.policy.relay.map(\.name) == ["Allow"])
        #expect(closed.policy.policy.relay[0].conditions.from?.set == AddressSet([try AddressSet.parse("192.168.10.0/24")]))
        #expect(closed.policy.policy.tricks.everywhere.isEmpty)
        #expect(closed.policy.text.contains("# left out, or made narrower: anyone whose sender is in a local domain (normal mode) (mercury.ini:4)"))
    }

    @Test(
        "an ignored finding needs a reason and an end",
        arguments: [
            ("x until 2026-07-01 because \"known\"", nil), ("x because \"known\"", "expiry"),
            ("x until 2026-07-01", "reason"), ("x at a:1 until soon because y", "expiry"), ("x y", "not expected"),
        ] as [(String, String?)])
    func ignoreList(_ text: String, _ problem: String?) {
        do throws(ImportTrouble) {
            _ = try IgnoreList("# comment\n\n" + text, file: "ignore")
            #expect(problem == nil)
        } catch {
            #expect(problem.map { error.message.contains($0) } ?? false, "\(error.message)")
            #expect(error.message.hasPrefix("ignore:3: "))
        }
    }

    @Test("an ignored finding counts again after its last day")
    func expiry() throws {
        let list = try IgnoreList("x at a.ini:4 until 2026-06-01 because \"known\"", file: "ignore")
        let place = Origin(.init(file: "a.ini", line: 4, column: 1))
        let finding = AuditFinding("x", .warning, "m", at: place, why: "w")
        #expect(list.entry(for: finding, on: CalendarDay("2026-06-01")!) != nil)
        #expect(list.entry(for: finding, on: CalendarDay("2026-06-02")!) == nil)
        #expect(list.expired(on: CalendarDay("2026-06-02")!).count == 1)
        #expect(list.entry(for: AuditFinding("x", .warning, "m", at: Origin(note: "default"), why: "w"), on: CalendarDay("2026-05-01")!) == nil)
    }
}
