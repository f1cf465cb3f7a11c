import ConfigImport
import Testing
import TestSupport

@Suite("AppleShare IP 6: policy and emulation")
struct AppleShareAgreementTests {
    @Test("agree on random configurations", arguments: Agreement.seeds(50))
    func agree(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        func flag(_ name: String) -> String { "\(name) = \(Bool.random(using: &random) ? 1 : 0)" }
        var lines = ["[Server]", "Domain = ours.test"]
        if Bool.random(using: &random) { lines.append("Domain = also-ours.test") }
        for section in ["Default Host Profile", "Host partner.test", "Host spam.test", "Host ours.test", "Host PARTNER.test"]
        where Bool.random(using: &random) {
            lines.append("[\(section)]")
            lines.append(flag("Deliver to local only"))
            if Int.random(in: 0...2, using: &random) == 0 { lines.append(flag("RejectAllMail")) }
            if Int.random(in: 0...4, using: &random) == 0 { lines.append("RelayAllMailVia = smart.test") }
        }
        lines.append("[Mail In]")
        if Bool.random(using: &random) { lines.append(flag("RequireLocalFromInUsersAndGroups")) }
        if Int.random(in: 0...3, using: &random) == 0 { lines.append(flag("RejectIfHostNotInHostList")) }
        lines.append("[Anti-Spam]")
        if Bool.random(using: &random) { lines.append(flag("RejectIfNameDoesNotMatchAddress")) }
        var facts = ImportFacts()
        if Bool.random(using: &random) { facts.users = ["anna", "bert"] }
        let world = RequestWorld(
            clients: ["192.0.2.1", "2001:db8::1"], further: ["-", "helo-true", "helo-false"],
            senders: [
                "<>", "anna@ours.test", "BERT@also-ours.test", "nobody@ours.test", "anna@sub.ours.test", "a@partner.test",
                "a@sub.partner.test", "a@spam.test", "a@new.test",
            ],
            recipients: RequestWorld.recipients(ours: ["ours.test"], foreign: ["victim.test"])
                + RequestWorld.hiddenElsewhere + ["u@also-ours.test", "u@partner.test"])
        try Agreement.check(
            .appleShareIP, ["mail.txt": lines.joined(separator: "\r")], facts: facts,
            on: world.requests(most: 400, &random), seed: seed)
    }
}
