import ConfigImport

extension MailSystem {
    /// A server that decides by this configuration as the system does; nil where there is no emulation of it.
    public func emulation(of source: ImportSource, facts: ImportFacts) throws(ImportTrouble) -> (any EmulatedSystem)? {
        try Self.emulation(importer, source, facts)
    }

    private static func emulation<Importer: SystemImporter>(
        _ importer: Importer.Type, _ source: ImportSource, _ facts: ImportFacts
    ) throws(ImportTrouble) -> (any EmulatedSystem)? {
        var notes = ImportNotes()
        return try importer.model(of: source, facts: facts, notes: &notes) as? any EmulatedSystem
    }
}
