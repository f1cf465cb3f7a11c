import MailTypes
import PolicyLanguage
import TestSupport
import Testing

@testable import ConfigImport

@Suite("MX for OpenVMS: reading")
struct MXReadingTests {
    private func model(_ files: [String: String], release: String? = "5.3") throws -> (model: MXModel, notes: ImportNotes) {
        var facts = ImportFacts()
        (facts.release, facts.hostName) = (release, Domain("mail.ours.test"))
        var notes = ImportNotes()
        let source = ImportSource(paths: ["SITE.MCP"]) { path in
            files[path].map { .success(Array($0.utf8)) } ?? .failure(FileProblem("no such file"))
        }
        return (try MXImporter.model(of: source, facts: facts, notes: &notes), notes)
    }

    @Test(
        "NORELAY_ALLOWED is found however it is written",
        arguments: [
            "SET SMTP/NORELAY_ALLOWED", "set smtp /norelay", "SET SM/NOREL", "SET SMTP -\n/NORELAY",
            "SET SMTP/ACC- ! one\n  /NORELAY ! two",
            "MCP> SET SMTP/NORELAY", "$ MCP SET SMTP/NORELAY", "$mcp set \"SMTP\"/norelay", "@OTHER", "@MX_DIR:other.mcp;3",
        ])
    func norelay(text: String) throws {
        let (model, notes) = try model(["SITE.MCP": text, "OTHER.MCP": "SET SMTP/NORELAY", "other.mcp": "SET SMTP/NORELAY"])
        #expect(!model.relayAllowed.isOn)
        #expect(notes.opaque.isEmpty)
    }

    @Test(
        "what is not known for sure is named",
        arguments: [
            "SET SMTP/R", "SET SMTP/NEWEST", "DEFINE NOTHING x", "GIBBERISH", "DEFINE INSIDE_NETWORK_ADDRESS ten",
            "DEFINE PATH x NOWHERE",
            "DEFINE INSIDE_NETWORK_ADDRESS 10.0.0.0/NETMASK=255.0.256.0", "@MISSING", "@SITE.MCP", "ADD REJECTION",
            "ADD REJECTION a@b.test/ACCEPT",
            "PURGE", "DEFINE REWRITE_RULE \"<{a}@x>\" \"<{a}%x@y>\"", "ADD REJECTION \"*money*\"",
            "DEFINE INSIDE 0.0.0.1/NETMASK=0.0.0.1",
        ])
    func opaque(text: String) throws {
        var facts = ImportFacts()
        facts.hostName = Domain("mail.ours.test")
        let source = ImportSource(paths: ["SITE.MCP"]) { path in
            path == "SITE.MCP"
                ? .success(Array(("SET SMTP/NORELAY\nDEFINE INSIDE 10.9.9.9/REJECT\n" + text).utf8))
                : .failure(FileProblem("none"))
        }
        let imported = try ImportedConfiguration(system: .mxOpenVMS, source: source, facts: facts)
        #expect(!imported.notes.opaque.isEmpty)
    }

    @Test("without the host's name the answer is not certain where all of its parent domain is relayed to")
    func hostName() throws {
        let source = ImportSource(paths: ["SITE.MCP"]) { _ in .success(Array("SET SMTP/NORELAY".utf8)) }
        for (release, opaque, findings) in [("5.1", ["the host's name"], []), ("5.2", [], ["mx-own-name-not-known"])] {
            var notes = ImportNotes()
            var facts = ImportFacts()
            facts.release = release
            _ = try MXImporter.model(of: source, facts: facts, notes: &notes)
            #expect(notes.opaque.map(\.text) == opaque)
            #expect(notes.findings.map(\.id) == findings)
        }
    }

    @Test(
        "patterns fit as on OpenVMS",
        arguments: [
            ("*@a.test", "u@a.test", true), ("*@a.test", "u@b.a.test", false), ("u%@*", "ux@b", true), ("u%@*", "u@b", false),
            ("a*b*c", "a1b2b3c", true), ("*ab", "aab", true), ("*.com", "x.com.com", true), ("A.TEST", "a.test", true),
            ("*", "", true),
            ("", "", true), ("", "a", false), ("**", "abc", true), ("%", "", false),
        ])
    func patterns(pattern: String, text: String, fits: Bool) {
        #expect(VMSPattern(pattern).matches(text.utf8) == fits)
    }

    @Test("a backslash takes the next sign as it is")
    func escapes() {
        #expect(VMSPattern("u\\%x@*", hasEscapes: true).matches("u%x@a".utf8))
        #expect(!VMSPattern("u\\%x@*", hasEscapes: true).matches("uyx@a".utf8))
    }

    @Test(
        "address patterns are the addresses that fit",
        arguments: ["10.1.2.*", "10.*", "10.1.*.5", "10.1.2%.*", "1*7.0.%.1", "192.0.2.7", "*", "1%.%.%.%%", "x"])
    func addresses(text: String) throws {
        let pattern = VMSPattern(text)
        let set = AddressSet(try #require(pattern.addresses))
        var random = SeededRandom(seed: 5)
        for _ in 0..<2_000 {
            let octets = (0..<4).map { _ in [0, 1, 2, 5, 7, 10, 17, 20, 25, 100, 107, 192, 255].randomElement(using: &random)! }
            let text = octets.map(String.init).joined(separator: ".")
            #expect(set.contains(IPAddress(text)!) == pattern.matches(text.utf8), "\(text)")
        }
    }

    @Test(
        "overlap of patterns is found by trying",
        arguments: [("*.a", "b.*", true), ("a*", "b*", false), ("%%", "a", false), ("*a*", "b", false), ("*a*", "%%a", true)])
    func overlap(a: String, b: String, overlaps: Bool) {
        #expect(VMSPattern(a).intersects(VMSPattern(b)) == overlaps)
        #expect(VMSPattern(b).intersects(VMSPattern(a)) == overlaps)
    }

    @Test(
        "regular expressions that a pattern can say",
        arguments: [
            ("@junk\\.test>$", "*@junk.test"), ("^<u@a\\.test>$", "u@a.test"), ("^<abuse@", "abuse@*"),
            ("\\.spam\\.test>$", "*.spam.test"),
            ("junk", nil), ("^u@a", "nothing"), ("(a|b)@c", nil), ("a+@b", nil), ("@[a-z]+", nil), ("^.*$", "everything"),
        ] as [(String, String?)])
    func regularExpressions(text: String, says: String?) {
        guard let form = VMSPattern(regularExpression: text)?.addressForm else {
            #expect(says == nil)
            return
        }
        switch form {
        case .everything: #expect(says == "everything")
        case .nothing: #expect(says == "nothing")
        case .path(let path): #expect(says == path)
        case .inexpressible: #expect(says == nil)
        }
    }

    @Test("masks are asked in the order of their lengths, and holes have none")
    func masks() {
        #expect(MXNetworks.leadingOnes(0xffff_fff0) == 28)
        #expect(MXNetworks.leadingOnes(0) == 0 && MXNetworks.leadingOnes(.max) == 32)
        #expect(MXNetworks.hasHoles(0xff00_ff00) && !MXNetworks.hasHoles(0xffff_0000))
        #expect(MXNetworks.address("10.1") == 0x0a01_0000 && MXNetworks.address("10.1.2.3.4") == nil)
    }
}

/// In time that grows with the file: nobody's list is too long.
@Suite("MX for OpenVMS: long files")
struct MXLongFileTests {
    @Test("thousands of lines of each kind", .timeLimit(.minutes(1)))
    func long() throws {
        var lines = ["SET SMTP/NORELAY"]
        for number in 0..<1_000 {
            let (a, b) = (number / 250, number % 250)
            lines.append("DEFINE INSIDE_NETWORK_ADDRESS 10.\(a).\(b).0/NETMASK=255.255.255.0\(number % 3 == 0 ? "/REJECT" : "")")
            lines.append("DEFINE LOCAL_DOMAIN d\(number).ours.test")
            lines.append("ADD REJECTION \"*@s\(number).test\"")
            lines.append("DEFINE PATH p\(number).ours.test LOCAL")
        }
        lines.append(String(repeating: "SET SMTP/", count: 20_000))
        lines.append("ADD REJECTION \"" + String(repeating: "*a", count: 20_000) + "\"")
        let text = Array(lines.joined(separator: "\n").utf8)
        var facts = ImportFacts()
        facts.hostName = Domain("mail.ours.test")
        let source = ImportSource(paths: ["SITE.MCP"]) { _ in .success(text) }
        let imported = try ImportedConfiguration(system: .mxOpenVMS, source: source, facts: facts)
        #expect(imported.draft.domains.count == 2_001)
        #expect(!imported.text.isEmpty)
    }
}

@Suite("tables of addresses")
struct AddressPiecesTests {
    @Test("pieces are what each address's entry says", arguments: UInt64(1)...20)
    func pieces(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let entries = (0..<Int.random(in: 0...12, using: &random)).map { number in
            let (a, b) = (UInt32.random(in: 0...40, using: &random), UInt32.random(in: 0...40, using: &random))
            let range = IPRange(first: IPAddress(v4: min(a, b)), last: IPAddress(v4: max(a, b)))!
            return AddressPriority<Bool>.Entry([range], Bool.random(using: &random), Origin(note: "\(number)"))
        }
        let table = AddressPriority(narrowestFirst: entries)
        for outcome in [true, false] {
            let pieces = table.pieces(with: outcome)
            for address in UInt32(0)...42 {
                let holding = pieces.filter { $0.value.contains(IPAddress(v4: address)) }
                let entry = table.entry(for: IPAddress(v4: address))
                #expect(holding.count == (entry?.outcome == outcome ? 1 : 0), "\(address)")
                if let piece = holding.first { #expect(piece.origin == entry?.origin) }
            }
        }
    }

    @Test("the whole of both families is one piece each")
    func ends() {
        let table = AddressPriority(inFileOrder: [.init(MercuryModel.everybody, true, Origin(note: "all"))])
        #expect(table.pieces(with: true).map(\.value) == MercuryModel.everybody)
    }
}
