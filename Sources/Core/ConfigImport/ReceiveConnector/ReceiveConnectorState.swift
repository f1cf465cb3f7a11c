import MailTypes

/// Connectors and domains while scripts and listings are read.
struct ReceiveConnectorState {
    private(set) var connectorsByName: [String: [Int]] = [:]
    var model = ReceiveConnectorModel()
    /// Whether a listing was read: then what is not listed does not exist.
    var isListing = false
    /// Connectors whose listing says that they have permissions of their own, and of which none was seen so far.
    var withOwnPermissions: [String: (text: String, origin: Origin)] = [:]

    /// The connectors of a name; all of them for nil. One that every server is delivered with is there without being
    /// made.
    mutating func connectors(_ identity: String?, at origin: Origin) -> [Int] {
        guard let identity else {
            addDelivered()
            return Array(model.connectors.indices)
        }
        let (server, name) = ReceiveConnectorForms.identity(identity)
        let found = (connectorsByName[name.lowercased()] ?? []).filter { index in
            let connector = model.connectors[index]
            return server.isEmpty || connector.server.isEmpty || connector.server == server
        }
        guard found.isEmpty, !isListing else { return found }
        let lowered = name.lowercased()
        guard lowered.hasPrefix("default") || lowered.hasPrefix("client") else { return [] }
        let note = "as delivered: \(name)"
        add(
            Self.delivered(
                isClient: lowered.hasPrefix("client"), server: server, name: name,
                origin: origin.at.map { Origin($0, note: note) } ?? Origin(note: note)))
        return [model.connectors.count - 1]
    }

    /// Adds a connector that a script makes; false if its server has one of its name, which Exchange refuses. One that
    /// does not listen, as after its removal, gives its place to the new one.
    mutating func create(_ connector: ReceiveConnectorModel.Connector) -> Bool {
        let named = connectorsByName[connector.name.lowercased()] ?? []
        guard let index = named.first(where: { model.connectors[$0].server == connector.server }) else {
            add(connector)
            return true
        }
        guard !model.connectors[index].isEnabled else { return false }
        model.connectors[index] = connector
        return true
    }

    mutating func add(_ connector: ReceiveConnectorModel.Connector) {
        connectorsByName[connector.name.lowercased(), default: []].append(model.connectors.count)
        model.connectors.append(connector)
    }

    /// Far more than a server has; the work grows with the product of these.
    private static let (mostConnectors, mostLocalAddresses) = (500, 64)

    /// Leaves out what is too much to be true, and says so.
    mutating func bound(notes: inout ImportNotes) {
        if model.connectors.count > Self.mostConnectors {
            let rest = model.connectors[Self.mostConnectors]
            notes.obscure(rest.name, at: rest.origin, why: "more than \(Self.mostConnectors) connectors; this one and later ones are left out")
            model.connectors = Array(model.connectors.prefix(Self.mostConnectors))
        }
        let allowed = Set(model.localAddresses.prefix(Self.mostLocalAddresses))
        for index in model.connectors.indices {
            let connector = model.connectors[index]
            let bindings = connector.bindings.prefix(Self.mostLocalAddresses).filter { $0.address.map(allowed.contains) ?? true }
            guard bindings.count < connector.bindings.count else { continue }
            notes.obscure(
                connector.name, at: connector.origin,
                why: "more than \(Self.mostLocalAddresses) bindings, or addresses that bindings name; later ones are left out")
            model.connectors[index].bindings = Array(bindings)
        }
    }

    private struct Door: Hashable {
        var server: String
        var binding: ReceiveConnectorModel.Binding
        var range: IPRange
    }

    /// Exchange refuses a connector for the clients of another at the same address and port, so which one decides is
    /// not known. Connectors that no file shows are only taken for there.
    func findRivals(notes: inout ImportNotes) {
        var owners: [Door: Int] = [:]
        for (index, connector) in model.connectors.enumerated() where connector.isEnabled && connector.origin.at != nil {
            for range in connector.ranges {
                let doors = connector.bindings.map { Door(server: connector.server, binding: $0, range: range.value) }
                if let rival = doors.compactMap({ owners[$0] }).first(where: { $0 != index }) {
                    notes.obscure(
                        connector.name, at: connector.origin,
                        why: "for the same clients at the same address as \(model.connectors[rival].name), which Exchange refuses")
                    break
                }
                for door in doors { owners[door] = index }
            }
        }
    }

    mutating func permissionsWereSeen(_ index: Int) { withOwnPermissions[key(model.connectors[index])] = nil }

    func key(_ connector: ReceiveConnectorModel.Connector) -> String { "\(connector.server)\\\(connector.name.lowercased())" }

    /// A script adds to a server what it did not come with; the rest is there as delivered (Exchange 2013 and later).
    mutating func addDelivered() {
        guard !isListing else { return }
        let servers = Set(model.connectors.map(\.server))
        for server in servers.isEmpty ? [""] : servers.sorted() {
            let own = model.connectors.filter { $0.server == server }
            let names = own.map { $0.name.lowercased() }
            if !names.contains(where: { $0.hasPrefix("default frontend") }), !Self.coversEverybody(own) {
                add(
                    Self.delivered(isClient: false, server: server, name: "Default Frontend", origin: Origin(note: "as delivered: Default Frontend")))
            }
            if !names.contains(where: { $0.hasPrefix("client") }) {
                add(
                    Self.delivered(isClient: true, server: server, name: "Client Frontend", origin: Origin(note: "as delivered: Client Frontend")))
            }
        }
    }

    private static func coversEverybody(_ connectors: [ReceiveConnectorModel.Connector]) -> Bool {
        let ranges = connectors.filter { connector in connector.bindings.contains { $0.port == 25 && $0.address == nil } }
            .flatMap(\.ranges).map(\.value)
        return AddressSet(ranges).complement.count(.v4) == 0
    }

    private static func delivered(
        isClient: Bool, server: String, name: String, origin: Origin
    ) -> ReceiveConnectorModel.Connector {
        var connector = ReceiveConnectorModel.Connector(server: server, name: name, origin: origin)
        let port = isClient ? 587 : 25
        connector.bindings = [.init(family: .v4, address: nil, port: port), .init(family: .v6, address: nil, port: port)]
        connector.ranges = ReceiveConnectorForms.everybody.map { Sourced($0, origin) }
        connector.mechanisms = ["tls", "integrated", "basicauth", "basicauthrequiretls"]
        connector.groups = ["exchangeusers"]
        if !isClient {
            connector.mechanisms.insert("exchangeserver")
            connector.groups = ["anonymoususers", "exchangeservers", "exchangelegacyservers"]
        }
        return connector
    }

    /// Adds or takes away permissions of the connectors; what is not understood is noted.
    mutating func change(
        _ indices: [Int], user: String, rights: [String], isDeny: Bool, removes: Bool, _ text: String, at origin: Origin,
        notes: inout ImportNotes
    ) {
        let names = ReceiveConnectorForms.names(rights)
        let known = ReceiveConnectorForms.rights(names)
        let others = names.filter { !ReceiveConnectorForms.isIrrelevantRight($0) && ReceiveConnectorForms.rights([$0]).isEmpty }
        if let other = others.first {
            return notes.obscure(text, at: origin, why: "the right `\(other)` is not known")
        }
        guard !known.isEmpty else { return notes.ignore() }
        guard let account = ReceiveConnectorForms.account(user) else {
            let isServers = ["exchange servers", "msexchangetransport", "hub transport servers", "edge transport servers",
                "externally secured servers", "partner servers", "legacy exchange servers", "exchangelegacyinterop",
            ].contains((user.split(separator: "\\").last ?? "").lowercased())
            // What servers of the organisation may do among themselves is no relaying for anybody else.
            if isServers || isDeny || removes { return notes.ignore() }
            return notes.obscure(text, at: origin, why: "a right for `\(user)`; only ANONYMOUS LOGON and Authenticated Users are known")
        }
        notes.model()
        for index in indices {
            for right in known {
                let permission = ReceiveConnectorModel.Permission(account, right)
                switch (isDeny, removes) {
                case (false, false): model.connectors[index].granted[permission] = origin
                case (false, true): model.connectors[index].granted[permission] = nil
                case (true, false): model.connectors[index].denied.insert(permission)
                case (true, true): model.connectors[index].denied.remove(permission)
                }
            }
        }
    }

    mutating func addDomain(
        _ name: String, type: String, withSubdomains isSwitchedOn: Bool = false, _ text: String, at origin: Origin,
        notes: inout ImportNotes
    ) {
        let isStar = name == "*"
        let isPattern = name.hasPrefix("*.")
        let domain = Domain(isPattern ? String(name.dropFirst(2)) : name)
        guard isStar || domain.map({ !$0.isLiteral }) ?? false else {
            return notes.obscure(text, at: origin, why: "`\(name)` is not a domain")
        }
        guard ["authoritative", "internalrelay", "externalrelay"].contains(type.lowercased()) else {
            return notes.obscure(text, at: origin, why: "`\(type)` is not a type of accepted domain")
        }
        notes.model()
        model.domains.append(
            .init(
                domain: isStar ? nil : domain, withSubdomains: isPattern || isSwitchedOn,
                isAuthoritative: type.lowercased() == "authoritative", origin: origin))
    }
}
