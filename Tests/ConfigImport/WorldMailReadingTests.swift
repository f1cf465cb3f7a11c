import ConfigImport
import PolicyLanguage
import Testing

@Suite("WorldMail: transcriptions")
struct WorldMailReadingTests {
    private static func read(_ text: String) throws -> (model: WorldMailModel, notes: ImportNotes) {
        var notes = ImportNotes()
        let source = ImportSource(paths: ["access.txt"]) { _ in .success(Array(text.utf8)) }
        return (try WorldMailImporter.model(of: source, facts: ImportFacts(), notes: &notes), notes)
    }

    @Test("words are read in any case, with and without blanks", arguments: [
        "[smtp relay (non-local only)]\nDEFAULT=denied access\nallow=10.0.0.0/8", "[ SMTP Relay ]\r\nDefault =Denied\r\nAllow= 10.0.0.0/8 # ours",
        "Default = Denied Access\nAllow = 10.0.0.0 / 255.0.0.0".withHeading,
        "Default = Denied Access\nAllow = 10.0.0.0 - 10.255.255.255\t; ours".withHeading,
    ])
    func plain(text: String) throws {
        let (model, notes) = try Self.read(text)
        #expect(notes.opaque.isEmpty, "\(notes.opaque)")
        #expect(!model.relay.isAllowedByDefault)
        #expect(model.relay.exceptionRanges.map(\.value.description) == ["10.0.0.0/8"])
        #expect(model.service.isAllowedByDefault)
    }

    @Test("a default that cannot be read is opaque, and not the one as delivered")
    func unreadableDefault() throws {
        let (model, notes) = try Self.read("Default = Perhaps\nAllow = 10.0.0.1".withHeading)
        #expect(!model.relay.isAllowedByDefault)
        #expect(notes.opaque.count == 1 && notes.findings.isEmpty)
    }

    @Test("what may matter and is not understood", arguments: [
        "[Something else]", "Default = Perhaps".withHeading, "Allow = mail.test".withHeading, "Allow = 10.0.0".withHeading,
        "Permit = 10.0.0.1".withHeading, "nonsense".withHeading, "Allow = 10.0.0.0/255.255.0.256".withHeading,
    ])
    func opaque(text: String) throws {
        #expect(try !Self.read(text).notes.opaque.isEmpty)
    }
}

extension String {
    fileprivate var withHeading: String { "[SMTP Relay (Non-Local Only)]\n\(self)" }
}
