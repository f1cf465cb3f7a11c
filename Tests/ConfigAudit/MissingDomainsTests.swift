import ConfigAudit
import ConfigImport
import MailTypes
import Testing

private let now = Instant("2026-06-01T12:00:00Z")!

/// A configuration that says everything but which domains are local, and the verdict about strangers.
struct SilentConfiguration: CustomTestStringConvertible {
    var system: MailSystem
    var name: String
    var text: String
    var verdict: ConfigAudit.Verdict
    /// Findings besides the one about the domains, as far as they make the exit status 1.
    var others: [String] = []

    var testDescription: String { "\(system.rawValue): \(text.prefix(40))" }

    func audit(_ facts: ImportFacts = ImportFacts()) throws -> ConfigAudit {
        let source = ImportSource(held: [(name, Array(text.utf8))])
        return try ConfigAudit(ImportedConfiguration(system: system, source: source, facts: facts), at: now)
    }

    static let all: [SilentConfiguration] = [
        SilentConfiguration(system: .sendmail5, name: "sendmail.cf", text: "S0\nR$+\t$#tcp\nMtcp, P=[IPC]\n", verdict: .open, others: ["sendmail5-open"]),
        SilentConfiguration(
            system: .sendmail88, name: "sendmail.cf",
            text: "V7\nScheck_rcpt\nR$*\t$: $>3 $1\nR$+ < @ $=w . >\t$@ fine\nR$*\t$#error $@ 5.7.1 $: \"551 no\"\n", verdict: .open,
            others: ["sendmail88-percent-hack"]),
        SilentConfiguration(system: .sendmail89, name: "relay-domains", text: "10.77\n", verdict: .closed),
        SilentConfiguration(system: .popBeforeSMTP, name: "pop-before-smtp-conf.pl", text: "$grace = 10*60;\n", verdict: .closed, others: ["pop-skips-checks"]),
        SilentConfiguration(system: .iPass, name: "ipass.feed", text: "anna 192.0.2.7 2026-06-01\n", verdict: .closed),
        SilentConfiguration(
            system: .worldMail, name: "access.txt", text: "[SMTP Relay (Non-Local Only)]\nDefault = Denied Access\nAllow = 10.1.0.0/255.255.0.0\n",
            verdict: .closed),
        SilentConfiguration(
            system: .exchange55, name: "ims.reg",
            text: "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC\\Parameters]\n\"RelayFlags\"=dword:00000008\n",
            verdict: .closed, others: ["exchange55-encapsulated-unknown"]),
        SilentConfiguration(
            system: .iisSMTP, name: "relay.txt", text: "[Relay Restrictions]\nMode = only-listed\nRelayForAuth = 0\nEntry = 10.1.2.3\n",
            verdict: .closed),
        SilentConfiguration(system: .groupWiseGWIA, name: "gwia.cfg", text: "[SMTP Relay]\nDefault = Prevent message relaying\n", verdict: .closed),
        SilentConfiguration(system: .groupWiseGWSMTP, name: "gwsmtp.cfg", text: "/NOROUTING\n", verdict: .closed, others: ["gwsmtp-own-clients"]),
        SilentConfiguration(system: .mercury, name: "mercury.ini", text: "[MercuryS]\nRelay : 0\nStrict_Relay : 1\n", verdict: .closed),
        SilentConfiguration(system: .mercury, name: "mercury.ini", text: "[MercuryS]\nRelay : 0\n", verdict: .open, others: ["mercury-local-sender"]),
        SilentConfiguration(
            system: .mxOpenVMS, name: "site.mcp", text: "SET SMTP/NORELAY_ALLOWED\nDEFINE INSIDE_NETWORK_ADDRESS 127.0.0.1\n",
            verdict: .closed, others: ["mx-router-percent-hack"]),
        SilentConfiguration(system: .ntMail, name: "ntmail.txt", text: "[SMTP]\nOnlyAcceptLocalMail = 1\n", verdict: .closed),
        SilentConfiguration(
            system: .dominoR4, name: "notes.ini", text: "SMTPMTA_REJECT_RELAYS=1\nSMTPMTA_RELAY_FORWARDS=1\n", verdict: .closed),
        SilentConfiguration(
            system: .dominoR4, name: "notes.ini", text: "SMTPMTA_REJECT_RELAYS=1\nSMTPMTA_RELAY_FORWARDS=1\nSMTPMTA_ALLOW_KNOWN_DOMAINS=1\n",
            verdict: .open, others: ["domino-r4-known-domains"]),
        SilentConfiguration(
            system: .dominoConfiguration, name: "configuration.txt", text: "DenyFrom = *\nEnforcement = All connecting hosts\n",
            verdict: .closed),
        SilentConfiguration(system: .quickMail, name: "quickmail.txt", text: "[SMTP Domain]\nRelaying = none\n", verdict: .closed),
        SilentConfiguration(
            system: .quickMail, name: "quickmail.txt", text: "[SMTP Domain]\nRelaying = local-senders\n", verdict: .open,
            others: ["quickmail-local-senders"]),
        SilentConfiguration(
            system: .appleShareIP, name: "mail.txt", text: "[Default Host Profile]\nDeliverToLocalOnly = 1\n", verdict: .open,
            others: ["appleshare-local-sender"]),
    ]
}

@Suite("local domains that nobody named")
struct MissingDomainsTests {
    private static let id = "local-domains-not-known"

    @Test("are one note with what to type next, and the verdict about strangers is true without them", arguments: SilentConfiguration.all)
    func note(_ silent: SilentConfiguration) throws {
        let audit = try silent.audit()
        #expect(audit.verdict == silent.verdict)
        #expect(audit.imported.notes.opaque.isEmpty)
        let finding = try #require(audit.findings.first { $0.id == Self.id })
        #expect(finding.severity == .note)
        let fix = try #require(finding.fix)
        #expect(fix.contains("{\"localDomains\": [\"ours.example\"]}"))
        #expect(fix.contains("gatepost audit \(silent.system.rawValue) PATH --facts facts.json"))
        #expect(audit.findings.filter { $0.severity > .note }.map(\.id) == silent.others)
    }

    @Test("are no matter where the facts name them, or say that there are none", arguments: SilentConfiguration.all)
    func facts(_ silent: SilentConfiguration) throws {
        var facts = ImportFacts()
        facts.localDomains = Domain("ours.test").map { [$0] }
        let audit = try silent.audit(facts)
        #expect(!audit.findings.contains { $0.id == Self.id })
        #expect(audit.policy.policy.local.entry(for: Domain("ours.test")!) != nil, "\(audit.policy.text)")
        facts.localDomains = []
        #expect(try !silent.audit(facts).findings.contains { $0.id == Self.id })
    }

    @Test("every system has one of these")
    func complete() {
        #expect(Set(SilentConfiguration.all.map(\.system)).union([.receiveConnector]) == Set(MailSystem.allCases))
    }

    @Test("a listing of receive connectors without accepted domains")
    func receiveConnectors() throws {
        let text = "New-ReceiveConnector -Name Inner -Bindings 0.0.0.0:25 -RemoteIPRanges 10.0.0.0/8 -PermissionGroups AnonymousUsers\n"
        let audit = try SilentConfiguration(system: .receiveConnector, name: "a.ps1", text: text, verdict: .closed).audit()
        #expect(audit.findings.filter { $0.id == Self.id }.map(\.severity) == [.note])
        #expect(audit.verdict == .closed)
    }
}
