import MailTypes

/// Parameters of New- and Set-ReceiveConnector, which a listing shows by the same names.
enum ReceiveConnectorSettings {
    /// Cannot change who may relay.
    private static let irrelevant: Set<String> = [
        "confirm", "whatif", "verbose", "force", "domaincontroller", "comment", "banner", "fqdn", "maxmessagesize", "maxhopcount",
        "maxlocalhopcount", "maxheadersize", "maxrecipientspermessage", "maxinboundconnection",
        "maxinboundconnectionpercentagepersource", "maxinboundconnectionpersource", "maxlogonfailures", "maxprotocolerrors",
        "maxacknowledgementdelay", "messageratelimit", "messageratesource", "connectiontimeout", "connectioninactivitytimeout",
        "protocollogginglevel", "tarpitinterval", "requiretls", "requireehlodomain", "enableauthgssapi", "binarymimeenabled",
        "chunkingenabled", "deliverystatusnotificationenabled", "eightbitmimeenabled", "enhancedstatuscodesenabled",
        "pipeliningenabled", "sizeenabled", "barelinefeedrejectionenabled", "domainsecureenabled",
        "suppressxanonymoustls", "advertiseclientsettings", "liveidauthenabled", "orarenabled", "longaddressesenabled",
        "smtputf8enabled", "servicediscoveryfqdn", "tlscertificatename", "transportrole", "usage", "custom", "internet", "internal",
        "client", "partner", "name", "identity", "server", "defaultdomain", "extendedprotectionpolicy", "proxyenabled",
        "authtarpitinterval", "rejectreservedtoplevelrecipientdomains", "rejectreservedsecondlevelrecipientdomains",
        "rejectsinglelabelrecipientdomains", "acceptconsumermail", "virtualdirectoryidentity",
    ]

    private static let relevant: Set<String> = ["bindings", "remoteipranges", "permissiongroups", "authmechanism", "enabled"]

    static func create(
        _ command: PowerShellCommand, _ text: String, _ origin: Origin, _ state: inout ReceiveConnectorState,
        notes: inout ImportNotes
    ) {
        guard let name = command.givenName else {
            return notes.obscure(text, at: origin, why: "the name of the connector is not known")
        }
        var usage = command.texts("usage")?.first?.lowercased() ?? "custom"
        for word in ["internet", "internal", "client", "partner"] where command.isSet(word) { usage = word }
        let (server, plain) = ReceiveConnectorForms.identity(name)
        let named = command.texts("server")?.first?.lowercased() ?? server
        var connector = ReceiveConnectorModel.Connector(
            server: named.contains("$") ? "" : named, name: plain, origin: origin)
        let template = ReceiveConnectorForms.template(usage)
        (connector.groups, connector.mechanisms) = (template.groups, template.mechanisms)
        connector.bindings = [.init(family: .v4, address: nil, port: template.port)]
        connector.ranges = ReceiveConnectorForms.everybody.map { Sourced($0, origin) }
        apply(command, to: &connector, text, origin, notes: &notes)
        guard state.create(connector) else {
            return notes.obscure(text, at: origin, why: "the server has a connector of that name already, so Exchange refuses this")
        }
    }

    static func apply(
        _ command: PowerShellCommand, to connector: inout ReceiveConnectorModel.Connector, _ text: String, _ origin: Origin,
        notes: inout ImportNotes
    ) {
        for (name, values) in command.parameters.sorted(by: { $0.key < $1.key }) {
            guard relevant.contains(name) else {
                if !irrelevant.contains(name) { notes.obscure("-\(name)", at: origin, why: "this parameter is not known: \(text)") }
                continue
            }
            if case .table(let changes)? = values.first, values.count == 1 {
                change(name, changes, in: &connector, text, origin, notes: &notes)
            } else if let texts = PowerShellCommand.texts(values) {
                set(name, texts, in: &connector, text, origin, notes: &notes)
            } else {
                notes.obscure(text, at: origin, why: "the value of -\(name) is not known")
            }
        }
        notes.model()
    }

    /// Sets a property; the names are those of parameters and of listings.
    static func set(
        _ name: String, _ texts: [String], in connector: inout ReceiveConnectorModel.Connector, _ text: String, _ origin: Origin,
        notes: inout ImportNotes
    ) {
        switch name {
        case "remoteipranges":
            connector.ranges = ranges(texts, text, origin, notes: &notes)
            connector.origin = origin
        case "bindings": connector.bindings = bindings(texts, text, origin, notes: &notes)
        case "permissiongroups":
            connector.groups = names(texts, ReceiveConnectorForms.knownGroups, text, origin, notes: &notes)
        case "authmechanism":
            connector.mechanisms = names(texts, ReceiveConnectorForms.knownMechanisms, text, origin, notes: &notes)
        case "enabled":
            switch texts.first?.lowercased() {
            case "true": connector.isEnabled = true
            case "false": connector.isEnabled = false
            default: notes.obscure(text, at: origin, why: "Enabled is neither $true nor $false")
            }
        default: break
        }
    }

    /// `@{Add=…; Remove=…}`
    private static func change(
        _ name: String, _ changes: [String: [String]], in connector: inout ReceiveConnectorModel.Connector, _ text: String,
        _ origin: Origin, notes: inout ImportNotes
    ) {
        guard changes.keys.allSatisfy({ $0 == "add" || $0 == "remove" }) else {
            return notes.obscure(text, at: origin, why: "only Add and Remove are known")
        }
        let (added, removed) = (changes["add"] ?? [], changes["remove"] ?? [])
        switch name {
        case "remoteipranges":
            let gone = Set(ranges(removed, text, origin, notes: &notes).map(\.value))
            connector.ranges.removeAll { gone.contains($0.value) }
            let known = Set(connector.ranges.map(\.value))
            connector.ranges += ranges(added, text, origin, notes: &notes).filter { !known.contains($0.value) }
        case "bindings":
            let gone = Set(bindings(removed, text, origin, notes: &notes))
            connector.bindings.removeAll { gone.contains($0) }
            let known = Set(connector.bindings)
            connector.bindings += bindings(added, text, origin, notes: &notes).filter { !known.contains($0) }
        default: notes.obscure(text, at: origin, why: "Add and Remove are known for lists only")
        }
    }

    private static func ranges(
        _ texts: [String], _ text: String, _ origin: Origin, notes: inout ImportNotes
    ) -> [Sourced<IPRange>] {
        parts(texts).flatMap { part -> [Sourced<IPRange>] in
            guard let ranges = ReceiveConnectorForms.range(part), !ranges.isEmpty else {
                notes.obscure(part, at: origin, why: "not an address, a network or a range")
                return []
            }
            return ranges.map { Sourced($0, origin) }
        }
    }

    private static func bindings(
        _ texts: [String], _ text: String, _ origin: Origin, notes: inout ImportNotes
    ) -> [ReceiveConnectorModel.Binding] {
        parts(texts).compactMap { part in
            let binding = ReceiveConnectorForms.binding(part)
            if binding == nil { notes.obscure(part, at: origin, why: "no `address:port`") }
            return binding
        }
    }

    private static func parts(_ texts: [String]) -> [String] {
        texts.flatMap { $0.split(separator: ",").map { OldAddressForms.trimmed($0) } }.filter { !$0.isEmpty }
    }

    private static func names(
        _ texts: [String], _ known: Set<String>, _ text: String, _ origin: Origin, notes: inout ImportNotes
    ) -> Set<String> {
        let names = ReceiveConnectorForms.names(texts).map { $0 == "partner" ? "partners" : $0 }
        for name in names where !known.contains(name) { notes.obscure(text, at: origin, why: "`\(name)` is not known") }
        return Set(names)
    }

    /// A property of a listing that is not one of `relevant`.
    static func isRelevant(_ name: String) -> Bool { relevant.contains(name) }
}
