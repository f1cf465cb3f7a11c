import ConfigAudit
import ConfigImport
import MailTypes
import Testing

private let now = Instant("2026-06-01T12:00:00Z")!

/// A finding is critical where strangers can relay by it, and nowhere else (language page, Meaning 5).
@Suite("severity of findings")
struct SeverityTests {
    private func audit(_ system: MailSystem, _ files: [(String, String)], release: String? = nil) throws -> ConfigAudit {
        var facts = ImportFacts()
        facts.release = release
        facts.hostName = Domain("mail.ours.test")
        facts.localDomains = Domain("ours.test").map { [$0] }
        let source = ImportSource(held: files.map { ($0.0, Array($0.1.utf8)) }, root: "")
        return try ConfigAudit(ImportedConfiguration(system: system, source: source, facts: facts), at: now)
    }

    @Test(
        "an octet is more than one site has; strangers are among more than one of them, or a group of IPv6",
        arguments: [
            ("Connect:12\tRELAY", "", ["warning"]), ("", "12\n", ["warning"]), ("Connect:12\tRELAY\nConnect:13\tRELAY", "", ["critical", "critical"]),
            ("Connect:12\tRELAY", "13\n", ["critical", "critical"]), ("Connect:12\tRELAY\nConnect:13.1\tRELAY", "", ["critical"]),
            ("Connect:12\tRELAY\nConnect:12.1\tOK\nConnect:13.1\tRELAY", "", ["warning"]), ("Connect:10\tRELAY", "127\n", []),
            ("Connect:IPv6:2600\tRELAY", "", ["critical"]), ("Connect:IPv6:2600:1\tRELAY", "", []), ("To:12\tRELAY\nSpam:13\tRELAY", "", []),
            ("12\tRELAY", "", ["warning"]), ("Connect:12\tREJECT", "", []),
        ])
    func wide(access: String, relayDomains: String, severities: [String]) throws {
        let audit = try audit(.sendmail89, [("access", access), ("relay-domains", relayDomains)])
        #expect(audit.findings.filter { $0.id == "sendmail-wide-relay" }.map(\.severity.rawValue) == severities)
        #expect((audit.verdict == .open) == severities.contains("critical"))
    }

    /// Settings that sound open and are not.
    @Test(
        "what no stranger reaches is not critical, and the verdict agrees",
        arguments: [
            (.sendmail89, "sendmail.mc", "FEATURE(`access_db')\nFEATURE(`relay_hosts_only')\n", "Connect:com\tRELAY\n"),
            (.sendmail89, "sendmail.mc", "FEATURE(`access_db')\nFEATURE(`relay_mail_from')\n", "From:ours.test\tRELAY\n"),
            (
                .worldMail, "access.txt",
                "[SMTP]\nDefault = Denied Access\nAllow = 10.0.0.0/255.0.0.0\n[SMTP Relay (Non-Local Only)]\nDefault = Denied Access\nAllow = 0.0.0.0/0.0.0.0\n", ""
            ),
            (
                .worldMail, "access.txt",
                "[SMTP]\nDefault = Denied Access\nAllow = 10.0.0.0/255.0.0.0\n[SMTP Relay (Non-Local Only)]\nDefault = Allowed Access\n", ""
            ),
            (
                .iisSMTP, "relay.txt",
                "[Connection Control]\nMode = only-listed\nEntry = 10.0.0.0/255.0.0.0\n[Relay Restrictions]\nMode = all-except-listed\nEntry = 10.1.1.1\n",
                ""
            ),
            (.groupWiseGWIA, "page.txt", "--forceinboundauth\n[SMTP Relay]\nDefault = Allow message relaying\n", ""),
            (.mercury, "mercury.ini", "[MercuryS]\nRelay : 1\nAllow : 10.0.0.0\nRefuse : 0.0.0.0\n", ""),
            (.dominoConfiguration, "inbound.txt", "AllowConnections = [10.*.*.*]\nEnforcement = None\n", ""),
            (
                .popBeforeSMTP, "dracd.allow", "255.0.0.0 10.0.0.0\n", ""
            ),
            (
                .mxOpenVMS, "site.mcp",
                "SET SMTP/NORELAY_ALLOWED/NOPERCENT_HACK\nSET ROUTER/NOPERCENT_HACK\nDEFINE INSIDE 0.0.0.0/NETMASK=0.0.0.0\nDEFINE INSIDE 0.0.0.0/NETMASK=128.0.0.0/REJECT\nDEFINE INSIDE 128.0.0.0/NETMASK=128.0.0.0/REJECT\n",
                ""
            ),
        ] as [(MailSystem, String, String, String)])
    func unreachable(_ system: MailSystem, _ name: String, _ text: String, _ access: String) throws {
        let files = [(name, text)] + (access.isEmpty ? [] : [("etc/mail/access", access)])
        let audit = try audit(system, files, release: system == .mxOpenVMS ? "5.3" : nil)
        #expect(audit.findings.allSatisfy { $0.severity < .critical }, "\(audit.findings.map { "\($0.severity): \($0.message)" })\n\(audit.policy.text)")
        #expect(audit.verdict == .closed, "\(audit.imported.notes.opaque)")
    }

    @Test("strangers among the POP servers that DRAC believes are critical")
    func drac() throws {
        let audit = try audit(.popBeforeSMTP, [("dracd.allow", "0.0.0.0 0.0.0.0\n")])
        #expect(audit.findings.first?.id == "drac-everybody" && audit.verdict == .open)
    }

    @Test("a relayed sender that counts is critical")
    func senders() throws {
        for (features, key) in [("`relay_mail_from'", "From:anna@ours.test"), ("`relay_mail_from', `domain'", "From:ours.test")] {
            let mc = "FEATURE(`access_db')\nFEATURE(\(features))\n"
            let audit = try audit(.sendmail89, [("sendmail.mc", mc), ("etc/mail/access", "\(key)\tRELAY\n")])
            #expect(audit.findings.first?.id == "sendmail-relay-mail-from" && audit.verdict == .open)
        }
    }
}
