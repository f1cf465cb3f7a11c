import ConfigImport
import PolicyLanguage
import Testing
import TestSupport

@Suite("Sendmail 8.9 and later: reading")
struct Sendmail89ParsingTests {
    private static func imported(_ files: [String: String], facts: ImportFacts = ImportFacts()) throws -> ImportedConfiguration {
        let source = ImportSource(held: files)
        return try ImportedConfiguration(system: .sendmail89, source: source, facts: facts)
    }

    @Test(
        "what may change who relays and is not known is said to be so",
        arguments: [
            "FEATURE(`bestmx_is_local')", "FEATURE(`domaintable')", "FEATURE(`use_client_ptr')", "FEATURE(`invented')",
            "HACK(`popauth')", "INVENTED(`x')", "DOMAIN(`ours')", "define(`_PROMISCUOUS_RELAY_', `1')",
            "define(`confDELIVERY_MODE', `deferred')", "FEATURE(`access_db', `ldap:x')", "FEATURE(`access_db')",
            "FEATURE(`relay_based_on_MX')", "FEATURE(`relay_entire_domain')", "FEATURE(`use_cw_file')",
            "include(`/etc/mail/other.m4')", "LOCAL_RULESETS\nSLocal_check_rcpt\nR$*\t\t$@ OK",
            "RELAY_DOMAIN_FILE(`/etc/mail/more')",
        ])
    func opaque(_ line: String) throws {
        let notes = try Self.imported(["sendmail.mc": line]).notes
        #expect(!notes.opaque.isEmpty, "\(line)")
    }

    @Test(
        "what cannot change it is passed over",
        arguments: [
            "FEATURE(`always_add_domain')", "MASQUERADE_AS(`ours.test')", "MAILER(`smtp')", "define(`confMAX_HOP', `25')",
            "VERSIONID(`x')", "dnl FEATURE(`invented')", "FEATURE(`virtusertable')", "DAEMON_OPTIONS(`Port=smtp')",
            "include(`/usr/share/sendmail/cf/m4/cf.m4')",
        ])
    func irrelevant(_ line: String) throws {
        let notes = try Self.imported(["sendmail.mc": line]).notes
        #expect(notes.opaque.isEmpty, "\(line): \(notes.opaque)")
    }

    @Test("a rule of a sendmail.cf that Sendmail does not ship is opaque, a shipped one is not")
    func rules() throws {
        let shipped = "V10\nScheck_rcpt\nR$*\t\t\t$: $1 $| $>\"Local_check_rcpt\" $1\nSRelay_ok\nR0\t\t\t$@ RELAY\toriginated locally\n"
        #expect(try Self.imported(["sendmail.cf": shipped]).notes.opaque.isEmpty)
        let own = shipped + "R$* friend $*\t\t$@ RELAY\n"
        #expect(try Self.imported(["sendmail.cf": own]).notes.opaque.map(\.text) == ["SRelay_ok"])
        let site = shipped + "SLocal_check_rcpt\nR$*\t\t$#OK\n"
        #expect(try Self.imported(["sendmail.cf": site]).notes.opaque.map(\.text) == ["SLocal_check_rcpt"])
        #expect(try !Self.imported(["sendmail.cf": "V10\nCwours.test\n"]).notes.opaque.isEmpty)
    }

    @Test("a map that a FEATURE brings with it shows that FEATURE in a sendmail.cf", arguments: ["bestmx", "drac", "ldapmra"])
    func maps(name: String) throws {
        let cf = "V10\nK\(name) hash /etc/x\nScheck_rcpt\nSRelay_ok\nR0\t\t$@ RELAY\n"
        #expect(try Self.imported(["sendmail.cf": cf]).notes.opaque.map(\.text) == ["K\(name)"])
    }

    @Test(
        "a check_rcpt without Relay_ok relays for everybody only if all of it is known and nothing refuses",
        arguments: [
            ("", true), ("R$*\t$#error $@ 5.7.1 $: \"550 no\"\n", false), ("R$* invented $*\t$@ OK\n", false),
        ])
    func beforeRelayOK(last: String, isOpen: Bool) throws {
        let cf = "V8\nScheck_rcpt\nSBasic_check_rcpt\nR0\t$@ OK\n" + last
        let found = try Self.imported(["sendmail.cf": cf]).notes.findings.contains { $0.id == "sendmail-promiscuous-relay" }
        #expect(found == isOpen)
    }

    @Test("confCR_FILE stands for relay-domains, and other files of class R beside it")
    func filesOfClassR() throws {
        let lists = ["relay-domains": "usual.test\n", "more": "more.test\n"]
        func text(_ mc: String) throws -> String { try Self.imported(lists.merging(["sendmail.mc": mc]) { $1 }).text }
        let replaced = try text("define(`confCR_FILE', `/etc/mail/more')")
        #expect(replaced.contains("more.test") && !replaced.contains("usual.test"))
        let beside = try text("RELAY_DOMAIN_FILE(`-o /etc/mail/more')")
        #expect(beside.contains("more.test") && beside.contains("usual.test"))
    }

    @Test("the sendmail.cf is read before the .mc, and submit.cf never")
    func choosing() throws {
        let cf = "V10\nScheck_rcpt\nSRelay_ok\nR0\t\t$@ RELAY\nC{R}from-cf.test\n"
        let text = try Self.imported(["sendmail.cf": cf, "sendmail.mc": "RELAY_DOMAIN(`from-mc.test')", "submit.cf": "V10\n"]).text
        #expect(text.contains("from-cf.test") && !text.contains("from-mc.test"))
    }

    @Test("a table of 3,000 lines becomes few rules")
    func largeTable() throws {
        var lines: [String] = []
        for number in 0..<1_500 {
            lines.append("Connect:\(1 + number % 220).\(number / 220 % 250).\(number % 249)\t\(number % 3 == 0 ? "RELAY" : "REJECT")")
            lines.append("From:spam\(number).example\tREJECT")
        }
        let imported = try Self.imported(["access": lines.joined(separator: "\r\n")])
        #expect(imported.draft.refuse.count < 12)
        #expect(imported.draft.relay.count < 12)
    }

    @Test("damaged files neither stop the reader nor take it long", arguments: 1...40)
    func damaged(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        for name in ["sendmail.mc", "access", "relay-domains"] {
            var files = SendmailConfiguration(seed: seed).files.mapValues { Array($0.utf8) }
            for _ in 0..<Int.random(in: 1...30, using: &random) {
                guard var bytes = files[name], !bytes.isEmpty else { continue }
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(contentsOf: bytes[place...].prefix(40), at: place)
                default: bytes.removeSubrange(place..<min(place + 9, bytes.count))
                }
                files[name] = bytes
            }
            let source = ImportSource(held: files)
            // A file that is no text any more is an error with a message; any other gives a policy that can be read.
            guard let imported = try? ImportedConfiguration(system: .sendmail89, source: source, facts: ImportFacts()) else { continue }
            _ = try CorpusTests.policy(imported)
        }
    }
}
