import MailTypes

/// NTMail (later Gordano Messaging Suite): its SMTP settings written down as `[SMTP]`, since the names of the values in the
/// registry are not known.
public enum NTMailImporter: SystemImporter {
    public static let system = MailSystem.ntMail
    public static let placeOfDomains = "NTMail keeps them elsewhere in the registry"

    public static func recognises(_ file: ConfigFile) -> Bool {
        file.lines.prefix(2_000).contains { line in
            let key = NTMailReader.squeezed(line.text.prefix { $0 != "=" })
            return key == "onlyacceptlocalmail" || key == "treataslocal"
                || line.text.lowercased().contains("\\internetshopper\\mail\\")
        }
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> NTMailModel {
        guard !source.paths.isEmpty else {
            throw ImportTrouble("no file; write the settings down as [SMTP] with OnlyAcceptLocalMail and TreatAsLocal")
        }
        var reader = NTMailReader()
        for path in source.paths { reader.read(try source.file(path), notes: &notes) }
        return reader.finished(facts, notes: &notes)
    }

    public static func draft(of model: NTMailModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        draft.addDomains(model.domains, origin: model.origin)
        for host in model.treatedAsLocal.hosts {
            draft.addDomain(host.value, via: PolicyDraft.onward, origin: host.origin ?? model.origin)
        }
        draft.unwrapsHiddenDestinations(
            at: (model.domains + model.treatedAsLocal.hosts.filter { !$0.value.isBelow }.map { $0.map(\.domain) }).map(\.value),
            origin: Origin(note: "what NTMail does with hidden destinations is not documented; taken for unwrapped"))
        if model.acceptsOnlyLocal {
            draft.add(model.treatedAsLocal, .permit, name: "Treat as Local", meaning: "clients that are treated as local")
        } else {
            var rule = RuleDraft(
                .permit, "all mail", meaning: "anyone at all: not only local mail is accepted", origin: model.origin)
            rule.proofNone()
            draft.addRelay(rule)
        }
        find(in: model, notes: &notes)
        return draft
    }

    private static func find(in model: NTMailModel, notes: inout ImportNotes) {
        guard model.acceptsOnlyLocal else {
            return notes.find(
                AuditFinding(
                    "ntmail-accepts-all", .critical, "relays for everybody", at: model.origin,
                    why: "recipients need not be local",
                    fix: "Only Accept Local Mail, with Treat as Local for your own addresses",
                    confidence: model.isAssumed ? .guess : .likely))
        }
        if model.treatedAsLocal.isNearlyEverybody {
            notes.find(
                AuditFinding(
                    "ntmail-treats-everybody-as-local", .critical, "relays for everybody",
                    at: model.treatedAsLocal.addresses.first?.origin ?? model.origin,
                    why: "Treat as Local covers more than 16 million public addresses", fix: "list your own addresses only"))
        }
        for host in model.treatedAsLocal.hosts.prefix(20) {
            notes.find(
                AuditFinding(
                    "ntmail-name-entry", .warning, "what `\(host.value)` is compared with is not known",
                    at: host.origin ?? model.origin,
                    why:
                        "names can be spoofed; it is taken here for the client's name, confirmed in the DNS, and for a recipient's domain",
                    fix: "write the address", confidence: .guess))
        }
    }
}

/// Reads `[SMTP]` with `OnlyAcceptLocalMail` and `TreatAsLocal`.
struct NTMailReader {
    private var setting: (isOn: Bool, origin: Origin)?
    private var clients = ClientList()

    mutating func read(_ file: ConfigFile, notes: inout ImportNotes) {
        var section = "smtp"
        for line in file.lines {
            let text = OldAddressForms.trimmed(line.text)
            guard let first = text.first, first != ";", first != "#" else { continue }
            if first == "[", text.hasSuffix("]") {
                section = text.dropFirst().dropLast().lowercased()
            } else if section == "smtp" || section.contains("\\internetshopper\\") {
                read(text, at: file.origin(line), notes: &notes)
            } else if Self.idleSections.contains(section) {
                notes.ignore()
            } else {
                notes.obscure(text, at: file.origin(line), why: "a section that is not known")
            }
        }
    }

    /// Other services, which relay for nobody.
    private static let idleSections: Set<String> = [
        "finger", "http", "imap4", "ldap", "list", "log", "logging", "pop", "pop3", "web",
    ]

    private mutating func read(_ text: String, at origin: Origin, notes: inout ImportNotes) {
        guard let sign = text.firstIndex(of: "=") else {
            return notes.obscure(text, at: origin, why: "a line without an equals sign")
        }
        let key = Self.squeezed(text[..<sign])
        let value = OldAddressForms.trimmed(text[text.index(after: sign)...])
        switch key {
        case "onlyacceptlocalmail":
            switch OldAddressForms.trimmed(SectionedText.withoutComment(value)).lowercased() {
            case "1", "yes", "true", "on": setting = (true, origin)
            case "0", "no", "false", "off": setting = (false, origin)
            default: return notes.obscure(text, at: origin, why: "neither 0 nor 1")
            }
            notes.model()
        case "treataslocal":
            let isOne = ClientEntry(value) != nil
            // A `;` parts entries here, so only a `#` begins a remark.
            let parts = isOne ? [value[...]] : value.split(whereSeparator: { $0 == "," || $0 == " " || $0 == ";" })
            for part in parts.prefix(while: { !$0.hasPrefix("#") }) {
                guard let entry = ClientEntry(String(part)) else {
                    notes.obscure(text, at: origin, why: "`\(part)` is neither an address nor a name")
                    continue
                }
                notes.model()
                clients.add(entry, origin)
            }
        default: notes.obscure(text, at: origin, why: "this setting is not known")
        }
    }

    /// `Only Accept Local Mail` and `"OnlyAcceptLocalMail"` are one key.
    fileprivate static func squeezed(_ text: Substring) -> String {
        text.lowercased().filter { $0 != " " && $0 != "\t" && $0 != "\"" }
    }

    func finished(_ facts: ImportFacts, notes: inout ImportNotes) -> NTMailModel {
        let hasControls = facts.isAtLeast(3, 3) ?? true
        let isRecent = facts.isAtLeast(4)
        var (isOn, origin) =
            setting ?? (
                isRecent ?? true,
                Origin(note: isRecent == false ? "default of releases before 4, assumed" : "default of recent releases")
            )
        if setting == nil, isRecent != false {
            notes.obscure("OnlyAcceptLocalMail", at: origin, why: "no line says it, and the default differs between releases")
        }
        if !hasControls, isOn { (isOn, origin) = (false, Origin(note: "release before 3.03")) }
        notes.reading =
            hasControls ? nil : "NTMail before 3.03: it has no relay controls, so settings for them count for nothing."
        return NTMailModel(
            acceptsOnlyLocal: isOn, origin: origin, isAssumed: setting == nil, treatedAsLocal: clients,
            domains: facts.deliveredDomains)
    }
}
