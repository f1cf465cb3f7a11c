import MailTypes

/// Reads the transcription of the dialogs: Relay Restrictions, Connection Control, and domains.
struct IISTextReader {
    private enum Section {
        case relay, connection
        case domain(String, isLocal: Bool, Origin)
        case unknown
    }

    static let heading = "relay restrictions"

    static func model(of file: ConfigFile, notes: inout ImportNotes) -> IISReader {
        var reader = IISReader()
        // The dialog's box is ticked at first.
        reader.model.relayForLogin = Origin(note: "default: computers that log in may relay")
        var section = Section.unknown
        for (line, text, origin) in SectionedText.lines(of: file) {
            if case .section(let name) = line {
                section = self.section(name, at: origin)
                switch section {
                case .unknown: notes.obscure(text, at: origin, why: "this section is not known")
                case .domain(let name, isLocal: true, let origin):
                    reader.addDomain(name, isLocal: true, text: text, at: origin, notes: &notes)
                default: break
                }
            } else {
                read(line, text, in: section, at: origin, &reader, notes: &notes)
            }
        }
        return reader
    }

    private static func section(_ name: String, at origin: Origin) -> Section {
        let lowered = name.lowercased()
        if lowered == heading { return .relay }
        if lowered == "connection control" { return .connection }
        for (prefix, isLocal) in [("remote domain ", false), ("local domain ", true)] where lowered.hasPrefix(prefix) {
            return .domain(OldAddressForms.trimmed(lowered.dropFirst(prefix.utf8.count)), isLocal: isLocal, origin)
        }
        return .unknown
    }

    private static func read(
        _ line: SectionedText.Line, _ text: String, in section: Section, at origin: Origin, _ reader: inout IISReader,
        notes: inout ImportNotes
    ) {
        guard case .setting(let key, let value) = line else {
            return notes.obscure(text, at: origin, why: "a line without `=`")
        }
        switch section {
        case .relay, .connection:
            guard key != "mode" && key != "relayforauth"
                || reader.once.isFirst("\(section) \(key)", value.lowercased(), text, at: origin, notes: &notes)
            else { return }
        case .domain, .unknown: break
        }
        switch section {
        case .relay:
            switch key {
            case "relayforauth": reader.readRelayForAuth(value, text, at: origin, notes: &notes)
            case "relayiplist":
                if let list = IISReader.list(value, "RelayIpList", at: origin, notes: &notes) { reader.model.relay = list }
            default: read(key, value, text, into: &reader.model.relay, at: origin, notes: &notes)
            }
        case .connection:
            var list = reader.model.connection ?? IISModel.AccessList(.allExceptListed, origin: origin)
            read(key, value, text, into: &list, at: origin, notes: &notes)
            reader.model.connection = list
        case .domain(let name, isLocal: false, _) where key == "allowincomingmailtoberelayed":
            guard let isOn = IISReader.isOn(value) else {
                return notes.obscure(text, at: origin, why: "neither 1 nor 0")
            }
            guard isOn else { return notes.model() }
            reader.addDomain(name, isLocal: false, text: text, at: origin, notes: &notes)
        case .domain where key == "smarthost" || key == "routedomain": notes.ignore()
        case .domain: notes.obscure(text, at: origin, why: "this key of a domain is not known")
        case .unknown: break
        }
    }

    private static func read(
        _ key: String, _ value: String, _ text: String, into list: inout IISModel.AccessList, at origin: Origin,
        notes: inout ImportNotes
    ) {
        switch key {
        case "mode":
            switch value.lowercased() {
            case "only-listed": list.mode = .onlyListed
            case "all-except-listed": list.mode = .allExceptListed
            default: return notes.obscure(text, at: origin, why: "neither only-listed nor all-except-listed")
            }
            list.origin = origin
            notes.model()
        case "entry":
            guard let ranges = OldAddressForms.entry(value) else {
                return notes.obscure(text, at: origin, why: "`\(value)` is not an address or a network with its mask")
            }
            notes.model()
            list.add(ranges, value, at: origin, notes: &notes)
        case "domain":
            guard let domain = Domain(value.hasPrefix("*.") ? String(value.dropFirst(2)) : value), !domain.isLiteral else {
                return notes.obscure(text, at: origin, why: "`\(value)` is not a domain")
            }
            list.names.append(Sourced(domain, origin))
            notes.model()
        default: notes.obscure(text, at: origin, why: "this key is not known")
        }
    }
}
