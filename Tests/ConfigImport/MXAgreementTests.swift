import ConfigImport
import Foundation
import MailTypes
import TestSupport
import Testing

@Suite("MX for OpenVMS: policy and emulation")
struct MXAgreementTests {
    /// More on demand: `AGREEMENT_SEEDS=3000 swift test`.
    static let seeds = 1...(ProcessInfo.processInfo.environment["AGREEMENT_SEEDS"].flatMap(UInt64.init) ?? 40)

    static let requests = seeds.count > 100 ? 400 : 50

    @Test("agree on random configurations", arguments: seeds)
    func agree(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var facts = ImportFacts()
        facts.release = ["4.2", "5.0", "5.1", "5.2", "5.3", "5.3", "6.0"].randomElement(using: &random)
        facts.hostName = ["mail.company.test", "vax.test", "mx.dept.company.test"].compactMap { Domain($0) }.randomElement(
            using: &random)
        facts.tcpipHostName = Bool.random(using: &random) ? Domain("node1.net.other.test") : nil
        let world = RequestWorld(
            clients: [
                "10.10.10.0", "10.10.10.16", "10.10.10.100", "10.10.10.101", "10.10.10.255", "10.10.11.0", "10.10.20.37",
                "10.10.20.38",
                "203.0.113.9", "2001:db8::1",
            ],
            further: ["-", "login=anna"],
            senders: [
                "<>", "a@company.test", "a@mail.company.test", "a@deep.sub.company.test", "a@vax.test", "a@ours.test",
                "a@sub.ours.test",
                "a@eviltheirs.test", "a@theirs.test", "a@victim.test", "a@spam.test", "friend@public.test", "a@net.other.test",
                "a@old.test",
            ],
            recipients: RequestWorld.recipients(ours: ["ours.test", "company.test", "old.test"], foreign: ["victim.test"])
                + [
                    "u@sub.ours.test", "u@vax.test", "u@mail.company.test", "u@x.company.test", "u@eviltheirs.test",
                    "u@theirs.test",
                    "u@node.decnet.test", "u@h.old.test", "abuse@victim.test", "abuse@ours.test", "u@net.other.test",
                ])
        try Agreement.check(
            .mxOpenVMS, ["SITE.MCP": Self.configuration(&random)], facts: facts, on: world.requests(most: Self.requests, &random),
            seed: seed)
    }

    /// Commands as people and `SHOW/COMMAND` write them.
    private static func configuration(_ random: inout SeededRandom) -> String {
        func maybe(_ line: String, _ random: inout SeededRandom) -> [String] { Bool.random(using: &random) ? [line] : [] }
        var lines = ["! site"]
        if Int.random(in: 0...5, using: &random) > 0 {
            lines += [
                ["SET SMTP/NORELAY_ALLOWED", "set smtp -", "  /norel -  ! no relay", "  /accounting"], ["SET SMTP/NORELAY"],
            ].randomElement(using: &random)!
        }
        lines += maybe("SET SMTP/NOPERCENT_HACK", &random) + maybe("SET SMTP/AUTHENTICATION=(CRAM_MD5,PLAIN)", &random)
        lines += maybe("SET ROUTER/NOPERCENT", &random)
        for domain in ["ours.test", "*.ours.test", "*theirs.test", "vax.test", "COMPANY.TEST"] {
            lines += maybe("DEFINE LOCAL_DOMAIN \(domain)", &random)
        }
        if Int.random(in: 0...40, using: &random) == 0 { lines.append("DEFINE LOCAL *") }
        let networks = [
            "10.10.10.0/NETMASK=255.255.255.0", "10.10.10.100", "10.10.10.16/NETMASK=255.255.255.240", "10.10.20.37",
            "10.10/NET=255.255.0.0",
            "203.0.113.9", "10.10.10.101 /NETMASK=255.255.255.255", "10.10.11.1/NETMASK=255.255.255.0",
        ]
        for network in networks.shuffled(using: &random) where Int.random(in: 0...2, using: &random) == 0 {
            lines.append(
                "DEFINE INSIDE_NETWORK_ADDRESS \(network)\(["", " /REJECT", "/RELAY_ALLOWED", ""].randomElement(using: &random)!)"
            )
        }
        lines += maybe("MODIFY INSIDE 10.10.20.37/REJECT", &random) + maybe("REMOVE INSIDE 10.10.10.100", &random)
        let paths = [
            "ours.test LOCAL", "\"*.ours.test\" Local", "\"*.decnet.test\" DECNET_SMTP", "old.test SITE", "\"*\" SMTP",
            "\"*.other.test\" SMTP/ROUTE=\"gw\"",
        ]
        for path in paths.shuffled(using: &random) { lines += maybe("DEFINE PATH \(path)", &random) }
        lines += maybe("DEFINE REWRITE_RULE \"<{user}@old.test>\" \"<{user}@ours.test>\"", &random)
        lines += maybe("DEFINE REWRITE \"<{user}@{host}.old.test>\" \"<@vax.test:{user}@{host}.x.test>\"", &random)
        let rules = [
            "*@spam.test", "\"*@spam.test\" \"abuse@*\"/ACCEPT", "\"<>\" \"*@victim.test\"/ADDRESS=\"203.*\"",
            "friend@* /MESSAGE=\"no \"\"friends\"\"\"",
            "* *@ours.test/ADDRESS=10.10.10.1%%", "*theirs.test", "* \"*.ours.test\" /ACCEPT=REWRITE:\"x@vax.test\"",
            "* *ours.test",
            "\"@.*theirs\\.test>$\" /REGEX", "\"@victim\\.test>$\" \"^<abuse@\" /REGEX", "victim.test",
            "/HEADER \"Subject: *money*\"",
        ]
        for rule in rules.shuffled(using: &random) where Int.random(in: 0...3, using: &random) == 0 {
            lines.append("ADD REJECTION \(rule)")
        }
        lines += maybe("DELETE REJECTION/ID=1", &random)
        return lines.joined(separator: Bool.random(using: &random) ? "\r\n" : "\n")
    }
}
