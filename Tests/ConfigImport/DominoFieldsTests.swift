import ConfigImport
import MailTypes
import PolicyLanguage
import Testing

@Suite("fields of Domino's Configuration document")
struct DominoFieldsTests {
    private static func read(_ text: String) throws -> (model: DominoModel, notes: ImportNotes) {
        let source = ImportSource(paths: ["configuration.txt"]) { _ in .success(Array(text.utf8)) }
        var notes = ImportNotes()
        let model = try DominoConfigurationImporter.model(of: source, facts: ImportFacts(), notes: &notes)
        return (model, notes)
    }

    @Test(
        "hosts",
        arguments: [
            ("[1.2.3.4]", "1.2.3.4"), ("[1.2.3.*]", "1.2.3.0/24"), ("[1.2.3.1-3]", "1.2.3.1-1.2.3.3"),
            ("[192.168.1-10.*]", "192.168.1.0-192.168.10.255"), ("[192.168.1.0/24]", "192.168.1.0/24"),
            ("[1.2.3-4.5]", "1.2.3.5 1.2.4.5"), ("[*.*.*.*]", "0.0.0.0/0"), ("\"[1.2.3.4]\"", "1.2.3.4"),
            ("mail.xyz.test", "mail.xyz.test *.mail.xyz.test"), (".xyz.test", "*.xyz.test"), ("*", "everyone"),
            ("1.2.3.4", nil), ("[1.2.3.*/24]", nil), ("[1.2.3.1-3/24]", nil), ("[1.2.3]", nil), ("[1.2.3.4", nil),
            ("[1.2.3.300]", nil), ("[1.2.3.3-1]", nil), ("[*.*.*.5]", nil), ("[1.2.3.4.5]", nil), ("[]", nil), ("a b", nil),
            ("@xyz.test", nil), ("10.0.0.0/8", nil), ("Strangers", nil), ("localhost", nil),
        ] as [(String, String?)])
    func hosts(entry: String, expected: String?) throws {
        let (model, notes) = try Self.read("LocalDomains = ours.test\nAllowFrom = \(entry)\n")
        let list = model.allowedSources
        let words = (list.everyone == nil ? [] : ["everyone"]) + list.addresses.map(\.value.description) + list.names.map(\.value.description)
        #expect(words.joined(separator: " ") == expected ?? "")
        #expect(notes.opaque.isEmpty == (expected != nil))
        #expect(list.isFilled)
    }

    @Test(
        "domains",
        arguments: [
            ("xyz.test", "ends-with:xyz.test"), ("XYZ.Test", "ends-with:xyz.test"), ("@xyz.test", "*@xyz.test"),
            (".xyz.test", "*.xyz.test"), ("a@xyz.test", "a@xyz.test"), ("%AcmeEast", nil), ("Partners", nil), ("x_y.test", nil),
            ("[1.2.3.4]", nil), ("@", nil), (".", nil), ("*.xyz.test", nil),
        ] as [(String, String?)])
    func domains(entry: String, expected: String?) throws {
        let (model, notes) = try Self.read("LocalDomains = ours.test\nDenySenders = \(entry)\n")
        #expect(model.deniedSenders.entries.first?.value.pattern == expected)
        #expect(notes.opaque.isEmpty == (expected != nil))
    }

    @Test("lists go on over lines, with commas and semicolons, and groups become their members")
    func lists() throws {
        let (model, notes) = try Self.read(
            "LocalDomains: ours.test\r\nAllowTo: @a.test, @b.test;\r\n\t@c.test\r\n  Friends\r\nGroup Friends = @d.test; friends\r\n")
        #expect(model.allowedDestinations.entries.map(\.value.pattern) == ["*@a.test", "*@b.test", "*@c.test", "*@d.test"])
        #expect(notes.opaque.map(\.text) == ["friends"])
    }

    @Test("a choice that is not known is opaque")
    func choices() throws {
        let (model, notes) = try Self.read("LocalDomains = ours.test\nEnforcement = Some hosts\nUnheardOf = 1\nwithout a sign\n")
        #expect(model.enforcement.value == .externalHosts)
        #expect(notes.opaque.count == 3)
    }
}
