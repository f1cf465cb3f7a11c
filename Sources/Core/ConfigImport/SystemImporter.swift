/// How one system's configuration becomes a policy: files → the system's own model → a draft.
public protocol SystemImporter {
    /// The settings in the system's own terms. An emulation decides by it as the system does.
    associatedtype Model: Sendable
    static var system: MailSystem { get }
    /// Where the system says which domains are local, for an owner who has not given it: `class w names them`.
    static var placeOfDomains: String { get }

    /// Whether this file can only be this system's, by its name or what it says.
    static func recognises(_ file: ConfigFile) -> Bool

    /// Reads the model. Every directive is counted in `notes` as modelled, irrelevant or opaque.
    static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> Model

    /// The policy that decides as the model does; traps of the model are findings.
    static func draft(of model: Model, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft
}

/// Another server's configuration as a policy, with what was not understood.
public struct ImportedConfiguration: Sendable {
    public var system: MailSystem
    public var draft: PolicyDraft
    public var notes: ImportNotes

    public init(system: MailSystem, source: ImportSource, facts: ImportFacts) throws(ImportTrouble) {
        self = try Self.read(system.importer, source, facts)
    }

    private static func read<Importer: SystemImporter>(
        _ importer: Importer.Type, _ source: ImportSource, _ facts: ImportFacts
    ) throws(ImportTrouble) -> ImportedConfiguration {
        var notes = ImportNotes()
        let model = try importer.model(of: source, facts: facts, notes: &notes)
        var draft = importer.draft(of: model, facts: facts, notes: &notes)
        draft.namesWhoMaySend()
        notes.findMissingDomains(in: draft, facts, of: importer)
        if notes.modelled == 0, !isRecognised(importer, source) {
            // Files of another kind must not read as a server that relays for nobody, nor as one that is as delivered.
            let (file, why) = (source.paths.first ?? "no file", "nothing here was understood as a setting of \(importer.system.title)")
            guard notes.irrelevant > 0 else {
                throw ImportTrouble("\(notes.opaque.first { $0.at.at != nil }.map { "\($0.at)" } ?? file): \(why)")
            }
            if notes.opaque.isEmpty { notes.obscure(file, at: Origin(note: file), why: why) }
        }
        return ImportedConfiguration(system: importer.system, draft: draft, notes: notes)
    }

    private static func isRecognised<Importer: SystemImporter>(_ importer: Importer.Type, _ source: ImportSource) -> Bool {
        source.paths.contains { path in (try? source.file(path)).map(importer.recognises) ?? false }
    }

    private init(system: MailSystem, draft: PolicyDraft, notes: ImportNotes) {
        (self.system, self.draft, self.notes) = (system, draft, notes)
    }

    /// As a gatepost.conf.
    public var text: String { draft.text(heading: heading) }

    /// What stands at its top: what it is of, by which reading, and what was not understood.
    public var heading: [String] {
        var heading = ["Imported from \(system.title). It decides as the original does, holes included."]
        if let reading = notes.reading { heading.append(reading) }
        for part in notes.opaque { heading.append("NOT UNDERSTOOD: \(part.at): \(part.text): \(part.why)") }
        return heading
    }
}
