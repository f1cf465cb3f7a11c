import ConfigImport
import Testing
import TestSupport

@Suite("Domino 5 and later: policy and emulation")
struct DominoConfigurationAgreementTests {
    private static let hosts = [
        "[192.0.2.*]", "[192.0.2.7]", "[10.0.0.0/8]", "[198.51.100.5-9]", "[192.168.1-3.*]", "[172.16.*.9]", "partner.test",
        ".branch.test", "Friends",
    ]
    private static let destinations = ["xyz.test", "@exact.test", ".below.test", "@other.test"]
    private static let mailboxes = ["bad.test", "@other.test", ".below.test", "a@new.test", "ours.test"]

    private static func line(_ name: String, _ pool: [String], _ random: inout SeededRandom, star: Int) -> String? {
        guard Bool.random(using: &random) else { return nil }
        var entries = pool.filter { _ in Int.random(in: 0...2, using: &random) == 0 }
        if Int.random(in: 0..<star, using: &random) == 0 { entries.append("*") }
        return "\(name) = \(entries.joined(separator: Bool.random(using: &random) ? "; " : ","))"
    }

    @Test("agree on random configurations", arguments: Agreement.seeds(60))
    func agree(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var lines = ["LocalDomains = ours.test; *.ours.test", "Group Friends = [203.0.113.5]; mail.friend.test"]
        let relay = [("AllowFrom", 12), ("DenyFrom", 4), ("ExcludedHosts", 20)]
        lines += relay.compactMap { Self.line($0, Self.hosts, &random, star: $1) }
        lines += [("AllowTo", 12), ("DenyTo", 4)].compactMap { Self.line($0, Self.destinations, &random, star: $1) }
        if Int.random(in: 0...2, using: &random) == 0 {
            lines += [("AllowConnections", 3), ("DenyConnections", 9)].compactMap { Self.line($0, Self.hosts, &random, star: $1) }
            lines += ["AllowSenders", "DenySenders", "DenyRecipients"].compactMap { Self.line($0, Self.mailboxes, &random, star: 5) }
        }
        if Int.random(in: 0...5, using: &random) == 0 { lines.append("VerifyConnectingHostName = Enabled") }
        if Bool.random(using: &random) { lines.append("AuthenticatedUsers: Allow all authenticated users to relay") }
        if let scope = ["External hosts", "All connecting hosts", "None", nil, nil].randomElement(using: &random)! {
            lines.append("Perform Anti-Relay enforcement for these connecting hosts: = \(scope)")
        }
        var files = ["configuration.txt": lines.joined(separator: "\n")]
        if Bool.random(using: &random) { files["notes.ini"] = "[Notes]\r\nSMTPRelayHostsandDomains=\(Int.random(in: 0...1, using: &random))\r\n" }
        var facts = ImportFacts()
        facts.release = [nil, "5.0.5", "5.0.12", "6.5", "12.0"].randomElement(using: &random)!
        let world = RequestWorld(
            clients: [
                "192.0.2.7", "192.0.2.255", "192.0.3.0", "10.255.255.255", "198.51.100.4", "198.51.100.5", "198.51.100.9",
                "192.168.1.0", "192.168.3.255", "192.168.4.0", "172.16.44.9", "172.16.44.10", "203.0.113.5", "2001:db8::1",
            ],
            further: [
                "-", "login=anna", "name=host.ours.test", "name=ours.test", "name=partner.test", "name=mx.branch.test",
                "name=branch.test", "name=notpartner.test", "name=mail.friend.test",
            ],
            senders: ["<>", "a@ours.test", "a@bad.test", "a@verybad.test", "a@other.test", "a@new.test", "b@new.test"],
            recipients: RequestWorld.recipients(ours: ["ours.test"], foreign: ["victim.test", "xyz.test"]) + [
                "u@sub.ours.test", "u@uvwxyz.test", "u@a.xyz.test", "u@exact.test", "u@a.exact.test", "u@below.test",
                "u@a.below.test", "u@other.test", "a@new.test",
            ])
        try Agreement.check(
            .dominoConfiguration, files, facts: facts, on: world.requests(most: 400, &random), seed: seed)
    }
}
