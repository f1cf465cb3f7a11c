import MailTypes

/// Reads what of GWIA's settings is text: gwia.cfg, blocked.txt, frgnames.cfg, and the SMTP Relay page written down as
/// `[SMTP Relay]`.
struct GWIAReader {
    let facts: ImportFacts
    var notes: ImportNotes
    private var noRouting: Origin?
    private var page: (isPrevented: Bool, origin: Origin)?
    private var allowed = ClientList()
    private var prevented = ClientList()
    private var blocked = ClientList()
    private var demandsLogin: Origin?
    private var domains: [Sourced<Domain>] = []
    private var once = SaidOnce()

    init(facts: ImportFacts, notes: ImportNotes) { (self.facts, self.notes) = (facts, notes) }

    mutating func read(_ file: ConfigFile) {
        switch file.baseName {
        case let name where GWIAVocabulary.idleFiles.contains(name): notes.ignore()
        case "blocked.txt": readBlocked(file)
        case "frgnames.cfg": readNames(file)
        default: readSettings(file)
        }
    }

    private mutating func readBlocked(_ file: ConfigFile) {
        for line in file.lines {
            let text = OldAddressForms.trimmed(line.text)
            guard let first = text.first, first != ";", first != "#" else { continue }
            readClient(text, text, file.origin(line), into: \.blocked)
        }
    }

    /// Domain names of the system, one a line.
    private mutating func readNames(_ file: ConfigFile) {
        domains += file.domains(notes: &notes)
    }

    private mutating func readClient(
        _ value: String, _ line: String, _ origin: Origin, into list: WritableKeyPath<GWIAReader, ClientList>
    ) {
        guard let entry = ClientEntry(value) else {
            return notes.obscure(line, at: origin, why: "`\(value)` is neither an address nor a host name")
        }
        notes.model()
        self[keyPath: list].add(entry, origin)
    }

    // MARK: Switches and the page

    private mutating func readSettings(_ file: ConfigFile) {
        var section = ""
        for line in file.lines {
            let text = OldAddressForms.trimmed(line.text)
            guard let first = text.first, first != ";", first != "#" else { continue }
            let origin = file.origin(line)
            if first == "[", text.hasSuffix("]") {
                section = text.dropFirst().dropLast().lowercased()
            } else if section.isEmpty || first == "/" || first == "-" {
                readSwitch(SwitchFile.read(text, origin))
            } else if section == "smtp relay" {
                readPage(text, origin)
            } else {
                notes.obscure(text, at: origin, why: "a section that is not known")
            }
        }
    }

    private mutating func readSwitch(_ item: SwitchFile.Switch) {
        switch item.name {
        case "norouting" where !item.value.isEmpty:
            notes.obscure(item.text, at: item.origin, why: "this switch has no value")
        case "norouting":
            if facts.isAtLeast(6) == true {
                return notes.obscure(item.text, at: item.origin, why: "this switch is known of release 5.5 only")
            }
            notes.model()
            noRouting = item.origin
        case "forceinboundauth":
            notes.model()
            demandsLogin = item.origin
        case let name where GWIAVocabulary.idleSwitches.contains(name): notes.ignore()
        default: notes.obscure(item.text, at: item.origin, why: "this switch is not known")
        }
    }

    /// `Default = …`, `Allow = client`, `Prevent = client`
    private mutating func readPage(_ text: String, _ origin: Origin) {
        guard let sign = text.firstIndex(of: "=") else {
            return notes.obscure(text, at: origin, why: "a line without an equals sign")
        }
        let key = OldAddressForms.trimmed(text[..<sign]).lowercased()
        let value = OldAddressForms.trimmed(text[text.index(after: sign)...])
        switch key {
        case "default":
            let choice = value.lowercased().split(separator: " ").first
            guard choice == "prevent" || choice == "allow" else {
                return notes.obscure(text, at: origin, why: "neither Allow message relaying nor Prevent message relaying")
            }
            guard once.isFirst(key, "\(choice ?? "")", text, at: origin, notes: &notes) else { return }
            notes.model()
            page = (choice == "prevent", origin)
        case "allow": readClient(value, text, origin, into: \.allowed)
        case "prevent": readClient(value, text, origin, into: \.prevented)
        case "size", "size limit", "maximum message size", "prevent messages larger than": notes.ignore()
        default: notes.obscure(text, at: origin, why: "this keyword of [SMTP Relay] is not known")
        }
    }

    // MARK: The whole

    /// Those of frgnames.cfg and those that were given as facts, each once.
    private var ownDomains: [Sourced<Domain>] {
        var known: Set<Domain> = []
        return (domains + facts.deliveredDomains).filter { known.insert($0.value).inserted }
    }

    mutating func finished() -> GWIAModel {
        let isOld = facts.isAtLeast(6) == false
        notes.reading =
            isOld
            ? "GroupWise 5: it has no SMTP authentication, and relays until that is prevented."
            : "GroupWise 6 or later: whoever has logged in may relay."
        let assumed = Origin(note: isOld ? "default of release 5, assumed" : "default: prevent message relaying")
        let isPrevented = page?.isPrevented ?? !isOld
        if page == nil, !isOld, noRouting == nil {
            notes.obscure(
                "SMTP Relay page", at: assumed,
                why:
                    "the page is kept in gwac.db, which is not text; write it down as [SMTP Relay] with Default, Allow and Prevent"
            )
        }
        return GWIAModel(
            noRouting: noRouting, isPrevented: isPrevented, defaultOrigin: page?.origin ?? assumed,
            isDefaultAssumed: page == nil && noRouting == nil, allowed: allowed, prevented: prevented, blocked: blocked,
            loginsMayRelay: !isOld, demandsLogin: demandsLogin, domains: ownDomains)
    }
}
