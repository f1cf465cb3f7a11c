import ConfigImport
import MailTypes
import PolicyLanguage
import Testing

@Suite("receive connectors: scripts and listings")
struct ReceiveConnectorReadingTests {
    private static func read(_ text: String) throws -> (model: ReceiveConnectorModel, notes: ImportNotes) {
        var notes = ImportNotes()
        let source = ImportSource(paths: ["a.ps1"]) { _ in .success(Array(text.utf8)) }
        return (try ReceiveConnectorImporter.model(of: source, facts: ImportFacts(), notes: &notes), notes)
    }

    private static func relay(_ text: String) throws -> ReceiveConnectorModel.Connector {
        let (model, notes) = try read("New-ReceiveConnector Relay -Bindings 0.0.0.0:25 -RemoteIPRanges 10.0.0.1\n" + text)
        #expect(notes.opaque.isEmpty, "\(notes.opaque)")
        return try #require(model.connectors.first)
    }

    private static func texts(_ connector: ReceiveConnectorModel.Connector) -> [String] {
        connector.ranges.map { $0.value.description }
    }

    @Test("ways to say which clients a connector is for", arguments: [
        ("Set-ReceiveConnector Relay -RemoteIPRanges 10.0.0.2", "10.0.0.2"),
        ("set-receiveconnector -identity \"EX01\\relay\" -remoteipranges:10.0.0.2", "10.0.0.2"),
        ("Set-ReceiveConnector Relay -RemoteIPRanges 10.0.0.2, `\n  '10.1.0.0/16'", "10.0.0.2 10.1.0.0/16"),
        ("Set-ReceiveConnector Relay -RemoteIPRanges 10.0.0.2,\n\n  10.0.0.4-10.0.0.5 # two", "10.0.0.2 10.0.0.4/31"),
        ("Set-ReceiveConnector Relay -RemoteIPRanges @('10.0.0.2','10.0.0.9')", "10.0.0.2 10.0.0.9"),
        ("Set-ReceiveConnector Relay -RemoteIPRanges \"10.0.0.2,10.0.0.9\"", "10.0.0.2 10.0.0.9"),
        ("Set-ReceiveConnector Relay -RemoteIPRanges @{Add='10.0.0.2','10.0.0.3'}", "10.0.0.1 10.0.0.2 10.0.0.3"),
        ("Set-ReceiveConnector Relay -RemoteIPRanges @{Add=\"10.0.0.2\"; Remove='10.0.0.1'}", "10.0.0.2"),
        ("$r = '10.0.0.2', '10.0.0.3'\n$r += '10.0.0.4'; Set-ReceiveConnector Relay -RemoteIPRanges $r", "10.0.0.2 10.0.0.3 10.0.0.4"),
        ("$c = Get-ReceiveConnector Relay\n$c.RemoteIPRanges += '10.0.0.2'\nSet-ReceiveConnector Relay -RemoteIPRanges $c.RemoteIPRanges",
            "10.0.0.1 10.0.0.2"),
        ("$c = Get-ReceiveConnector Relay\n$c.RemoteIPRanges+='10.0.0.2'\nSet-ReceiveConnector $c.Identity -RemoteIPRanges $c.RemoteIPRanges",
            "10.0.0.1 10.0.0.2"),
        ("<# Set-ReceiveConnector Relay -RemoteIPRanges 0.0.0.0/0 #>", "10.0.0.1"),
        ("# Set-ReceiveConnector Relay -RemoteIPRanges 0.0.0.0/0", "10.0.0.1"),
        ("Write-Host \"Set-ReceiveConnector Relay -RemoteIPRanges 0.0.0.0/0\"", "10.0.0.1"),
        ("Set-ReceiveConnector Relay -RemoteIPRanges '10.0.0.0(255.255.255.0)'", "10.0.0.0/24"),
    ])
    func ranges(text: String, ranges: String) throws {
        #expect(Self.texts(try Self.relay(text)).joined(separator: " ") == ranges)
    }

    @Test("a connector is made once; one that was removed can be made again")
    func names() throws {
        let new = "New-ReceiveConnector Relay -Bindings 0.0.0.0:25 -RemoteIPRanges "
        let (twice, notes) = try Self.read(new + "10.0.0.1\n" + new + "10.0.0.2\n")
        #expect(twice.connectors.first.map(Self.texts) == ["10.0.0.1"])
        #expect(notes.opaque.count == 1)
        let again = try Self.read(new + "10.0.0.1\nRemove-ReceiveConnector Relay\n" + new + "10.0.0.2\n")
        #expect(again.model.connectors.first.map(Self.texts) == ["10.0.0.2"])
        #expect(again.notes.opaque.isEmpty)
    }

    @Test("a connector is changed in the pipe that makes it")
    func pipe() throws {
        let (model, notes) = try Self.read(
            """
            New-ReceiveConnector -Name Relay -Custom -Bindings 0.0.0.0:25 -RemoteIPRanges 10.0.0.1 -PermissionGroups AnonymousUsers |
                Add-ADPermission -User "NT AUTHORITY\\ANONYMOUS LOGON" -ExtendedRights ms-Exch-SMTP-Accept-Any-Recipient | Out-Null
            """)
        #expect(notes.opaque.isEmpty, "\(notes.opaque)")
        #expect(model.connectors.first.map { $0.name == "Relay" && $0.anonymousMay(.anyRecipient) } == true)
    }

    @Test("a script that is cut off is not understood", arguments: [
        "Set-ReceiveConnector Relay -RemoteIPRanges \"10.0.0.2\nSet-ReceiveConnector Relay -Enabled $true",
        "Set-ReceiveConnector Relay -RemoteIPRanges @('10.0.0.2',\n'10.0.0.3'", "<# Set-ReceiveConnector Relay\n-RemoteIPRanges 0.0.0.0/0",
    ])
    func cutOff(text: String) throws {
        let (_, notes) = try Self.read("New-ReceiveConnector Relay -Bindings 0.0.0.0:25 -RemoteIPRanges 10.0.0.1\n" + text)
        #expect(notes.opaque.contains { $0.at.at?.line == 2 && $0.why.contains("never closed") })
    }

    @Test("of two connectors for the same clients at the same address it is not known which decides")
    func rivals() throws {
        let one = "New-ReceiveConnector A -Bindings 0.0.0.0:25 -RemoteIPRanges 10.0.0.1,10.1.0.0/16\n"
        let two = one + "New-ReceiveConnector B -Bindings 0.0.0.0:25 -RemoteIPRanges 10.1.0.0-10.1.255.255\n"
        #expect(try Self.read(two).notes.opaque.map(\.text) == ["B"])
        #expect(try Self.read(two + "Set-ReceiveConnector B -Bindings 0.0.0.0:26\n").notes.opaque.isEmpty)
        #expect(try Self.read(two + "Set-ReceiveConnector A -Enabled $false\n").notes.opaque.isEmpty)
        #expect(try Self.read(two.replacing("A -B", with: "A -Server x -B")).notes.opaque.isEmpty)
    }

    @Test("ways to give the right to relay", arguments: [
        ("Get-ReceiveConnector Relay | Add-ADPermission -User \"NT AUTHORITY\\ANONYMOUS LOGON\" -ExtendedRights Ms-Exch-SMTP-Accept-Any-Recipient", true),
        ("Get-ReceiveConnector Relay | Add-ADPermission -User 'ANONYMOUS LOGON' -AccessRights ExtendedRight -ExtendedRights ms-Exch-SMTP-Submit,ms-Exch-SMTP-Accept-Any-Recipient | Out-Null", true),
        ("Add-ADPermission Relay -User 'NT AUTHORITY\\ANONYMOUS LOGON' -ExtendedRights ms-exch-smtp-accept-any-recipient", true),
        ("$c = Get-ReceiveConnector Relay; $c | Add-ADPermission -User 'NT AUTHORITY\\ANONYMOUS LOGON' -ExtendedRights ms-exch-smtp-accept-any-recipient", true),
        ("Get-ReceiveConnector | Add-ADPermission -User 'NT AUTHORITY\\ANONYMOUS LOGON' -ExtendedRights ms-exch-smtp-accept-any-recipient", true),
        ("Get-ReceiveConnector Relay | Add-ADPermission -User 'NT AUTHORITY\\ANONYMOUS LOGON' -ExtendedRights ms-exch-smtp-accept-any-sender", false),
        ("Get-ReceiveConnector Relay | Add-ADPermission -User 'NT AUTHORITY\\ANONYMOUS LOGON' -ExtendedRights ms-exch-smtp-accept-any-recipient -Deny", false),
        ("Get-ReceiveConnector Relay | Add-ADPermission -User 'NT AUTHORITY\\Authenticated Users' -ExtendedRights ms-exch-smtp-accept-any-recipient", false),
        ("Set-ReceiveConnector Relay -AuthMechanism ExternalAuthoritative -PermissionGroups ExchangeServers", true),
        ("Set-ReceiveConnector Relay -AuthMechanism ExternalAuthoritative -PermissionGroups AnonymousUsers", false),
    ])
    func rights(text: String, mayRelay: Bool) throws {
        #expect(try Self.relay(text).anonymousMay(.anyRecipient) == mayRelay)
    }

    @Test("commands that may matter and are not understood", arguments: [
        "foreach ($i in 1..3) { Set-ReceiveConnector Relay -RemoteIPRanges 0.0.0.0/0 }",
        "if ($true) {\nSet-ReceiveConnector Relay -RemoteIPRanges 0.0.0.0/0\n}",
        "Set-ReceiveConnector Relay -RemoteIPRanges (Get-Content ips.txt)",
        "Set-ReceiveConnector Relay -RemoteIPRanges $unknown",
        "Set-ReceiveConnector Relay -RemoteIPRanges 10.0.0.0/33",
        "Set-ReceiveConnector Relay -RemoteIPRanges @{Ad='10.0.0.2'}",
        "Set-ReceiveConnector Relay -PermissionGroups Everyone",
        "Set-ReceiveConnector Relay -NewSwitch $true",
        "Set-ReceiveConnector Other -RemoteIPRanges 10.0.0.2",
        "Set-ReceiveConnector $unknown -RemoteIPRanges 10.0.0.2",
        "Get-ReceiveConnector Relay | Where { $_.Name } | Set-ReceiveConnector -Enabled $false",
        "Get-ReceiveConnector Relay | Add-ADPermission -User OURS\\scanner -ExtendedRights ms-exch-smtp-accept-any-recipient",
        "Get-ReceiveConnector Relay | Add-ADPermission -User 'ANONYMOUS LOGON' -AccessRights GenericAll",
        "Get-ReceiveConnector Relay | Add-ADPermission -User 'ANONYMOUS LOGON' -ExtendedRights ms-exch-something-new",
        "Invoke-Command -FilePath more.ps1", ". .\\more.ps1", "$list = Get-Content x | Sort", "New-AcceptedDomain -Name x -DomainName 'a b'",
    ])
    func opaque(text: String) throws {
        let (_, notes) = try Self.read("New-ReceiveConnector Relay -Bindings 0.0.0.0:25 -RemoteIPRanges 10.0.0.1\n" + text)
        #expect(!notes.opaque.isEmpty)
    }

    @Test("a listing that leaves values out is not understood, one that breaks its lines is")
    func listing() throws {
        func listing(_ ranges: String) -> String {
            "Name : Relay\nAuthMechanism : Tls\nPermissionGroups : AnonymousUsers\nBindings : {0.0.0.0:25}\nRemoteIPRanges : \(ranges)\n"
        }
        let (whole, notes) = try Self.read(listing("{10.0.0.1, 10.0.0.2,\n                 10.0.0.3}"))
        #expect(notes.opaque.isEmpty)
        #expect(whole.connectors.count == 1)
        #expect(Self.texts(whole.connectors[0]) == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
        #expect(try !Self.read(listing("{10.0.0.1, 10.0.0.2...}")).notes.opaque.isEmpty)
        #expect(try !Self.read(listing("{10.0.0.1, 10.0.0.2…}")).notes.opaque.isEmpty)
        #expect(try !Self.read("Name : Relay\nRemoteIPRanges : {10.0.0.1}\n").notes.opaque.isEmpty)
    }

    @Test("accepted domains by their types, patterns and switches")
    func domains() throws {
        let (model, notes) = try Self.read(
            """
            New-AcceptedDomain -Name a -DomainName a.test -DomainType Authoritative -MatchSubDomains $true
            New-AcceptedDomain -Name b -DomainName *.b.test -DomainType InternalRelay
            New-AcceptedDomain -Name c -DomainName c.test
            Set-AcceptedDomain c.test -DomainType ExternalRelay
            New-AcceptedDomain -Name d -DomainName d.test
            Remove-AcceptedDomain d.test -Confirm:$false
            """)
        #expect(notes.opaque.isEmpty, "\(notes.opaque)")
        #expect(model.domains.map { $0.domain.map { "\($0)" } } == ["a.test", "b.test", "c.test"])
        #expect(model.domains.map(\.withSubdomains) == [true, true, false])
        #expect(model.domains.map(\.isAuthoritative) == [true, false, false])
    }
}
