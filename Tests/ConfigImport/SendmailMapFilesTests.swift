import ConfigImport
import MailTypes
import Testing

/// `makemap` was forgotten: Sendmail looks into the compiled map alone.
@Suite("Sendmail: maps and the texts that they are made of")
struct SendmailMapFilesTests {
    private static let old = Instant(seconds: 1_700_000_000)
    private static let new = Instant(seconds: 1_700_000_000, nanoseconds: 1)

    private static let mc = "FEATURE(`access_db', `hash -T<TMPF> /etc/mail/access')\nFEATURE(`mailertable')\n"
    private static let cf = "V10\nKaccess hash -T<TMPF> /etc/mail/access\nKmailer btree /etc/mail/mailertable\nKseq sequence a b\n"

    /// `id severity confidence place` of what is said of maps. Files are `NAME` or `NAME=old`, `NAME=new`.
    private func findings(
        _ files: String, configuration: (String, String)? = ("sendmail.mc", mc), root: String? = "", system: MailSystem = .sendmail89
    ) throws -> [String] {
        var held: [(path: String, bytes: [UInt8])] = configuration.map { [($0.0, Array($0.1.utf8))] } ?? []
        var modified: [String: Instant] = [:]
        for file in files.split(separator: " ") {
            let parts = file.split(separator: "=").map(String.init)
            let isCompiled = parts[0].hasSuffix(".db")
            held.append((parts[0], isCompiled ? [0, 6, 0x15, 0x61] + [UInt8](repeating: 0, count: 512) : Array("10.77\tRELAY\n".utf8)))
            if parts.count > 1 { modified[parts[0]] = parts[1] == "old" ? Self.old : Self.new }
        }
        let source = ImportSource(held: held, root: root, modified: modified)
        let imported = try ImportedConfiguration(system: system, source: source, facts: ImportFacts())
        return imported.notes.findings.filter { $0.id.hasPrefix("sendmail-map-") }
            .map { "\($0.id) \($0.severity.rawValue) \($0.confidence.rawValue) \($0.at)" }
    }

    @Test(
        "a map that is older than its text",
        arguments: [
            ("etc/mail/access=new etc/mail/access.db=old", ["sendmail-map-stale warning certain etc/mail/access:1"]),
            ("etc/mail/access=old etc/mail/access.db=new", []), ("etc/mail/access=old etc/mail/access.db=old", []),
            ("etc/mail/access etc/mail/access.db=old", []), ("etc/mail/access=new etc/mail/access.db", []),
            ("etc/mail/access etc/mail/access.db", []),
            ("access=new access.db=old", ["sendmail-map-stale warning certain access:1"]),
            (
                "etc/mail/access=old etc/mail/access.db=new etc/mail/mailertable=new etc/mail/mailertable.db=old",
                ["sendmail-map-stale warning certain etc/mail/mailertable:1"]
            ),
        ])
    func stale(files: String, expected: [String]) throws {
        #expect(try findings(files) == expected)
        #expect(try findings(files, configuration: ("sendmail.cf", Self.cf)) == expected)
    }

    @Test(
        "a text without its map: likely where others are there, a note where the folder may be a copy",
        arguments: [
            ("etc/mail/access=new", ["sendmail-map-not-made note guess etc/mail/access:1"]), ("etc/mail/access", []),
            (
                "etc/mail/access=new etc/mail/mailertable=old etc/mail/mailertable.db=new",
                ["sendmail-map-not-made warning likely etc/mail/access:1"]
            ),
        ])
    func missing(files: String, expected: [String]) throws {
        #expect(try findings(files) == expected)
    }

    @Test("single files say nothing of what else is in the folder")
    func singleFiles() throws {
        #expect(try findings("access=new", root: nil) == [])
        #expect(try findings("access=new access.db=old", root: nil) == ["sendmail-map-stale warning certain access:1"])
    }

    @Test("lists without a configuration")
    func listsAlone() throws {
        #expect(try findings("access=new access.db=old", configuration: nil) == ["sendmail-map-stale warning certain access:1"])
        #expect(try findings("access=new", configuration: nil) == ["sendmail-map-not-made note guess access:1"])
    }

    @Test("kinds that are read as text have no map, and dbm has another ending")
    func kinds() throws {
        let cf = ("sendmail.cf", "V10\nKaccess text /etc/mail/access\n")
        #expect(try findings("etc/mail/access=new etc/mail/access.db=old", configuration: cf) == [])
        let dbm = ("sendmail.cf", "V10\nKaccess dbm /etc/mail/access\n")
        #expect(try findings("etc/mail/access=new etc/mail/access.pag=old", configuration: dbm) == ["sendmail-map-stale warning certain etc/mail/access:1"])
    }

    @Test("the maps of 8.8 too")
    func sendmail88() throws {
        let cf = ("sendmail.cf", "V7\nKjunk hash /etc/mail/junk\nScheck_rcpt\nR$*\t$#error $: no\n")
        #expect(try findings("etc/mail/junk=new etc/mail/junk.db=old", configuration: cf, system: .sendmail88) == ["sendmail-map-stale warning certain etc/mail/junk:1"])
    }
}
