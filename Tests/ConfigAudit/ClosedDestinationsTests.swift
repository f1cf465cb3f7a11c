import ConfigAudit
import ConfigImport
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy
import Testing

private let now = Instant("2026-06-01T12:00:00Z")!

/// What `import --closed` makes of destinations that are relayed to for everybody.
@Suite("closed: destinations with exceptions")
struct ClosedDestinationsTests {
    private static let access = """
        To:partner.test\tRELAY
        To:secret.partner.test\tREJECT
        To:open.secret.partner.test\tRELAY
        Connect:10.77\tRELAY
        From:friend.test\tOK
        From:junk.test\tREJECT
        """

    private func imported(_ access: String, features: String = "", domains: [String] = ["ours.test"]) throws -> ImportedConfiguration {
        let mc = "FEATURE(`access_db', `hash /etc/mail/access', `skip')\n\(features)"
        let source = ImportSource(held: [("sendmail.mc", Array(mc.utf8)), ("etc/mail/access", Array(access.utf8))], root: "")
        var facts = ImportFacts()
        facts.localDomains = domains.compactMap { Domain($0) }
        facts.hostName = Domain("mail.ours.test")
        return try ImportedConfiguration(system: .sendmail89, source: source, facts: facts)
    }

    private func decides(_ policy: Policy, _ client: String, _ sender: String, _ recipient: String) throws -> String {
        let to = try WrittenPath(parsing: Array("<\(recipient)>".utf8))
        var request = RelayRequest(client: try #require(IPAddress(client)), forwardPath: to, now: now)
        request.reversePath = try ReversePath(parsing: Array("<\(sender)>".utf8))
        return policy.decidePlainly(request).verdict.rawValue
    }

    private static let clients = ["10.77.1.2", "203.0.113.9", "127.0.0.1"]
    private static let senders = ["a@friend.test", "a@other.test", "a@junk.test"]
    private static let recipients = [
        "u@ours.test", "u@mail.ours.test", "u@partner.test", "u@mx.partner.test", "u@secret.partner.test", "u@deep.secret.partner.test",
        "u@open.secret.partner.test", "u@x.open.secret.partner.test", "u@victim.test", "u@notpartner.test",
    ]

    @Test(
        "everybody keeps what the permit permitted, exceptions stay exceptions, and strangers get nothing foreign",
        arguments: ["", "FEATURE(`delay_checks')\n", "FEATURE(`blocklist_recipients')\n", "FEATURE(`relay_hosts_only')\n"])
    func decidesAsBefore(features: String) throws {
        let imported = try imported(Self.access, features: features)
        let original = try ImportedPolicy(imported.draft, heading: [], at: now).policy
        let closed = try ClosedPolicy(imported, at: now)
        // The original's only hole is no hole: destinations that it is an MX of. So both decide alike.
        for client in Self.clients {
            for sender in Self.senders {
                for recipient in Self.recipients {
                    let before = try decides(original, client, sender, recipient)
                    let after = try decides(closed.policy.policy, client, sender, recipient)
                    #expect(after == before, "\(client) <\(sender)> <\(recipient)>\n\(closed.policy.text)")
                }
            }
        }
        #expect(closed.policy.policy.strangers(at: now) { _ in false }.answer == .no)
        #expect(closed.left.isEmpty)
        #expect(!closed.policy.text.contains("proof"))
    }

    @Test("a stranger is relayed to the domain and not to its exception, nor elsewhere")
    func stranger() throws {
        let policy = try ClosedPolicy(imported(Self.access), at: now).policy.policy
        for (recipient, verdict) in [
            ("u@partner.test", "permit"), ("u@mx.partner.test", "permit"), ("u@secret.partner.test", "reject"), ("u@victim.test", "reject"),
        ] {
            #expect(try decides(policy, "203.0.113.9", "a@other.test", recipient) == verdict, "\(recipient)")
        }
        #expect(try decides(policy, "10.77.1.2", "a@other.test", "u@secret.partner.test") == "permit")
    }

    @Test("a local domain below one that is relayed to is delivered, whatever the access map says of it")
    func localBelow() throws {
        let policy = try ClosedPolicy(imported(Self.access, domains: ["secret.partner.test"]), at: now).policy.policy
        #expect(try decides(policy, "203.0.113.9", "a@other.test", "u@secret.partner.test") == "permit")
        #expect(try decides(policy, "203.0.113.9", "a@other.test", "u@deep.secret.partner.test") == "reject")
    }

    @Test("everybody's domains and single mailboxes are left out and named")
    func leftOut() throws {
        let access = "To:com\tRELAY\nTo:host.com\tREJECT\nTo:gmail.com\tRELAY\nTo:x.gmail.com\tREJECT\nTo:boss@elsewhere.test\tRELAY\n"
        let mc = "FEATURE(`access_db', `hash /etc/mail/access', `relaytofulladdress')\n"
        let source = ImportSource(held: [("sendmail.mc", Array(mc.utf8)), ("etc/mail/access", Array(access.utf8))], root: "")
        let closed = try ClosedPolicy(ImportedConfiguration(system: .sendmail89, source: source, facts: ImportFacts()), at: now)
        for recipient in ["u@a.com", "u@gmail.com", "boss@elsewhere.test"] {
            #expect(try decides(closed.policy.policy, "203.0.113.9", "a@other.test", recipient) == "reject", "\(recipient)")
        }
        #expect(!closed.left.isEmpty)
    }
}
