import ConfigImport
import MailTypes
import PolicyLanguage
import Testing
import TestSupport

@Suite("MERCURY.INI")
struct MercuryReaderTests {
    private static func read(_ text: String) throws -> ImportedConfiguration {
        let source = ImportSource(paths: ["MERCURY.INI"]) { _ in .success(Array(text.utf8)) }
        return try ImportedConfiguration(system: .mercury, source: source, facts: ImportFacts())
    }

    @Test(
        "address forms, and what is none",
        arguments: [
            ("Allow : 192.168.20.5", "192.168.20.5"), ("ALLOW:192.168.10.0", "192.168.10.0/24"),
            ("Allow : 192.168.0.0 # two zeros", "192.168.0.0/16"), ("Allow : 10.0.0.0", "10.0.0.0/8"),
            ("Allow : 10.0.0.5", "10.0.0.5"), ("Allow : 0.0.0.0", "0.0.0.0/0 ::/0"),
            ("Allow : 10.0.0.1-10.0.0.2", "10.0.0.1-10.0.0.2"), ("\tAllow\t:\t10.0.0.1\t", "10.0.0.1"),
            ("Allow : 10.0.0.2-10.0.0.1", nil), ("Allow : 10.0.0", nil), ("Allow : 10.0.0.256", nil),
            ("Allow : 192.168.XXX.0", nil), ("Allow : host.ours.test", nil), ("Allow :", nil), ("Allow 10.0.0.1", nil),
            ("Allow : 10.0.0.0/8", nil), ("Alow : 10.0.0.1", nil),
        ] as [(String, String?)])
    func addresses(line: String, expected: String?) throws {
        let imported = try Self.read("[Domains]\ns : ours.test\n[MercuryS]\nStrict_Relay : 1\n\(line)\n")
        #expect(imported.notes.opaque.isEmpty == (expected != nil))
        let from = imported.draft.relay.first?.lines.first?.values.map(\.text).joined(separator: " ")
        #expect(from == expected)
    }

    @Test(
        "which mode is chosen",
        arguments: [
            ("", "normal mode: local sender"), ("Relay : 0", "normal mode: local sender"), ("relay:1", "Relay : 1"),
            ("Relay : 1\nStrict_Relay : 1", "Relay : 1"), ("Strict_Relay : 1", nil), ("Relay : 0\nSTRICT_RELAY : 1", nil),
            ("# Relay : 1\nStrict_Relay : 1", nil), ("Strict_Relay : 1\nSTRICT_RELAY : 1", nil),
        ] as [(String, String?)])
    func modes(lines: String, expected: String?) throws {
        let imported = try Self.read("[Domains]\ns : ours.test\n[mercurys]\n\(lines)")
        #expect(imported.draft.relay.first?.name == expected)
        #expect(imported.notes.opaque.isEmpty)
    }

    @Test("keywords that say nothing of relaying are counted and left out; unknown ones are opaque")
    func keywords() throws {
        let imported = try Self.read("[General]\nanything : at all\n[MercuryS]\nDebug : 1\nNo_VRFY : 1\nWhat : 1\n[Domains]\ns:ours.test")
        #expect(imported.notes.irrelevant == 3)
        #expect(imported.notes.modelled == 1)
        #expect(imported.notes.opaque.map(\.text) == ["What : 1"])
    }

    @Test("a line outside of all sections is opaque")
    func outside() throws {
        #expect(try Self.read("Relay : 0\n[Domains]\ns : ours.test\n[MercuryS]\nStrict_Relay : 1\n").notes.opaque.map(\.text) == ["Relay : 0"])
    }

    @Test("without [MercuryS] nothing is known of the server")
    func noServer() throws {
        #expect(try Self.read("[Domains]\ns : ours.test\n").notes.opaque.count == 1)
    }

    @Test("where everybody else is refused, a local sender is no stranger's")
    func behindRefuse() throws {
        let imported = try Self.read("[Domains]\ns : ours.test\n[MercuryS]\nAllow : 192.168.1.0\nRefuse : 0.0.0.0\n")
        let finding = imported.notes.findings.first { $0.id == "mercury-local-sender" }
        #expect(finding?.severity == .warning)
    }

    @Test("20,000 different entries are read in time that grows with their number")
    func long() throws {
        var text = "[Domains]\ns : ours.test\n[MercuryS]\nStrict_Relay : 1\nRefuse : 0.0.0.0\n"
        for number in 0..<20_000 {
            text += "\(number % 3 == 0 ? "Refuse" : "Allow") : 10.\(number >> 13).\(number >> 5 & 255).\(number << 3 & 255)\n"
        }
        var length = 0
        let time = try ProcessorTime.measure { length = try Self.read(text).text.utf8.count }
        #expect(length > 200_000)
        // Without optimisation; quadratic time would be hours.
        #expect(time < .seconds(60), "\(time)")
    }
}
