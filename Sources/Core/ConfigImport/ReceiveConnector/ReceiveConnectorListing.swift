import MailTypes

/// Reads `Get-ReceiveConnector | fl`, `Get-ADPermission | fl` and `Get-AcceptedDomain | fl`: blocks of `Name : value`
/// with empty lines between, long values going on in the next line.
struct ReceiveConnectorListing {
    private struct Property {
        /// In lower case.
        var name: String
        var value: String
        var origin: Origin
        var text: String { "\(name) : \(value)" }
    }

    /// What only one of the three listings shows.
    private static let marks: Set<String> = ["remoteipranges", "extendedrights", "domaintype"]

    static func isListing(_ file: ConfigFile) -> Bool {
        file.lines.contains { line in property(line.text).map { marks.contains($0.name) } ?? false }
    }

    static func read(_ file: ConfigFile, into state: inout ReceiveConnectorState, notes: inout ImportNotes) {
        for block in blocks(of: file) {
            let properties = Dictionary(block.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            if properties["remoteipranges"] != nil {
                state.isListing = true
                readConnector(block, properties, &state, notes: &notes)
            } else if properties["extendedrights"] != nil {
                readPermission(properties, &state, notes: &notes)
            } else if let name = properties["domainname"], let type = properties["domaintype"] {
                let withSubdomains = properties["matchsubdomains"]?.value.lowercased() == "true"
                state.addDomain(
                    name.value, type: type.value, withSubdomains: withSubdomains, name.text, at: name.origin, notes: &notes)
            } else if let first = block.first {
                notes.obscure(first.text, at: first.origin, why: "a block that is no connector, permission or accepted domain")
            }
        }
    }

    private static func property(_ text: String) -> (name: String, value: String)? {
        guard let first = text.utf8.first, first > 0x20, let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let name = OldAddressForms.trimmed(text[..<colon])
        let isName = !name.isEmpty && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) }
        return isName ? (name.lowercased(), OldAddressForms.trimmed(text[text.utf8.index(after: colon)...])) : nil
    }

    private static func blocks(of file: ConfigFile) -> [[Property]] {
        var blocks: [[Property]] = []
        var block: [Property] = []
        for line in file.lines {
            if OldAddressForms.trimmed(line.text).isEmpty {
                if !block.isEmpty { blocks.append(block) }
                block = []
            } else if let (name, value) = property(line.text) {
                block.append(Property(name: name, value: value, origin: file.origin(line)))
            } else if !block.isEmpty, line.text.hasPrefix(" ") {
                block[block.count - 1].value += OldAddressForms.trimmed(line.text)
            }
        }
        return block.isEmpty ? blocks : blocks + [block]
    }

    /// The values of `{a, b}` or `a, b`; nil where the listing was cut (`…`).
    private static func values(_ text: String) -> [String]? {
        guard !text.contains("...") && !text.contains("…") else { return nil }
        let inner = text.hasPrefix("{") && text.hasSuffix("}") ? String(text.dropFirst().dropLast()) : text
        return inner.split(separator: ",").map { OldAddressForms.trimmed($0) }.filter { !$0.isEmpty }
    }

    private static func readConnector(
        _ block: [Property], _ properties: [String: Property], _ state: inout ReceiveConnectorState, notes: inout ImportNotes
    ) {
        let identity = properties["identity"].map { ReceiveConnectorForms.identity($0.value) }
        let name = properties["name"]?.value ?? identity?.name ?? "connector"
        let server = properties["server"]?.value.lowercased() ?? identity?.server ?? ""
        let origin = properties["remoteipranges"]?.origin ?? block[0].origin
        var connector = ReceiveConnectorModel.Connector(server: server, name: name, origin: origin)
        for property in block {
            guard ReceiveConnectorSettings.isRelevant(property.name) else {
                notes.ignore()
                continue
            }
            guard let values = values(property.value) else {
                notes.obscure(
                    property.text, at: property.origin,
                    why: "the listing leaves values out; set $FormatEnumerationLimit = -1 before it is made")
                continue
            }
            notes.model()
            ReceiveConnectorSettings.set(property.name, values, in: &connector, property.text, property.origin, notes: &notes)
        }
        if properties["bindings"] == nil {
            connector.bindings = [.init(family: .v4, address: nil, port: 25), .init(family: .v6, address: nil, port: 25)]
        }
        for name in ["permissiongroups", "authmechanism"] where properties[name] == nil {
            notes.obscure(connector.name, at: origin, why: "the listing does not show \(name); use `Get-ReceiveConnector | fl`")
        }
        if connector.groups.contains("custom"), let groups = properties["permissiongroups"] {
            state.withOwnPermissions[state.key(connector)] = (groups.text, groups.origin)
        }
        state.add(connector)
    }

    private static func readPermission(
        _ properties: [String: Property], _ state: inout ReceiveConnectorState, notes: inout ImportNotes
    ) {
        guard let rights = properties["extendedrights"], let identity = properties["identity"], let user = properties["user"] else {
            return notes.ignore()
        }
        guard let names = values(rights.value) else {
            return notes.obscure(rights.text, at: rights.origin, why: "the listing leaves values out")
        }
        let indices = state.connectors(identity.value, at: identity.origin)
        guard !indices.isEmpty else {
            return notes.obscure(identity.text, at: identity.origin, why: "no connector of that name is listed before it")
        }
        for index in indices { state.permissionsWereSeen(index) }
        state.change(
            indices, user: user.value, rights: names, isDeny: properties["deny"]?.value.lowercased() == "true", removes: false,
            rights.text, at: rights.origin, notes: &notes)
    }
}
