import ConfigImport
import Testing
import TestSupport

@Suite("receive connectors: policy and emulation")
struct ReceiveConnectorAgreementTests {
    private static let ranges = [
        "10.3.0.0/16", "10.3.5.0/24", "10.3.5.7", "0.0.0.0-255.255.255.255", "192.168.5.10-192.168.5.20", "10.0.0.0(255.0.0.0)",
        "2001:db8::/32", "::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db8::5",
    ]
    private static let bindings = ["0.0.0.0:25", "[::]:25", "0.0.0.0:587", "192.0.2.1:25", "10.0.0.1:25", "[2001:db8::25]:25"]
    private static let groups = ["AnonymousUsers", "ExchangeUsers", "ExchangeServers"]
    private static let mechanisms = ["Tls", "BasicAuth", "ExternalAuthoritative", "ExchangeServer"]

    private static let world = RequestWorld(
        clients: [
            "10.3.5.7", "10.3.5.8", "10.3.6.0", "10.4.0.0", "11.0.0.0", "192.168.5.10", "192.168.5.20", "192.168.5.21",
            "203.0.113.9", "2001:db8::5", "2001:db8::6", "2001:db9::",
        ],
        further: [
            "local=192.0.2.1", "local=10.0.0.1", "local=198.51.100.1", "local=198.51.100.1 login=anna", "local=192.0.2.1 login=anna",
            "local=2001:db8::25", "local=2001:db8::26 login=anna",
        ],
        senders: ["<>", "a@ours.test"],
        recipients: RequestWorld.recipients(ours: ["ours.test", "branch.test"], foreign: ["victim.test", "a.branch.test", "sub.ours.test"]))

    /// A connection has both ends in one family, so these requests do not exist.
    private static func isImpossible(_ request: RelayRequestText) -> Bool {
        request.client.contains(":") != request.further.contains(":")
    }

    private static func some(_ values: [String], _ random: inout SeededRandom) -> [String] {
        let some = values.filter { _ in Int.random(in: 0...2, using: &random) == 0 }
        return some.isEmpty ? [values[Int.random(in: 0..<values.count, using: &random)]] : some
    }

    @Test("agree on random scripts", arguments: 1...40)
    func agreeOnScripts(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var lines = [
            "New-AcceptedDomain -Name a -DomainName ours.test -DomainType Authoritative",
            "New-AcceptedDomain -Name b -DomainName *.branch.test -DomainType InternalRelay",
        ]
        if Int.random(in: 0...9, using: &random) == 0 { lines.append("New-AcceptedDomain -Name c -DomainName * -DomainType ExternalRelay") }
        for number in 1...Int.random(in: 1...4, using: &random) {
            lines.append(
                "New-ReceiveConnector -Name \"c\(number)\" -Server EX0\(Int.random(in: 1...2, using: &random)) -Custom "
                    + "-Bindings \(Self.some(Self.bindings, &random).joined(separator: ",")) `\n  -RemoteIPRanges "
                    + Self.some(Self.ranges, &random).map { "\"\($0)\"" }.joined(separator: ","))
            let groups = Self.some(Self.groups, &random).joined(separator: ",")
            let mechanisms = Self.some(Self.mechanisms, &random).joined(separator: ", ")
            lines.append("Set-ReceiveConnector c\(number) -PermissionGroups \(groups) -AuthMechanism '\(mechanisms)'")
            for user in ["ANONYMOUS LOGON", "Authenticated Users"] {
                for right in ["Accept-Any-Recipient", "Submit"] where Int.random(in: 0...2, using: &random) == 0 {
                    let verb = Int.random(in: 0...4, using: &random) == 0 ? "Remove" : "Add"
                    let deny = Int.random(in: 0...4, using: &random) == 0 ? " -Deny:$true" : ""
                    lines.append(
                        "Get-ReceiveConnector c\(number) | \(verb)-ADPermission -User 'NT AUTHORITY\\\(user)' -ExtendedRights ms-Exch-SMTP-\(right)\(deny)")
                }
            }
            if Int.random(in: 0...5, using: &random) == 0 { lines.append("Set-ReceiveConnector c\(number) -Enabled $false") }
        }
        if Int.random(in: 0...3, using: &random) == 0 {
            lines.append("Set-ReceiveConnector 'Default Frontend EX01' -RemoteIPRanges @{Remove='::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'}")
        }
        try Agreement.check(
            .receiveConnector, ["relay.ps1": lines.joined(separator: "\n")],
            on: Self.world.requests(most: 200, &random).filter { !Self.isImpossible($0) }, seed: seed)
    }

    @Test("agree on random listings", arguments: 1...40)
    func agreeOnListings(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var lines = ["DomainName : ours.test", "DomainType : Authoritative", ""]
        var permissions: [String] = []
        for number in 1...Int.random(in: 1...4, using: &random) {
            lines += [
                "RunspaceId       : \(seed)",
                "AuthMechanism    : \(Self.some(Self.mechanisms, &random).joined(separator: ", "))",
                "Bindings         : {\(Self.some(Self.bindings, &random).joined(separator: ", "))}",
                "Enabled          : \(Int.random(in: 0...5, using: &random) > 0 ? "True" : "False")",
                "PermissionGroups : \(Self.some(Self.groups, &random).joined(separator: ", "))",
                "RemoteIPRanges   : {\(Self.some(Self.ranges, &random).joined(separator: ",\n                   "))}",
                "Identity         : EX01\\c\(number)", "",
            ]
            if Bool.random(using: &random) {
                permissions += [
                    "Identity       : EX01\\c\(number)", "User           : NT AUTHORITY\\ANONYMOUS LOGON", "Deny           : False",
                    "ExtendedRights : {ms-Exch-SMTP-Accept-Any-Recipient}", "",
                ]
            }
        }
        try Agreement.check(
            .receiveConnector,
            ["all.txt": lines.joined(separator: "\r\n"), "permissions.txt": permissions.joined(separator: "\r\n")],
            on: Self.world.requests(most: 200, &random).filter { !Self.isImpossible($0) }, seed: seed)
    }
}
