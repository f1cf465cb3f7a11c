import ConfigImport
import Foundation
import MailTypes
import TestSupport
import Testing

@Suite("GroupWise and NTMail: policy and emulation")
struct GroupWiseAgreementTests {
    /// More on demand: `AGREEMENT_SEEDS=3000 swift test`.
    static let seeds = 1...(ProcessInfo.processInfo.environment["AGREEMENT_SEEDS"].flatMap(UInt64.init) ?? 20)
    static let requests = seeds.count > 100 ? 200 : 40

    private static let clients = [
        "192.0.2.10", "192.0.2.11", "10.1.0.0", "10.1.255.255", "10.2.0.0", "10.2.7.9", "10.2.8.0", "198.51.100.66",
        "203.0.113.9", "2001:db8::1",
    ]
    private static let entries = [
        "192.0.2.10", "10.1.0.0/16", "10.2.[2-7].*", "10.1.*.*", "192.0.2.9-192.0.2.10", "scanner.ours.test", "*.branch.test",
        "*", "2001:db8::1",
        "branch.test",
    ]

    private static func world() -> RequestWorld {
        RequestWorld(
            clients: clients,
            further: [
                "-", "login=anna", "name=scanner.ours.test", "name=a.branch.test", "forged=scanner.ours.test", "temporary",
            ],
            senders: ["<>", "a@ours.test", "a@other.test"],
            recipients: RequestWorld.recipients(ours: ["ours.test", "branch.test"], foreign: ["victim.test"]) + [
                "u@victim.test@ours.test", "u@x.branch.test", "u%victim.test@x.branch.test", "victim.test!u@victim.test",
            ])
    }

    private static func facts(_ releases: [String?], _ random: inout SeededRandom) -> ImportFacts {
        var facts = ImportFacts()
        facts.release = releases.randomElement(using: &random)!
        facts.localDomains = [Domain("ours.test")!]
        return facts
    }

    @Test("GWIA: agree on random configurations", arguments: seeds)
    func gwia(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var files = ["gwia.cfg": "--home /mail\n"]
        if Int.random(in: 0...4, using: &random) == 0 { files["gwia.cfg"]! += "/NOROUTING\n" }
        if Int.random(in: 0...4, using: &random) == 0 { files["gwia.cfg"]! += "--forceinboundauth\n" }
        if Int.random(in: 0...5, using: &random) > 0 {
            var lines = ["[SMTP Relay]"]
            if Int.random(in: 0...5, using: &random) > 0 {
                lines.append("Default = \(Bool.random(using: &random) ? "Prevent" : "Allow") message relaying")
            }
            for entry in Self.entries where Int.random(in: 0...3, using: &random) == 0 {
                lines.append("\(Bool.random(using: &random) ? "Allow" : "Prevent") = \(entry)")
            }
            files["relay.txt"] = lines.joined(separator: "\r\n")
        }
        if Bool.random(using: &random) {
            files["blocked.txt"] = ["198.51.100.66", "scanner.ours.test", "10.2.7.*"].filter { _ in Bool.random(using: &random) }
                .joined(separator: "\n")
        }
        let facts = Self.facts(["5.5", "6.5", "18", nil], &random)
        try Agreement.check(
            .groupWiseGWIA, files, facts: facts, on: Self.world().requests(most: Self.requests, &random), seed: seed)
    }

    @Test("GWSMTP: agree on random configurations", arguments: 1...6)
    func gwsmtp(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let text = ["/home-f:\\d", "/NOROUTING", "-norouting ; no", "/log-x"].filter { _ in Bool.random(using: &random) }.joined(
            separator: "\r\n")
        let facts = Self.facts([nil], &random)
        try Agreement.check(
            .groupWiseGWSMTP, ["GWSMTP.CFG": text], facts: facts, on: Self.world().requests(most: Self.requests, &random),
            seed: seed)
    }

    @Test("NTMail: agree on random configurations", arguments: seeds)
    func ntMail(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var lines = ["[SMTP]"]
        if Int.random(in: 0...5, using: &random) > 0 {
            lines.append("OnlyAcceptLocalMail = \(Int.random(in: 0...4, using: &random) == 0 ? 0 : 1)")
        }
        for entry in Self.entries where Int.random(in: 0...3, using: &random) == 0 && entry != "*" {
            lines.append("TreatAsLocal = \(entry)")
        }
        let facts = Self.facts(["2.0", "3.03", "4.0", nil], &random)
        try Agreement.check(
            .ntMail, ["ntmail.txt": lines.joined(separator: "\r\n")], facts: facts,
            on: Self.world().requests(most: Self.requests, &random), seed: seed)
    }
}
