import ConfigImport
import Testing
import TestSupport

@Suite("Mercury: policy and emulation")
struct MercuryAgreementTests {
    @Test("agree on random configurations", arguments: Agreement.seeds(40))
    func agree(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let addresses = [
            "192.168.10.0", "192.168.10.7", "192.168.10.5 - 192.168.10.9", "192.168.10.8-192.168.11.0", "192.168.0.0", "10.0.0.0",
            "203.0.113.9", "0.0.0.0",
        ].shuffled(using: &random)
        var lines = ["[Domains]", "server : ours.test", "[MercuryS]"]
        lines.append("Relay : \(Int.random(in: 0...5, using: &random) == 0 ? 1 : 0)")
        if Bool.random(using: &random) { lines.append("Strict_Relay : 1") }
        if Bool.random(using: &random) { lines.append("SMTP_Authentication : 1") }
        for address in addresses where Bool.random(using: &random) {
            lines.append("\(Bool.random(using: &random) ? "Allow" : "Refuse") : \(address)  # \(seed)")
        }
        var facts = ImportFacts()
        facts.release = Bool.random(using: &random) ? "2.16" : "4.01"
        // An alias is taken from everybody, wherever it ends, and may itself be of a domain that is not local.
        facts.aliases = ["boss": "boss@elsewhere.test", "info@ours.test": "anna@ours.test", "list@partner.test": "anna@ours.test"]
        let world = RequestWorld(
            clients: [
                "192.168.10.7", "192.168.10.8", "192.168.11.0", "192.167.255.255", "10.255.255.255", "11.0.0.0", "203.0.113.9",
                "203.0.113.10", "2001:db8::1",
            ],
            further: ["-", "login=anna"], senders: ["<>", "a@ours.test", "a@other.test", "a@sub.ours.test"],
            recipients: RequestWorld.recipients(ours: ["ours.test"], foreign: ["victim.test"])
                + RequestWorld.hiddenElsewhere
                + ["boss@ours.test", "info@ours.test", "list@partner.test", "other@partner.test"])
        try Agreement.check(
            .mercury, ["mercury.ini": lines.joined(separator: "\r\n")], facts: facts,
            on: world.requests(most: 400, &random), seed: seed)
    }
}
