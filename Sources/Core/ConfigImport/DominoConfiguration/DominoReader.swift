import MailTypes

/// Reads fields of the Configuration document as text (see `DominoConfigurationImporter`), and notes.ini beside it.
struct DominoReader {
    private struct Field {
        var name: String
        /// As written, for groups.
        var label: String
        var values: [(text: String, origin: Origin)]
        var origin: Origin
    }

    private(set) var model = DominoModel()
    private var entries = DominoEntries()
    private var groups: [String: [(text: String, origin: Origin)]] = [:]
    /// Of `SMTPRelayHostsandDomains`.
    private var denyWins: Bool?
    private var once = SaidOnce()

    mutating func read(_ file: ConfigFile, notes: inout ImportNotes) {
        let fields = Self.fields(of: file, notes: &notes)
        for field in fields where field.label.lowercased().hasPrefix("group ") {
            notes.model()
            groups[OldAddressForms.trimmed(field.label.dropFirst(6)).lowercased(), default: []] += field.values
        }
        for field in fields where !field.label.lowercased().hasPrefix("group ") { read(field, notes: &notes) }
    }

    /// notes.ini holds one variable of ours among hundreds.
    mutating func readNotesINI(_ file: ConfigFile, notes: inout ImportNotes) {
        for line in file.lines {
            guard let sign = line.text.firstIndex(of: "="),
                DominoField(SettingsText.plain(line.text[..<sign])) == .denyWins
            else { continue }
            let value = OldAddressForms.trimmed(line.text[line.text.index(after: sign)...])
            readDenyWins(value, line.text, file.origin(line), &notes)
        }
    }

    mutating func finish(_ facts: ImportFacts, notes: inout ImportNotes) {
        model.localDomains += facts.deliveredDomains.map { $0.map { HostPattern(domain: $0, isBelow: false) } }
        let isOld = facts.isAtLeast(6) == false
        model.order = isOld || denyWins == true ? .denyFirst : .allowFirst
        model.relaysQuoted = facts.releaseNumbers.first == 5 && facts.isAtLeast(5, 0, 8) == false
        notes.reading =
            model.order == .denyFirst
            ? "The order of Domino 5: a deny list wins over an allow list."
            : "The order of Domino 6 and later: an allow list wins over a deny list of the other pair."
        if facts.release == nil, denyWins != true, let origin = model.placeWhereOrderMatters {
            notes.find(DominoFindings.orderMatters(at: origin))
        }
    }

    // MARK: Lines

    /// `Field = value` or `Field: value`; indented lines go on with the values of the field above.
    private static func fields(of file: ConfigFile, notes: inout ImportNotes) -> [Field] {
        var fields: [Field] = []
        for line in file.lines {
            let text = OldAddressForms.trimmed(line.text)
            guard let first = text.first, first != "#" else { continue }
            let origin = file.origin(line)
            let isIndented = line.text.first == " " || line.text.first == "\t"
            if isIndented, !fields.isEmpty, cut(text) == nil {
                fields[fields.count - 1].values += values(text, origin)
            } else if let (label, value) = cut(text) {
                fields.append(Field(name: plain(label), label: label, values: values(value, origin), origin: origin))
            } else if first != "[" || text.last != "]" {
                notes.obscure(text, at: origin, why: "neither `Field = value` nor an indented line that goes on with one")
            }
        }
        return fields
    }

    private static func cut(_ text: String) -> (label: String, value: String)? {
        guard let sign = text.firstIndex(of: "=") ?? text.firstIndex(of: ":"), text.first != "[" else { return nil }
        var label = OldAddressForms.trimmed(text[..<sign])
        while label.last == ":" { label.removeLast() }
        let value = OldAddressForms.trimmed(text[text.index(after: sign)...])
        // Some labels of the dialog go on behind their colon.
        let rest = "(* means all)"
        guard value.lowercased().hasPrefix(rest) else { return (label, value) }
        return (label, OldAddressForms.trimmed(value.dropFirst(rest.count).drop { $0 == ":" || $0 == "=" || $0 == " " }))
    }

    /// The dialog says beside its fields what a star means.
    private static func plain(_ label: String) -> String {
        let name = SettingsText.plain(label)
        return name.hasSuffix("meansall") ? String(name.dropLast("meansall".count)) : name
    }

    private static func values(_ text: String, _ origin: Origin) -> [(text: String, origin: Origin)] {
        text.split(whereSeparator: { $0 == ";" || $0 == "," }).map { part in
            let value = OldAddressForms.trimmed(part)
            let isQuoted = value.count >= 2 && value.first == "\"" && value.last == "\""
            return (isQuoted ? OldAddressForms.trimmed(value.dropFirst().dropLast()) : value, origin)
        }.filter { !$0.text.isEmpty }
    }

    // MARK: Fields

    private mutating func read(_ field: Field, notes: inout ImportNotes) {
        let text = "\(field.label) = \(field.values.prefix(8).map(\.text).joined(separator: "; "))"
        guard let kind = DominoField(field.name) else {
            return notes.obscure(text, at: field.origin, why: "this field is not known")
        }
        switch kind {
        case .allowTo: addMailboxes(field, \.allowedDestinations, &notes)
        case .denyTo: addMailboxes(field, \.deniedDestinations, &notes)
        case .allowSenders: addMailboxes(field, \.allowedSenders, &notes)
        case .denySenders: addMailboxes(field, \.deniedSenders, &notes)
        case .allowRecipients: addMailboxes(field, \.allowedRecipients, &notes)
        case .denyRecipients: addMailboxes(field, \.deniedRecipients, &notes)
        case .allowFrom: addHosts(field, \.allowedSources, &notes)
        case .denyFrom: addHosts(field, \.deniedSources, &notes)
        case .exclude: addHosts(field, \.excludedHosts, &notes)
        case .allowConnections: addHosts(field, \.allowedConnections, &notes)
        case .denyConnections: addHosts(field, \.deniedConnections, &notes)
        case .enforcement, .authenticated, .demandHostName: readChoice(kind, field, text, &notes)
        case .localDomains: readLocalDomains(field, &notes)
        case .denyWins: readDenyWins(field.values.map(\.text).joined(separator: ";"), text, field.origin, &notes)
        case .irrelevant: notes.ignore()
        }
    }

    private mutating func readChoice(_ kind: DominoField, _ field: Field, _ text: String, _ notes: inout ImportNotes) {
        let said = SettingsText.plain(field.values.map(\.text).joined(separator: " "))
        guard once.isFirst("\(kind)", said, text, at: field.origin, notes: &notes) else { return }
        switch (kind, said) {
        case (.enforcement, "externalhosts"), (.enforcement, "external"):
            model.enforcement = Sourced(.externalHosts, field.origin)
        case (.enforcement, "allconnectinghosts"), (.enforcement, "all"): model.enforcement = Sourced(.allHosts, field.origin)
        case (.enforcement, "none"): model.enforcement = Sourced(.none, field.origin)
        case (.authenticated, "allowallauthenticateduserstorelay"), (.authenticated, "allow"):
            model.exemptsAuthenticated = field.origin
        case (.authenticated, "performantirelaychecksforauthenticatedusers"), (.authenticated, "check"):
            model.exemptsAuthenticated = nil
        case (.demandHostName, "enabled"), (.demandHostName, "1"): model.demandsHostName = field.origin
        case (.demandHostName, "disabled"), (.demandHostName, "0"), (.demandHostName, ""): model.demandsHostName = nil
        default: return notes.obscure(text, at: field.origin, why: "this choice is not known")
        }
        notes.model()
    }

    private mutating func readLocalDomains(_ field: Field, _ notes: inout ImportNotes) {
        notes.model()
        for (value, origin) in field.values {
            let isBelow = value.hasPrefix("*.")
            guard let domain = Domain(isBelow ? String(value.dropFirst(2)) : value) else {
                notes.obscure(value, at: origin, why: "not a domain")
                continue
            }
            model.localDomains.append(Sourced(HostPattern(domain: domain, isBelow: isBelow), origin))
        }
    }

    private mutating func readDenyWins(_ value: String, _ text: String, _ origin: Origin, _ notes: inout ImportNotes) {
        guard value == "0" || value == "1" else {
            notes.find(DominoFindings.flagAsList(at: origin))
            return notes.obscure(text, at: origin, why: "a flag that is 0 or 1")
        }
        guard once.isFirst("\(DominoField.denyWins)", value, text, at: origin, notes: &notes) else { return }
        notes.model()
        denyWins = value == "1"
    }

    private mutating func addHosts(
        _ field: Field, _ path: WritableKeyPath<DominoModel, DominoHostList>, _ notes: inout ImportNotes
    ) {
        notes.model()
        for (value, origin) in members(field.values) {
            model[keyPath: path].isFilled = true
            do {
                try entries.addHost(value, origin, to: &model[keyPath: path])
            } catch { notes.obscure(value, at: origin, why: error.why) }
        }
    }

    private mutating func addMailboxes(
        _ field: Field, _ path: WritableKeyPath<DominoModel, DominoMailboxList>, _ notes: inout ImportNotes
    ) {
        notes.model()
        for (value, origin) in members(field.values) {
            model[keyPath: path].isFilled = true
            do {
                try entries.addMailbox(value, origin, to: &model[keyPath: path])
            } catch { notes.obscure(value, at: origin, why: error.why) }
        }
    }

    /// Groups that are given become their members, once; groups in groups stay names.
    private func members(_ values: [(text: String, origin: Origin)]) -> [(text: String, origin: Origin)] {
        var used: Set<String> = []
        return values.flatMap { value in
            let name = value.text.lowercased()
            guard let members = groups[name] else { return [value] }
            return used.insert(name).inserted ? members : []
        }
    }
}
