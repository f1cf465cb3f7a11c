import ConfigImport
import Testing
import TestSupport

@Suite("QuickMail Pro: policy and emulation")
struct QuickMailAgreementTests {
    @Test("agree on random configurations", arguments: Agreement.seeds(30))
    func agree(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var lines = ["[SMTP Domain]", "Domain = ours.test"]
        if Bool.random(using: &random) { lines.append("domain=also-ours.test") }
        if let relaying = ["none", "local-senders", "Listed-Addresses", "all", nil].randomElement(using: &random)! {
            lines.append("Relaying = \(relaying)")
        }
        for address in ["192.168.10.0/24", "10.0.0.1", "203.0.113.9 - 203.0.113.12"] where Bool.random(using: &random) {
            lines.append("Address = \(address)")
        }
        let world = RequestWorld(
            clients: [
                "192.168.9.255", "192.168.10.0", "192.168.10.255", "10.0.0.1", "10.0.0.2", "203.0.113.8", "203.0.113.12", "2001:db8::1",
            ],
            further: ["-", "login=anna"], senders: ["<>", "a@ours.test", "a@also-ours.test", "a@sub.ours.test", "a@other.test"],
            recipients: RequestWorld.recipients(ours: ["ours.test"], foreign: ["victim.test"])
                + RequestWorld.hiddenElsewhere + ["u@also-ours.test"])
        try Agreement.check(
            .quickMail, ["quickmail.txt": lines.joined(separator: "\r")], on: world.requests(most: 400, &random), seed: seed)
    }
}
