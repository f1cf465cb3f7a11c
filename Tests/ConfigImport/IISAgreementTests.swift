import ConfigImport
import MailTypes
import Testing
import TestSupport

@Suite("IIS SMTP: policy and emulation")
struct IISAgreementTests {
    private static let entries: [(net: String, mask: String)] = [
        ("192.168.1.0", "255.255.255.0"), ("192.168.1.5", "255.255.255.255"), ("10.0.0.0", "255.0.0.0"),
        ("203.0.113.9", "255.255.255.255"), ("192.168.1.7", "255.255.255.0"), ("10.0.3.0", "255.0.255.0"),
    ]

    private static let world = RequestWorld(
        clients: [
            "192.168.1.0", "192.168.1.5", "192.168.1.255", "192.168.2.0", "10.255.255.255", "10.9.3.1", "11.0.0.0",
            "203.0.113.9", "203.0.113.8", "2001:db8::1",
        ],
        further: [
            "-", "login=anna", "name=mail.partner.test", "name=partner.test", "forged=partner.test", "name=xpartner.test",
            "temporary", "login=anna name=partner.test",
        ],
        senders: ["<>", "a@ours.test"],
        recipients: RequestWorld.recipients(
            ours: ["ours.test", "branch.test"], foreign: ["victim.test", "a.shop.test", "shop.test", "sub.ours.test"]))

    /// A client whose name cannot be looked up for now is nobody to IIS; a policy does not decide on what it does not
    /// know, and defers.
    private static func isExplained(_ request: RelayRequestText, _ text: String) -> Bool {
        request.further.contains("temporary") && text.contains("Domain = partner.test")
    }

    @Test("agree on random dialogs", arguments: 1...40)
    func agreeOnDialogs(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var lines: [String] = []
        for name in ["Relay Restrictions", "Connection Control"] where Int.random(in: 0...2, using: &random) > 0 {
            lines.append("[\(name)]")
            if Bool.random(using: &random) { lines.append("Mode = only-listed") }
            if Int.random(in: 0...3, using: &random) == 0 { lines.append("Mode = all-except-listed") }
            if name.hasPrefix("Relay"), Bool.random(using: &random) { lines.append("RelayForAuth = 0") }
            for (net, mask) in Self.entries where Int.random(in: 0...2, using: &random) == 0 {
                lines.append("Entry = \(net)/\(mask)")
            }
            if Int.random(in: 0...3, using: &random) == 0 { lines.append("Domain = partner.test") }
        }
        for domain in ["branch.test", "*.shop.test", "*"] where Int.random(in: 0...3, using: &random) == 0 {
            lines += ["[Remote Domain \(domain)]", "AllowIncomingMailToBeRelayed = \(Int.random(in: 0...1, using: &random))"]
        }
        lines.append("[Local Domain ours.test]")
        let text = lines.joined(separator: "\r\n")
        try Agreement.check(
            .iisSMTP, ["relay.txt": text], on: Self.world.requests(most: 200, &random),
            explained: { Self.isExplained($0, text) }, seed: seed)
    }

    @Test("agree on random metabases", arguments: 1...40)
    func agreeOnMetabases(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var attributes = ["DefaultDomain=\"ours.test\""]
        for name in ["RelayIpList", "IPSecurity"] where Int.random(in: 0...3, using: &random) > 0 {
            let entries = Self.entries.filter { _ in Int.random(in: 0...2, using: &random) == 0 }
            attributes.append("\(name)=\"\(Self.binary(entries, isGrant: Bool.random(using: &random)))\"")
        }
        if Bool.random(using: &random) { attributes.append("RelayForAuth=\"-1\"") }
        if Int.random(in: 0...3, using: &random) == 0 { attributes.append("AuthFlags=\"AuthBasic | AuthNTLM\"") }
        let action = [0, 1, 2, 16, 32, 64, 4096, 4098].randomElement(using: &random) ?? 0
        let text = """
            <IIsSmtpServer Location ="/LM/SmtpSvc/1"
            \(attributes.joined(separator: "\n"))
            ></IIsSmtpServer>
            <IIsSmtpDomain Location ="/LM/SmtpSvc/1/Domain/branch.test" RouteAction="\(action)"></IIsSmtpDomain>
            """
        try Agreement.check(.iisSMTP, ["MetaBase.xml": text], on: Self.world.requests(most: 200, &random), seed: seed)
    }

    /// One mask group for each entry, in hexadecimal.
    static func binary(_ entries: [(net: String, mask: String)], isGrant: Bool) -> String {
        let (denied, granted) = isGrant ? ([], entries) : (entries, [])
        func size(_ list: [(net: String, mask: String)]) -> Int { 8 + 20 * list.count }
        let grantedAt = 24 + size(denied)
        let namesAt = grantedAt + size(granted)
        var data: [UInt8] = []
        var sections: [UInt8] = []
        func number(_ value: Int, isOffset: Bool = false) -> [UInt8] {
            let bits = UInt32(value) | (isOffset ? 1 << 31 : 0)
            return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * $0)) }
        }
        for list in [denied, granted] {
            sections += number(list.count) + number(list.count)
            for (net, mask) in list {
                sections += number(2) + number(2) + number(4) + number(0) + number(namesAt + 16 + data.count, isOffset: true)
                data += (mask.split(separator: ".") + net.split(separator: ".")).compactMap { UInt8($0) }
            }
        }
        let body = sections + number(0) + number(0) + number(0) + number(0) + data
        let head =
            number(24, isOffset: true) + number(grantedAt, isOffset: true) + number(namesAt, isOffset: true)
            + number(namesAt + 8, isOffset: true) + number(1) + number(24 + body.count)
        return (head + body).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
