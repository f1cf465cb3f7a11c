import ConfigImport
import Testing
import TestSupport

@Suite("Exchange 5.5: policy and emulation")
struct Exchange55AgreementTests {
    private static let masks = [
        "192.168.17.0;255.255.255.0", "192.168.17.0;255.255.255.248", "192.168.17.8", "10.0.0.0;255.0.255.0",
        "203.0.113.9;255.255.255.255", "0.0.0.0;0.0.0.0", "192.168.17.1;255.255.255.0", "192.168.17.6;255.255.255.254",
    ]

    private static let world = RequestWorld(
        clients: [
            "192.168.17.0", "192.168.17.7", "192.168.17.8", "192.168.17.255", "192.168.18.0", "192.168.16.255", "10.9.0.5",
            "10.9.1.5", "203.0.113.9", "203.0.113.10", "2001:db8::1",
        ],
        further: ["local=192.168.17.8", "local=192.0.2.1", "local=192.0.2.1 login=anna", "-"],
        senders: ["<>", "a@ours.test", "a@other.test"],
        recipients: RequestWorld.recipients(
            ours: ["ours.test", "a.ours.test", "b.a.ours.test"], foreign: ["victim.test", "x.b.a.ours.test", "xours.test"])
            + [
                "\"IMCEASMTP-u+40victim.test\"@ours.test", "imceasmtp-u+40a.ours.test@ours.test", "IMCEASMTP-u@ours.test",
                "IMCEASMTP-IMCEASMTP-u+2B40victim.test+40ours.test@ours.test", "IMCEASMTP-u+25victim.test+40ours.test@ours.test",
                "a/b@ours.test",
            ])

    @Test("agree on random configurations", arguments: 1...40)
    func agree(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var files: [String: String] = [:]
        if Int.random(in: 0...9, using: &random) > 0 { files["ims.reg"] = Self.export(&random) }
        let table = Self.routingTable(&random)
        files["routing.txt"] = table
        var facts = ImportFacts()
        facts.release = [nil, "5.5 SP2", "5.5 SP3", "5.5.2653"].randomElement(using: &random) ?? nil
        try Agreement.check(
            .exchange55, files, facts: facts, on: Self.world.requests(most: 200, &random),
            explained: { Self.isExplained($0, table) }, seed: seed)
    }

    private static func isExplained(_ request: RelayRequestText, _ table: String) -> Bool {
        let recipient = request.recipient.lowercased()
        guard let start = recipient.firstRange(of: "imceasmtp-"), let at = recipient.lastIndex(of: "@") else { return false }
        let domain = recipient[recipient.index(after: at)...]
        // `resolve` is said for all domains: there is no word for "only at inbound names, and those below them". At a
        // name that is forwarded, or is not ours, Exchange leaves the form alone; the policy takes it apart or refuses.
        let isForwarded = table.split(separator: "\n").contains { row in
            let name = row.drop { $0 == "#" }.prefix { $0 != "\t" }
            return !row.hasSuffix("<inbound>") && (domain == name || domain.hasSuffix(".\(name)"))
        }
        return start.lowerBound < at && (isForwarded || !table.contains("\nours.test\t<inbound>"))
    }

    /// An export in one of the two encodings.
    private static func export(_ random: inout SeededRandom) -> String {
        let isWide = Bool.random(using: &random)
        var lines = [
            isWide ? "Windows Registry Editor Version 5.00" : "REGEDIT4", "",
            "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\MSExchangeIMC\\Parameters]",
        ]
        if Int.random(in: 0...5, using: &random) > 0 {
            lines.append("\"RelayFlags\"=dword:0000000\(String(Int.random(in: 0...15, using: &random), radix: 16))")
        }
        for name in ["RelayDenyList", "RelayAllowList", "RelayLocalIPList"] where Int.random(in: 0...3, using: &random) > 0 {
            let entries = masks.filter { _ in Int.random(in: 0...2, using: &random) == 0 }
            lines += list(name, entries, isWide: isWide)
        }
        return lines.joined(separator: "\r\n")
    }

    static func list(_ name: String, _ entries: [String], isWide: Bool) -> [String] {
        let text = entries.map { $0 + "\0" }.joined() + "\0"
        let bytes = text.utf8.flatMap { isWide ? [$0, 0] : [$0] }.map { byte in
            let digits = String(byte, radix: 16)
            return digits.utf8.count == 1 ? "0\(digits)" : digits
        }
        var lines: [String] = []
        var line = "\"\(name)\"=hex(7):"
        for (place, byte) in bytes.enumerated() {
            line += byte
            guard place < bytes.count - 1 else { break }
            line += ","
            if line.utf8.count > 75 {
                lines.append(line + "\\")
                line = "  "
            }
        }
        return lines + [line]
    }

    private static func routingTable(_ random: inout SeededRandom) -> String {
        var lines = ["# Routing page: reroute = \(Int.random(in: 0...5, using: &random) > 0 ? "yes" : "no")"]
        for name in ["ours.test", "a.ours.test", "b.a.ours.test", "victim.test"] {
            for mark in ["", "#"] where Int.random(in: 0...3, using: &random) > (mark.isEmpty && name == "ours.test" ? 0 : 1) {
                lines.append("\(mark)\(name)\t\(Bool.random(using: &random) ? "<inbound>" : "mx.test")")
            }
        }
        return lines.joined(separator: "\n")
    }
}
