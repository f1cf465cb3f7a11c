import MailTypes

/// Reads scripts: New-, Set- and Remove-ReceiveConnector, Add- and Remove-ADPermission, accepted domains, and the
/// variables between them.
struct ReceiveConnectorScript {
    private var lists: [String: [String]] = [:]
    /// Variables that hold a connector, by its identity; nil for all connectors.
    private var connectors: [String: String?] = [:]

    static func read(_ file: ConfigFile, into state: inout ReceiveConnectorState, notes: inout ImportNotes) {
        var reader = ReceiveConnectorScript()
        let script = PowerShellScript(file)
        for statement in script.statements { reader.read(statement, &state, notes: &notes) }
        if let (text, origin) = script.unclosed {
            notes.obscure(text, at: origin, why: "a quote, bracket or comment that is never closed: the script is cut off")
        }
    }

    private mutating func read(
        _ statement: PowerShellScript.Statement, _ state: inout ReceiveConnectorState, notes: inout ImportNotes
    ) {
        let (tokens, text, origin) = (statement.tokens, statement.text, statement.origin)
        if case .variable(let name)? = tokens.first, tokens.count > 1 {
            if tokens[1] == .append || tokens[1] == .assign && name.hasSuffix("+") {
                return append(tokens[2...], to: name.hasSuffix("+") ? String(name.dropLast()) : name, statement, &state, notes: &notes)
            }
            if tokens[1] == .assign { return assign(tokens[2...], to: name, statement, &state, notes: &notes) }
        }
        guard !tokens.contains(.sign("{")) else {
            return notes.obscure(text, at: origin, why: "a block of PowerShell; write out the commands that it stands for")
        }
        run(PowerShellCommand.pipeline(tokens[...], lists), tokens, statement, &state, notes: &notes)
    }

    // MARK: Variables

    private mutating func assign(
        _ tokens: ArraySlice<PowerShellScript.Token>, to name: String, _ statement: PowerShellScript.Statement,
        _ state: inout ReceiveConnectorState, notes: inout ImportNotes
    ) {
        (lists[name], connectors[name]) = (nil, nil)
        if let values = PowerShellCommand.values(tokens, lists), let texts = PowerShellCommand.texts(values), !Self.isCommand(tokens) {
            lists[name] = texts
            return notes.ignore()
        }
        let pipeline = PowerShellCommand.pipeline(tokens, lists)
        guard pipeline.count == 1, pipeline[0].name.hasPrefix("get-") || pipeline[0].name == "new-receiveconnector",
            !tokens.contains(.sign("{"))
        else {
            return notes.obscure(statement.text, at: statement.origin, why: "a variable whose value is not known")
        }
        if pipeline[0].name == "new-receiveconnector" {
            run(pipeline, Array(tokens), statement, &state, notes: &notes)
            if let created = pipeline[0].givenName { connectors[name] = created }
            return
        }
        if pipeline[0].name == "get-receiveconnector" {
            switch pipeline[0].identity {
            case .text(let identity)?: connectors[name] = identity
            case nil: connectors[name] = .some(nil)
            default: break
            }
        }
        notes.ignore()
    }

    private static func isCommand(_ tokens: ArraySlice<PowerShellScript.Token>) -> Bool {
        if case .word(let word)? = tokens.first { word.contains("-") && word.utf8.first.map { $0 > 0x40 } ?? false } else { false }
    }

    /// `$connector.RemoteIPRanges += …`, `$list += …`
    private mutating func append(
        _ tokens: ArraySlice<PowerShellScript.Token>, to name: String, _ statement: PowerShellScript.Statement,
        _ state: inout ReceiveConnectorState, notes: inout ImportNotes
    ) {
        guard let values = PowerShellCommand.values(tokens, lists), let texts = PowerShellCommand.texts(values) else {
            return notes.obscure(statement.text, at: statement.origin, why: "what is added is not known")
        }
        if let list = lists[name] {
            lists[name] = list + texts
            return notes.ignore()
        }
        let suffix = ".remoteipranges"
        guard name.hasSuffix(suffix), case .some(.some(let identity)) = connectors[String(name.dropLast(suffix.utf8.count))],
            let index = state.connectors(identity, at: statement.origin).first
        else {
            return notes.obscure(statement.text, at: statement.origin, why: "a variable that is not known")
        }
        // It takes effect with Set-ReceiveConnector … -RemoteIPRanges $connector.RemoteIPRanges.
        lists[name] = state.model.connectors[index].ranges.map { "\($0.value.first)-\($0.value.last)" } + texts
        notes.ignore()
    }

    // MARK: Commands

    private static let harmless = ["get-", "write-", "import-", "out-", "format-", "test-", "start-", "stop-", "restart-", "read-"]
    private static let irrelevant: Set<String> = [
        "add-pssnapin", "set-executionpolicy", "set-transportserver", "set-transportservice", "set-frontendtransportservice",
        "iisreset", "cls", "clear-host", "exit", "new-emailaddresspolicy", "update-emailaddresspolicy", "set-emailaddresspolicy",
        "new-sendconnector", "set-sendconnector", "remove-sendconnector", "enable-exchangecertificate", "set-mailbox",
        "new-mailbox", "set-popsettings", "set-imapsettings", "select-object", "sort-object", "fl", "ft", "select", "echo",
        "param", "#requires", "cd", "set-location",
    ]

    private mutating func run(
        _ pipeline: [PowerShellCommand], _ tokens: [PowerShellScript.Token], _ statement: PowerShellScript.Statement,
        _ state: inout ReceiveConnectorState, notes: inout ImportNotes
    ) {
        let (text, origin) = (statement.text, statement.origin)
        // `$connector | Add-ADPermission …`
        let commands = Self.beginsWithVariable(tokens) ? pipeline[1...] : pipeline[...]
        let changes = commands.filter { !Self.isHarmless($0.name) }
        guard !changes.isEmpty else { return notes.ignore() }
        if let made = changes.first, made.name == "new-receiveconnector", changes.count > 1, changes[1...].allSatisfy(Self.changesWhatComes) {
            ReceiveConnectorSettings.create(made, text, origin, &state, notes: &notes)
            let targets = made.givenName.map { state.connectors($0, at: origin) } ?? []
            for command in changes[1...] { change(command, targets, text, origin, &state, notes: &notes) }
            return
        }
        guard changes.count == 1, let command = changes.first else {
            return notes.obscure(text, at: origin, why: "this command is not known")
        }
        switch command.name {
        case "new-receiveconnector": ReceiveConnectorSettings.create(command, text, origin, &state, notes: &notes)
        case "set-receiveconnector", "remove-receiveconnector", "add-adpermission", "remove-adpermission":
            guard let targets = targets(pipeline, command, tokens, &state, origin) else {
                return notes.obscure(text, at: origin, why: "which connector it is about is not known")
            }
            guard !targets.isEmpty else {
                return notes.obscure(text, at: origin, why: "no connector of that name is made or listed")
            }
            change(command, targets, text, origin, &state, notes: &notes)
        case "new-accepteddomain", "set-accepteddomain", "remove-accepteddomain":
            changeDomain(command, text, origin, &state, notes: &notes)
        default: notes.obscure(text, at: origin, why: "this command is not known")
        }
    }

    /// Whether it changes the connector that the pipe brings.
    private static func changesWhatComes(_ command: PowerShellCommand) -> Bool {
        ["set-receiveconnector", "add-adpermission", "remove-adpermission"].contains(command.name) && command.identity == nil
    }

    private static func beginsWithVariable(_ tokens: [PowerShellScript.Token]) -> Bool {
        if case .variable? = tokens.first { tokens.count > 2 && tokens[1] == .pipe } else { false }
    }

    private static func isHarmless(_ name: String) -> Bool {
        irrelevant.contains(name) || harmless.contains(where: name.hasPrefix)
    }

    /// The connectors that a command is about: by `-Identity`, or from the pipe, or a variable.
    private func targets(
        _ pipeline: [PowerShellCommand], _ command: PowerShellCommand, _ tokens: [PowerShellScript.Token],
        _ state: inout ReceiveConnectorState, _ origin: Origin
    ) -> [Int]? {
        if let first = pipeline.first, first.name != command.name {
            guard first.name == "get-receiveconnector", pipeline[1].name == command.name else {
                // `$connector | Add-ADPermission …`
                guard case .variable(let name)? = tokens.first, let identity = connectors[name] else { return nil }
                return state.connectors(identity, at: origin)
            }
            switch first.identity {
            case .text(let identity)?: return state.connectors(identity, at: origin)
            case nil where first.parameters.isEmpty: return state.connectors(nil, at: origin)
            default: return nil
            }
        }
        switch command.identity {
        case .text(let identity)?: return state.connectors(identity, at: origin)
        case .unknown?:
            let named = tokens.compactMap { token -> String? in
                if case .variable(let name) = token, case .some(.some(let identity)) = connectors[name.replacingSuffix(".identity")] { identity } else { nil }
            }
            return named.first.map { state.connectors($0, at: origin) }
        default: return nil
        }
    }

    private func change(
        _ command: PowerShellCommand, _ targets: [Int], _ text: String, _ origin: Origin,
        _ state: inout ReceiveConnectorState, notes: inout ImportNotes
    ) {
        switch command.name {
        case "set-receiveconnector":
            for index in targets {
                ReceiveConnectorSettings.apply(command, to: &state.model.connectors[index], text, origin, notes: &notes)
            }
        case "remove-receiveconnector":
            notes.model()
            // It stays as one that does not listen, so that it is not taken for one as delivered.
            for index in targets { state.model.connectors[index].isEnabled = false }
        default:
            guard let user = command.texts("user")?.first else {
                return notes.obscure(text, at: origin, why: "whom the right is given is not known")
            }
            if let rights = command.texts("accessrights"), ReceiveConnectorForms.names(rights) != ["extendedright"] {
                return notes.obscure(text, at: origin, why: "only extended rights are known")
            }
            guard let rights = command.texts("extendedrights"), !rights.isEmpty else {
                return notes.obscure(text, at: origin, why: "which rights it is about is not known")
            }
            state.change(
                targets, user: user, rights: rights, isDeny: command.isSet("deny"), removes: command.name.hasPrefix("remove"),
                text, at: origin, notes: &notes)
        }
    }

    private func changeDomain(
        _ command: PowerShellCommand, _ text: String, _ origin: Origin, _ state: inout ReceiveConnectorState,
        notes: inout ImportNotes
    ) {
        let type = command.texts("domaintype")?.first
        if command.name == "new-accepteddomain" {
            guard let name = command.texts("domainname")?.first else {
                return notes.obscure(text, at: origin, why: "which domain it is about is not known")
            }
            return state.addDomain(
                name, type: type ?? "Authoritative", withSubdomains: command.isSet("matchsubdomains"), text, at: origin,
                notes: &notes)
        }
        guard case .text(let identity)? = command.identity else {
            return notes.obscure(text, at: origin, why: "which domain it is about is not known")
        }
        let name = identity.hasPrefix("*.") ? String(identity.dropFirst(2)) : identity
        guard let index = state.model.domains.firstIndex(where: { $0.domain == Domain(name) }) else {
            return notes.obscure(text, at: origin, why: "no accepted domain of that name is made; use its domain as the identity")
        }
        notes.model()
        if command.name == "remove-accepteddomain" {
            state.model.domains.remove(at: index)
            return
        }
        if let type { state.model.domains[index].isAuthoritative = type.lowercased() == "authoritative" }
        if command.parameters["matchsubdomains"] != nil {
            state.model.domains[index].withSubdomains = command.isSet("matchsubdomains")
        }
    }
}

extension String {
    fileprivate func replacingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }
}
