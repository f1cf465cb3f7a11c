import MailTypes

/// Reads the transcription of WorldMail's access objects.
struct WorldMailReader {
    private enum Section { case relay, service, other, unknown }

    private struct Written {
        var isAllowedByDefault: Bool?
        var defaultOrigin: Origin?
        var allow: [WorldMailModel.Entry] = []
        var deny: [WorldMailModel.Entry] = []
        var once = SaidOnce()
    }

    private var relay = Written()
    private var service = Written()

    static let relaySection = "smtp relay (non-local only)"
    /// Objects of other services, which carry no mail in.
    private static let otherServices: Set<String> = [
        "pop3", "imap4", "imap", "ldap", "finger", "ph", "password", "passwd", "http", "web", "pop", "general",
    ]

    static func model(of file: ConfigFile, facts: ImportFacts, notes: inout ImportNotes) -> WorldMailModel {
        var reader = WorldMailReader()
        var section = Section.unknown
        for (line, text, origin) in SectionedText.lines(of: file) {
            if case .section(let name) = line {
                section = Self.section(name)
                if section == .unknown { notes.obscure(text, at: origin, why: "an access object that is not known") }
            } else {
                reader.read(line, text, in: section, at: origin, notes: &notes)
            }
        }
        return WorldMailModel(
            relay: Self.object(reader.relay, notes: &notes), service: Self.object(reader.service, notes: &notes),
            domains: facts.deliveredDomains)
    }

    private static func section(_ name: String) -> Section {
        switch name.lowercased() {
        case relaySection, "smtp relay": .relay
        case "smtp": .service
        case let name where otherServices.contains(name): .other
        default: .unknown
        }
    }

    private mutating func read(
        _ line: SectionedText.Line, _ text: String, in section: Section, at origin: Origin, notes: inout ImportNotes
    ) {
        switch section {
        case .relay: Self.read(line, text, into: &relay, at: origin, notes: &notes)
        case .service: Self.read(line, text, into: &service, at: origin, notes: &notes)
        case .other: notes.ignore()
        // Its heading is opaque already.
        case .unknown: break
        }
    }

    private static func read(
        _ line: SectionedText.Line, _ text: String, into object: inout Written, at origin: Origin, notes: inout ImportNotes
    ) {
        guard case .setting(let key, let value) = line else {
            return notes.obscure(text, at: origin, why: "a line without `=`")
        }
        switch key {
        case "default": readDefault(value, text, into: &object, at: origin, notes: &notes)
        case "allow", "deny":
            guard let ranges = OldAddressForms.entry(value) else {
                return notes.obscure(text, at: origin, why: "`\(value)` is not an address, a network with its mask, or a range")
            }
            notes.model()
            let entry = WorldMailModel.Entry(ranges: ranges, origin: origin)
            if key == "allow" { object.allow.append(entry) } else { object.deny.append(entry) }
            if ranges.isEmpty { findNeverMatching(value, at: origin, notes: &notes) }
        default: notes.obscure(text, at: origin, why: "this key of an access object is not known")
        }
    }

    private static func readDefault(
        _ value: String, _ text: String, into object: inout Written, at origin: Origin, notes: inout ImportNotes
    ) {
        let isAllowed: Bool
        switch value.lowercased() {
        case "allowed access", "allowed": isAllowed = true
        case "denied access", "denied": isAllowed = false
        default:
            // There is a default, so it is not the one as delivered: the line itself says that it may be a hole.
            if object.isAllowedByDefault == nil { (object.isAllowedByDefault, object.defaultOrigin) = (false, origin) }
            return notes.obscure(text, at: origin, why: "neither Allowed Access nor Denied Access")
        }
        guard object.once.isFirst("default", "\(isAllowed)", text, at: origin, notes: &notes) else { return }
        (object.isAllowedByDefault, object.defaultOrigin) = (isAllowed, origin)
        notes.model()
    }

    /// As delivered access is allowed. Exceptions of the default's own kind change nothing.
    private static func object(_ written: Written, notes: inout ImportNotes) -> WorldMailModel.AccessObject {
        let isAllowed = written.isAllowedByDefault ?? true
        var object = WorldMailModel.AccessObject(
            isAllowedByDefault: isAllowed,
            defaultOrigin: written.defaultOrigin ?? Origin(note: "as delivered: Allowed Access"))
        object.exceptions = isAllowed ? written.deny : written.allow
        for entry in isAllowed ? written.allow : written.deny {
            let (word, kind) = isAllowed ? ("Allow", "allowed") : ("Deny", "denied")
            notes.find(
                AuditFinding(
                    "worldmail-pointless-entry", .warning, "the entry changes nothing", at: entry.origin,
                    why: "entries are the exceptions of the default, and by default access is \(kind) already",
                    fix: isAllowed ? "Default = Denied Access" : "take the `\(word)` line out", confidence: .likely))
        }
        return object
    }

    private static func findNeverMatching(_ value: String, at origin: Origin, notes: inout ImportNotes) {
        notes.find(
            AuditFinding(
                "worldmail-never-matches", .warning, "no client fits `\(value)`", at: origin,
                why: "the network has bits set outside its mask", fix: "write the first address of the network",
                confidence: .guess))
    }
}
