import ConfigImport
import MailTypes
import PolicyLanguage
import Testing

@Suite("Exchange 5.5: registry exports and routing tables")
struct Exchange55ReadingTests {
    private static let key = "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC\\Parameters]"

    static func read(
        _ files: [String: [UInt8]], release: String? = "5.5 SP4"
    ) throws -> (model: Exchange55Model, notes: ImportNotes) {
        var notes = ImportNotes()
        var facts = ImportFacts()
        facts.release = release
        let source = ImportSource(held: files)
        return (try Exchange55Importer.model(of: source, facts: facts, notes: &notes), notes)
    }

    private static func export(_ lines: [String], heading: String = "REGEDIT4", key: String = key) throws -> (
        model: Exchange55Model, notes: ImportNotes
    ) {
        try read(["ims.reg": Array(([heading, "", key] + lines).joined(separator: "\r\n").utf8)])
    }

    private static let entries = ["192.168.17.0;255.255.255.0", "10.20.30.40"]

    @Test("both encodings of a list say the same", arguments: [false, true])
    func encodings(isWide: Bool) throws {
        let list = Exchange55AgreementTests.list("RelayAllowList", Self.entries, isWide: isWide)
        let (model, notes) = try Self.export(
            ["\"RelayFlags\"=dword:00000002"] + list, heading: isWide ? "Windows Registry Editor Version 5.00" : "REGEDIT4")
        #expect(notes.opaque.isEmpty)
        #expect(model.flags == .allow)
        #expect(model.allow.map(\.net) == [0xc0a8_1100, 0x0a14_1e28])
        #expect(model.allow.map(\.mask) == [0xffff_ff00, 0xffff_ffff])
    }

    @Test("a file in UTF-16 with its mark is read as one without")
    func utf16() throws {
        let list = Exchange55AgreementTests.list("RelayAllowList", Self.entries, isWide: true)
        let lines = ["Windows Registry Editor Version 5.00", "", Self.key, "\"RelayFlags\"=dword:00000002"] + list
        let text = lines.joined(separator: "\r\n")
        let wide: [UInt8] = [0xff, 0xfe] + text.utf16.flatMap { unit in [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)] }
        let (model, notes) = try Self.read(["ims.reg": wide])
        #expect(notes.opaque.isEmpty)
        #expect(model.allow.map(\.net) == [0xc0a8_1100, 0x0a14_1e28])
    }

    @Test("a list in the other encoding than its heading says is not understood", arguments: [false, true])
    func wrongEncoding(isWide: Bool) throws {
        let list = Exchange55AgreementTests.list("RelayAllowList", Self.entries, isWide: !isWide)
        let (model, notes) = try Self.export(list, heading: isWide ? "Windows Registry Editor Version 5.00" : "REGEDIT4")
        #expect(!notes.opaque.isEmpty)
        #expect(model.allow.isEmpty)
    }

    @Test("values of other articles are known, and say nothing of relaying")
    func otherValues() throws {
        let (_, notes) = try Self.export(
            ["\"RelayFlags\"=dword:00000008", "\"RootDir\"=\"C:\\\\exchsrvr\\\\imcdata\"", "\"SiteDomain\"=\"ours.test\"",
                "\"RerouteViaStore\"=dword:00000001", "\"InboundSizeLimit\"=dword:00001000", "\"TurfTable\"=hex(7):62,00,00"])
        #expect(notes.opaque.isEmpty, "\(notes.opaque)")
        #expect(notes.irrelevant == 5)
    }

    @Test("flags that cannot be read are neither absent nor none", arguments: [
        "\"RelayFlags\"=\"2\"", "\"RelayFlags\"=dword:0000000z", "\"RelayFlags\"=dword:0000", "\"RelayFlags\"=dword:",
    ])
    func unreadableFlags(line: String) throws {
        let (model, notes) = try Self.export(["\"RelayAllowList\"=hex(7):31,30,2e,30,2e,30,2e,31,00,00", line])
        #expect(notes.opaque.map(\.text) == [line])
        #expect(model.flags == [.allow, .authenticated])
        #expect(notes.findings.isEmpty, "\(notes.findings)")
    }

    @Test("domains given as facts stand beside the routing table, which goes before them")
    func facts() throws {
        var facts = ImportFacts()
        facts.localDomains = [Domain("ours.test"), Domain("passed.test")].compactMap { $0 }
        var notes = ImportNotes()
        let table = "# Routing page: reroute = yes\nhosted.test\t<inbound>\npassed.test\tmail.passed.test\n"
        let source = ImportSource(held: ["routing.txt": Array(table.utf8)])
        let model = try Exchange55Importer.model(of: source, facts: facts, notes: &notes)
        #expect(model.routes.filter { $0.target == .inbound }.map { "\($0.domain)" } == ["hosted.test", "ours.test"])
    }

    @Test("a row whose target is no host is not understood", arguments: [
        "ours.test -> <inbound>", "ours.test\t<inbond>", "ours.test\tmail.a.test mail.b.test",
    ])
    func targets(row: String) throws {
        let (model, notes) = try Self.read(["routing.txt": Array("# Routing page: reroute = yes\n\(row)\n".utf8)])
        #expect(notes.opaque.map(\.text) == [row] && model.routes.isEmpty)
    }

    @Test("an export that ends anywhere within a list is not understood, and grants no more than the whole one")
    func truncated() throws {
        let text = ([Self.key] + Exchange55AgreementTests.list("RelayAllowList", Self.entries, isWide: false)).joined(separator: "\r\n")
        let start = try #require(text.firstRange(of: "(7):")).upperBound
        let length = text.utf8.distance(from: start, to: text.endIndex)
        // The last three bytes are the list's own NUL and its comma.
        for cut in 1..<(length - 3) {
            let part = "REGEDIT4\r\n" + text.prefix(upTo: text.index(start, offsetBy: cut))
            let (model, notes) = try Self.read(["ims.reg": Array(part.utf8)])
            #expect(!notes.opaque.isEmpty, "cut after \(cut)")
            let whole: [UInt32] = [0xc0a8_1100, 0x0a14_1e28]
            #expect(model.allow.allSatisfy { whole.contains($0.net) && $0.mask >= 0xffff_ff00 }, "cut after \(cut)")
        }
    }

    @Test("odd lines that say something plain", arguments: [
        ("\"RelayFlags\"=dword:a", Exchange55Model.Flags(rawValue: 10)),
        ("\"relayflags\"=hex(4):0a,00,00,00", Exchange55Model.Flags(rawValue: 10)),
        ("\"RelayFlags\"=dword:00000002\r\n\"RelayFlags\"=-", nil),
        ("; \"RelayFlags\"=dword:00000002", nil),
        ("\"ResolveP2\"=dword:00000001", nil),
    ] as [(String, Exchange55Model.Flags?)])
    func plain(line: String, flags: Exchange55Model.Flags?) throws {
        let (model, notes) = try Self.export([line])
        #expect(model.flags == flags)
        #expect(notes.opaque.isEmpty)
    }

    @Test("lines that may matter and are not understood", arguments: [
        "\"RelayFlags\"=dword:00000012", "\"RelayFlags\"=\"2\"", "\"RelayFlags\"=dword:", "\"RelayFlags\"=hex(4):0a,00",
        "\"RelayAllowList\"=\"10.0.0.0;255.0.0.0\"", "\"RelayAllowList\"=hex(7):31,30,2e,30,00,00", "\"RelayAllowList\"=hex(7):zz",
        "\"RelaySomething\"=dword:00000001", "RelayFlags=2",
    ])
    func opaque(line: String) throws {
        #expect(try !Self.export([line]).notes.opaque.isEmpty)
    }

    @Test("other keys do not matter, and the current control set counts")
    func keys() throws {
        func key(_ set: String, _ tail: String = "Services\\MSExchangeIMC\\Parameters") -> String {
            "[HKEY_LOCAL_MACHINE\\SYSTEM\\\(set)\\\(tail)]"
        }
        let old = [key("ControlSet001"), "\"RelayFlags\"=dword:00000001"]
        let now = [key("CurrentControlSet"), "\"RelayFlags\"=dword:00000002"]
        #expect(try Self.export(now, key: old.joined(separator: "\r\n")).model.flags == .allow)
        #expect(try Self.export(old, key: now.joined(separator: "\r\n")).model.flags == .allow)
        #expect(try Self.export(["\"RelayFlags\"=dword:00000002"], key: key("ControlSet001")).model.flags == .allow)
        #expect(try Self.export(["\"RelayFlags\"=dword:00000002"], key: key("X", "Service\\MSExchangeIMC\\Parameters")).model.flags == .allow)
        #expect(try Self.export(["\"RelayFlags\"=dword:00000002"], key: key("X", "Services\\Other\\Parameters")).model.flags == nil)
    }

    @Test("a release is a service pack or a build", arguments: [
        ("5.5 SP2", true), ("5.5SP3", false), ("5.5 sp4", false), ("5.5.1960", true), ("5.5.2448", true), ("5.5.2650", false),
        ("5.5.2653.13", false), ("5.0", true), ("5.5", false), (nil, false),
    ] as [(String?, Bool)])
    func release(text: String?, escapes: Bool) throws {
        let (model, _) = try Self.read(["routing.txt": Array("# Routing page: reroute = yes\n".utf8)], release: text)
        // An unknown release counts as one that has been mended; a finding says so.
        #expect((model.encapsulation == .escapes) == escapes)
    }
}
