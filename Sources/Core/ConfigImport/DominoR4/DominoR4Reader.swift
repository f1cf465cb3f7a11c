import MailTypes

/// Reads notes.ini: `NAME=value`, names in any case of letters. Only the SMTP variables say something about relaying.
struct DominoR4Reader {
    private var values: [String: (value: String, origin: Origin)] = [:]
    private var denied: [Sourced<Domain>] = []
    private var once = SaidOnce()

    static func model(
        of source: ImportSource, _ path: String, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> DominoR4Model {
        var reader = DominoR4Reader()
        let file = try source.file(path)
        for line in file.lines { reader.read(line, of: file, notes: &notes) }
        if let list = reader.values["smtpmta_denied_domains"], !list.value.isEmpty {
            try reader.readDenied(list.value, at: list.origin, source, path, notes: &notes)
        }
        return reader.finished(facts, notes: &notes)
    }

    private mutating func read(_ line: ConfigFile.Line, of file: ConfigFile, notes: inout ImportNotes) {
        let text = OldAddressForms.trimmed(line.text)
        guard !text.isEmpty, !text.hasPrefix(";"), !text.hasPrefix("[") else { return }
        guard let sign = text.firstIndex(of: "="), case let name = OldAddressForms.trimmed(text[..<sign]).lowercased(),
            name.utf8.allSatisfy(Self.isOfName)
        else {
            return notes.obscure(text, at: file.origin(line), why: "no `NAME=value` of notes.ini")
        }
        let value = OldAddressForms.trimmed(text[text.index(after: sign)...])
        switch name {
        case "smtpmta_reject_relays", "smtpmta_relay_forwards", "smtpmta_allow_known_domains",
            "smtp_och_reject_smtp_originated_messages", "smtpmta_helo_domain_verify":
            guard ["", "0", "1"].contains(value) else {
                return notes.obscure(text, at: file.origin(line), why: "neither 0 nor 1")
            }
            set(name, value, text, file.origin(line), &notes)
        case "smtpmta_denied_domains": set(name, value, text, file.origin(line), &notes)
        case "smtpmta_och_reject_smtp_originated_messages":
            notes.model()
            notes.find(DominoR4Findings.misspelt(at: file.origin(line)))
        case let name where Self.mayMatter(name):
            notes.obscure(text, at: file.origin(line), why: "this variable of the SMTP MTA is not known")
        default: notes.ignore()
        }
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        (0x21...0x7e).contains(byte) && !"<>\"'()[]{};,".utf8.contains(byte)
    }

    private mutating func set(
        _ name: String, _ value: String, _ text: String, _ origin: Origin, _ notes: inout ImportNotes
    ) {
        guard once.isFirst(name, value, text, at: origin, notes: &notes) else { return }
        notes.model()
        values[name] = (value, origin)
    }

    /// Servers' other variables are many hundreds; of these names only the SMTP MTA's can touch relaying.
    private static func mayMatter(_ name: String) -> Bool {
        (name.hasPrefix("smtp") || name.contains("relay")) && !irrelevant.contains(name)
    }

    private static let irrelevant: Set<String> = [
        "smtpmta_space_repl_char", "smtpmta_ipaddr", "smtp_config", "smtpmta_log_level", "smtpmta_retry_interval",
        "smtpmta_timeout", "smtpmta_inline_text_attachments", "smtpmta_outbound_line_length", "smtpsaveimporterrors",
        "smtpdebug", "smtpdebugio", "smtpgreeting",
    ]

    // MARK: The file of denied domains

    /// `path` is the server's own (`c:\notes\data\denied.txt`): of the given files the one with that last component.
    private mutating func readDenied(
        _ path: String, at origin: Origin, _ source: ImportSource, _ notesINI: String, notes: inout ImportNotes
    ) throws(ImportTrouble) {
        let base = path.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? path
        guard let found = source.paths(named: base).first(where: { $0 != notesINI }) else {
            return notes.obscure(
                "SMTPMTA_DENIED_DOMAINS=\(path)", at: origin, why: "the file `\(base)` is not among those given")
        }
        denied += try source.file(found).domains(notes: &notes)
    }

    // MARK: Finishing

    private func origin(_ name: String) -> Origin? { values[name].flatMap { $0.value == "1" ? $0.origin : nil } }

    private func finished(_ facts: ImportFacts, notes: inout ImportNotes) -> DominoR4Model {
        let outbound = origin("smtp_och_reject_smtp_originated_messages")
        var isHonoured = facts.isAtLeast(4, 6, 2) ?? true
        if let outbound, facts.release == nil, origin("smtpmta_reject_relays") == nil {
            // From 4.6.2 on; before, the server relays for everybody.
            isHonoured = false
            notes.obscure(
                "SMTP_OCH_REJECT_SMTP_ORIGINATED_MESSAGES=1", at: outbound,
                why: "releases before 4.6.2 do not know it; say the release in the facts")
        }
        return DominoR4Model(
            rejectsRelays: origin("smtpmta_reject_relays"), relaysForwards: origin("smtpmta_relay_forwards"),
            allowsKnownDomains: origin("smtpmta_allow_known_domains"), keepsInboundFromLeaving: isHonoured ? outbound : nil,
            verifiesHelo: origin("smtpmta_helo_domain_verify"), deniedDomains: denied,
            localDomains: facts.deliveredDomains.map(\.value), forwards: facts.sortedAliases)
    }
}
