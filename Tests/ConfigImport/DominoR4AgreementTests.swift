import ConfigImport
import Testing
import TestSupport

@Suite("Domino R4: policy and emulation")
struct DominoR4AgreementTests {
    @Test("agree on random configurations", arguments: Agreement.seeds(40))
    func agree(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let variables = [
            "SMTPMTA_REJECT_RELAYS", "SMTPMTA_RELAY_FORWARDS", "SMTPMTA_ALLOW_KNOWN_DOMAINS",
            "SMTP_OCH_REJECT_SMTP_ORIGINATED_MESSAGES", "SMTPMTA_OCH_REJECT_SMTP_ORIGINATED_MESSAGES",
            "SMTPMTA_HELO_DOMAIN_VERIFY",
        ]
        var lines = ["[Notes]", "KitType=2", "Directory=c:\\notes\\data"]
        for variable in variables where Bool.random(using: &random) {
            lines.append("\(Bool.random(using: &random) ? variable : variable.lowercased())=\(Int.random(in: 0...3, using: &random) == 0 ? 0 : 1)")
        }
        var files = ["notes.ini": ""]
        if Bool.random(using: &random) {
            lines.append("SMTPMTA_DENIED_DOMAINS=c:\\notes\\data\\denied.txt")
            files["denied.txt"] = "bad.test\r\nworse.test\r\n"
        }
        files["notes.ini"] = lines.joined(separator: "\r\n")
        var facts = ImportFacts()
        facts.localDomains = ["ours.test", "also-ours.test"].compactMap { .init($0) }
        facts.release = [nil, "4.6.1", "4.6.2a", "4.6.7"].randomElement(using: &random)!
        facts.aliases = ["fred": "fred@elsewhere.test", "home@ours.test": "anna@also-ours.test", "gone@ours.test": "x@elsewhere.test"]
        let world = RequestWorld(
            clients: ["192.0.2.1", "10.0.0.1", "2001:db8::1"], further: ["-", "helo-true", "helo-false", "login=anna"],
            senders: ["<>", "a@ours.test", "a@also-ours.test", "a@sub.ours.test", "a@other.test", "a@bad.test", "a@sub.bad.test"],
            recipients: RequestWorld.recipients(ours: ["ours.test"], foreign: ["victim.test"])
                + RequestWorld.hiddenElsewhere
                + ["fred@ours.test", "fred@also-ours.test", "home@ours.test", "gone@ours.test", "gone@also-ours.test", "fred@victim.test"])
        try Agreement.check(.dominoR4, files, facts: facts, on: world.requests(most: 400, &random), seed: seed)
    }
}
