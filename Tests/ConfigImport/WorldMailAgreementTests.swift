import ConfigImport
import MailTypes
import Testing
import TestSupport

@Suite("WorldMail: policy and emulation")
struct WorldMailAgreementTests {
    @Test("agree on random configurations", arguments: 1...40)
    func agree(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let addresses = [
            "192.168.10.0/24", "192.168.10.7", "192.168.0.0/255.255.0.0", "10.0.0.0/255.0.255.0", "203.0.113.9-203.0.113.12",
            "0.0.0.0/0", "192.168.10.7/255.255.255.0",
        ]
        var lines: [String] = []
        for name in ["SMTP Relay (Non-Local Only)", "SMTP", "POP3"] where Int.random(in: 0...3, using: &random) > 0 {
            lines.append("[\(name)]")
            let word = Bool.random(using: &random) ? "Allowed" : "Denied"
            if Int.random(in: 0...3, using: &random) > 0 { lines.append("Default = \(word) Access") }
            for address in addresses where Int.random(in: 0...2, using: &random) == 0 {
                lines.append("\(Bool.random(using: &random) ? "Allow" : "Deny") = \(address) ; \(seed)")
            }
        }
        var facts = ImportFacts()
        facts.localDomains = [Domain("ours.test")].compactMap { $0 }
        let world = RequestWorld(
            clients: [
                "192.168.10.7", "192.168.10.8", "192.168.11.0", "192.167.255.255", "10.255.0.255", "10.255.1.0", "203.0.113.8",
                "203.0.113.9", "203.0.113.12", "203.0.113.13", "2001:db8::1",
            ],
            further: ["-", "login=anna", "name=pc.ours.test"], senders: ["<>", "a@ours.test", "a@other.test"],
            recipients: RequestWorld.recipients(ours: ["ours.test"], foreign: ["victim.test", "sub.ours.test"]))
        try Agreement.check(
            .worldMail, ["access.txt": lines.joined(separator: "\r\n")], facts: facts,
            on: world.requests(most: 200, &random), seed: seed)
    }
}
