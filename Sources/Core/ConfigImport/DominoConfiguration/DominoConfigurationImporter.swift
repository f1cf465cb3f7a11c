import MailTypes

/// Domino 5 and later: the fields of the Configuration document (Router/SMTP, Restrictions and Controls, SMTP Inbound
/// Controls), written as text, one field a line, under our short names or the dialog's labels:
///
///     LocalDomains       = ours.example; *.ours.example
///     AllowTo            = xyz.example; @exact.example; .below.example
///     DenyTo             = *
///     AllowFrom          = [192.0.2.*]; [198.51.100.1-9]; [10.0.0.0/8]; relay.example; Partners
///     DenyFrom           = *
///     Enforcement        = External hosts       (or All connecting hosts, None)
///     ExcludedHosts      = [192.0.2.9]
///     AuthenticatedUsers = Allow all authenticated users to relay
///     Group Partners     = [203.0.113.5]; mail.partner.example
///     SMTPRelayHostsandDomains = 1              (or in a notes.ini beside it)
///
/// also AllowConnections, DenyConnections, AllowSenders, DenySenders, AllowRecipients, DenyRecipients and
/// VerifyConnectingHostName. Values are separated by `;` or `,`, or stand on indented lines below.
public enum DominoConfigurationImporter: SystemImporter {
    public static let system = MailSystem.dominoConfiguration
    public static let placeOfDomains = "they stand in the Global Domain document; `LocalDomains = NAME` says them here too"

    public static func recognises(_ file: ConfigFile) -> Bool {
        file.lines.contains { line in
            let label = line.text.prefix { $0 != "=" && $0 != ":" }
            return label.endIndex < line.text.endIndex && DominoField.isOnlyDominos(SettingsText.plain(label))
        }
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> DominoModel {
        let inis = source.paths(named: "notes.ini")
        let documents = source.paths.filter { !inis.contains($0) }
        guard !source.paths.isEmpty else {
            throw ImportTrouble("no file; write the fields of the Configuration document into one (`DenyTo = *`)")
        }
        var reader = DominoReader()
        for path in inis { reader.readNotesINI(try source.file(path), notes: &notes) }
        for path in documents { reader.read(try source.file(path), notes: &notes) }
        if documents.isEmpty {
            notes.obscure(
                "Configuration document", at: Origin(note: "Configuration document"),
                why: "the lists stand in the Configuration document, not in notes.ini; write its fields into a file")
        }
        reader.finish(facts, notes: &notes)
        return reader.model
    }

    public static func draft(of model: DominoModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        for domain in model.localDomains {
            draft.addDomain(domain.value, origin: domain.origin ?? Origin(note: "localDomains"))
        }
        let origin = Origin(note: "what Domino does with hidden destinations is not documented; taken for unwrapped")
        if model.relaysQuoted {
            draft.treat([.percent, .bang, .doubleAt], .resolve, origin: origin)
            draft.treat([.route, .encapsulated], .asWritten, origin: origin)
            draft.treat([.quoted], .asWritten, origin: Origin(note: "5.0 to 5.0.7, CVE-2001-1445"))
        } else {
            draft.unwrapsHiddenDestinations(origin: origin)
        }
        for domain in model.openDestinations {
            let origin = domain.origin ?? Origin(note: "AllowTo")
            draft.addDomain(HostPattern(domain: domain.value, isBelow: false), via: PolicyDraft.onward, origin: origin)
        }
        // What hides in a local part is for that domain's own server to read.
        if let first = model.openDestinations.first?.origin {
            draft.treat(
                [.percent, .bang, .quoted, .doubleAt], .asWritten, at: model.openDestinations.map(\.value), origin: first)
        }
        model.addRestrictions(to: &draft)
        model.addRelayRules(to: &draft)
        DominoFindings.find(in: model, notes: &notes)
        return draft
    }
}
