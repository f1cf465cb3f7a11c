import MailTypes

extension ImportFacts {
    /// The domains whose mail is delivered, as far as the facts say it: `localDomains` and `ownDomain`, each once.
    public var deliveredDomains: [Sourced<Domain>] {
        var known: Set<Domain> = []
        return ((localDomains ?? []) + [ownDomain].compactMap { $0 }).filter { known.insert($0).inserted }
            .map { Sourced($0, Origin(note: "given as a fact")) }
    }

    /// What the facts add to class w of a Sendmail: its own name, and the domains that it delivers. `ownDomain` is no word
    /// of it there, but class m.
    var localNames: [Sourced<String>] {
        ([hostName].compactMap { $0 } + (localDomains ?? [])).map { Sourced("\($0)", Origin(note: "given as a fact")) }
    }
}

extension ImportNotes {
    /// The one reading of a configuration that does not say which domains are local, for every system: nothing is taken
    /// for local. Who can relay is known without them; what is delivered is not, and that is for its owner to say.
    mutating func findMissingDomains<Importer: SystemImporter>(
        in draft: PolicyDraft, _ facts: ImportFacts, of importer: Importer.Type
    ) {
        guard facts.localDomains == nil, !draft.deliversForSomebody else { return }
        find(
            AuditFinding(
                "local-domains-not-known", .note, "which domains are local is not said, so the imported policy delivers nothing",
                at: Origin(note: "no file names them"),
                why: "\(importer.placeOfDomains); who can relay is judged without them, with no domain taken for local",
                fix: """
                    write {"localDomains": ["ours.example"]} with your own domains into facts.json, then
                    gatepost audit \(importer.system.rawValue) PATH --facts facts.json
                    """))
    }
}

extension PolicyDraft {
    /// Whether it delivers for a domain other than what every host calls itself.
    fileprivate var deliversForSomebody: Bool {
        domains.contains { line in
            let name = "\(line.pattern.domain)"
            return line.via == nil && !line.pattern.domain.isLiteral && name != "localhost" && !name.hasPrefix("localhost.")
        }
    }

    /// What stands right of the last `@` decides, and no local part is refused for its look.
    public mutating func takesEveryLocalPartAsWritten(origin: Origin) {
        takesLocalPartsAsWritten(origin: origin)
        treat([.slash, .pipe, .leadingDot], .asWritten, origin: origin)
    }
}
