import ConfigImport
import MailTypes
import PolicyLanguage
import RelayPolicy
import SystemEmulation
import Testing

/// What the recipes were seen to do, recipient by recipient, for a client that nobody knows.
@Suite("check_rcpt as observed")
struct CheckRecipientTableTests {
    private static let stop = """
        V7/Berkeley
        Cwours.test
        Scheck_rcpt
        R$*\t$: $>3 $1
        R$-\t$@ fine
        R$+ < @ $=w . >\t$@ fine
        R$*\t$#error $: 551 no
        """

    private static func recipe(_ name: String, relayTo: Bool) -> [String: String] {
        [
            "ours.mc": "HACK(use_ip)\n\(relayTo ? "HACK(use_relayto)\n" : "")HACK(\(name))\nCwours.test\n",
            "/etc/mail/LocalIP": "10.77\n", "/etc/mail/RelayTo": "partner.test\n",
        ]
    }

    private static let columns: [(name: String, files: [String: String])] = [
        ("stop at w", ["sendmail.cf": stop]), ("check_rcpt 1.0", recipe("check_rcpt", relayTo: true)),
        ("check_rcpt4", recipe("check_rcpt4", relayTo: false)), ("check_rcpt4 + RelayTo", recipe("check_rcpt4", relayTo: true)),
        ("check_rcpt3 + RelayTo", recipe("check_rcpt3", relayTo: true)),
    ]

    /// A letter a column: accept or reject.
    private static let rows: [(recipient: String, seen: String)] = [
        ("u@ours.test", "AAAAR"), ("u@victim.test", "RRRRR"), ("u%victim.test@ours.test", "ARRRR"),
        ("victim.test!u@ours.test", "AARRR"), ("\"u@victim.test\"@ours.test", "ARAAR"), ("@ours.test:u@victim.test", "RRRRR"),
        ("u@partner.test", "RARAA"), ("u%victim.test@partner.test", "RRRRR"), ("u", "AAAAA"),
    ]

    @Test("accept and reject", arguments: 0..<5)
    func table(column: Int) throws {
        let files = Self.columns[column].files
        let source = ImportSource(held: files)
        let emulation = try #require(try MailSystem.sendmail88.emulation(of: source, facts: ImportFacts()))
        let policy = try CorpusTests.policy(ImportedConfiguration(system: .sendmail88, source: source, facts: ImportFacts()))
        for row in Self.rows {
            let seen = Array(row.seen)[column] == "A" ? "permit" : "reject"
            let request = RelayRequestText(client: "203.0.113.9", sender: "a@other.test", recipient: row.recipient)
            #expect(request.verdict(of: emulation) == seen, "\(Self.columns[column].name): \(row.recipient)")
            // A recipient without a domain is no path to a policy.
            if row.recipient != "u" {
                #expect(request.verdict(of: policy) == seen, "\(Self.columns[column].name), imported: \(row.recipient)")
            }
        }
    }

    /// Of the lists only those count that stand before the recipe; without any the recipes differ.
    @Test(
        "who may relay by a recipe without a list of clients",
        arguments: [
            (recipe: "check_rcpt", stranger: "reject", ours: "reject"), ("check_rcpt2", "permit", "permit"),
            ("check_rcpt3", "reject", "reject"), ("check_rcpt4", "reject", "permit"), ("check_rcpt5", "reject", "permit"),
        ])
    func withoutLists(row: (recipe: String, stranger: String, ours: String)) throws {
        let mc = "HACK(\(row.recipe))\nHACK(use_ip)\nCwours.test\n"
        let (policy, emulation, notes) = try Self.read(["ours.mc": mc, "/etc/mail/LocalIP": "10.77\n", "/etc/mail/allow": ""])
        for (further, verdict) in [("-", row.stranger), ("name=pc.ours.test", row.ours)] {
            let request = RelayRequestText(
                client: "10.77.3.4", sender: "a@other.test", recipient: "u@victim.test", further: further)
            #expect(request.verdict(of: emulation) == verdict, "\(further)")
            #expect(request.verdict(of: policy) == verdict, "imported: \(further)")
        }
        #expect(notes.findings.contains { $0.id == "sendmail88-hack-order" })
        #expect(notes.findings.contains { $0.id == "sendmail88-no-check-rcpt" } == (row.stranger == "permit"))
    }

    @Test("localhost is a name of every host that m4 made a sendmail.cf for")
    func localhost() throws {
        let mc = "HACK(use_names)\nHACK(check_rcpt4)\nCwours.test\n"
        let (policy, emulation, _) = try Self.read(["ours.mc": mc, "/etc/mail/LocalNames": ""])
        for (recipient, further) in [("u@localhost", "-"), ("u@victim.test", "name=localhost")] {
            let request = RelayRequestText(client: "127.0.0.1", sender: "a@other.test", recipient: recipient, further: further)
            #expect(request.verdict(of: emulation) == "permit", "\(request)")
            #expect(request.verdict(of: policy) == "permit", "imported: \(request)")
        }
    }

    @Test("check_rcpt 1.0 takes a client whose name is a single word for one of ours; a policy cannot, and the audit says so")
    func oneWordName() throws {
        let mc = "HACK(use_names)\nHACK(check_rcpt)\nCwours.test\n"
        let (policy, emulation, notes) = try Self.read(["ours.mc": mc, "/etc/mail/LocalNames": ""])
        let request = RelayRequestText(
            client: "203.0.113.9", sender: "a@other.test", recipient: "u@victim.test", further: "name=intranet")
        #expect(request.verdict(of: emulation) == "permit")
        #expect(request.verdict(of: policy) == "reject")
        #expect(notes.findings.contains { $0.id == "sendmail88-one-word-name" })
    }

    private static func read(_ files: [String: String]) throws -> (Policy, any EmulatedSystem, ImportNotes) {
        let source = ImportSource(held: files)
        let imported = try ImportedConfiguration(system: .sendmail88, source: source, facts: ImportFacts())
        let emulation = try #require(try MailSystem.sendmail88.emulation(of: source, facts: ImportFacts()))
        return (try CorpusTests.policy(imported), emulation, imported.notes)
    }
}
