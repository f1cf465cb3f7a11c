import MailTypes

/// Mercury NLM and Mercury/32: MERCURY.INI.
public enum MercuryImporter: SystemImporter {
    public static let system = MailSystem.mercury
    public static let placeOfDomains = "[Domains] names them"

    public static func recognises(_ file: ConfigFile) -> Bool {
        file.baseName == "mercury.ini" || file.lines.contains { $0.text.lowercased().hasPrefix("[mercurys]") }
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> MercuryModel {
        guard let path = source.paths(named: "mercury.ini").first ?? source.paths.first else {
            throw ImportTrouble("no MERCURY.INI among the files; give its path")
        }
        return MercuryReader.model(of: try source.file(path), facts: facts, notes: &notes)
    }

    public static func draft(of model: MercuryModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        draft.addDomains(model.domains, origin: Origin(note: "[Domains]"))
        draft.unwrapsHiddenDestinations(
            at: draft.domains.map(\.pattern.domain),
            origin: Origin(note: "what Mercury does with hidden destinations is not documented; taken for unwrapped"))
        addConnectionRules(model, to: &draft)
        addGrants(model, to: &draft)
        MercuryFindings.find(in: model, notes: &notes)
        return draft
    }

    private static func addConnectionRules(_ model: MercuryModel, to draft: inout PolicyDraft) {
        for (name, rows) in grouped(model.access.rules(with: .refuse), "Refuse") {
            var rule = RuleDraft(
                .rejectConnection, name, meaning: "Refuse: may not connect, so sends no mail at all", origin: rows[0].entry.origin)
            rule.from(sourced(rows), except: rows[0].except)
            draft.addRefuse(rule)
        }
    }

    private static func addGrants(_ model: MercuryModel, to draft: inout PolicyDraft) {
        addAliases(model, to: &draft)
        if model.mode == .open {
            var rule = RuleDraft(.permit, "Relay : 1", meaning: "anyone at all (Relay : 1)", origin: model.modeOrigin)
            rule.proofNone()
            draft.addRelay(rule)
        }
        if let origin = model.authentication {
            var rule = RuleDraft(
                .permit, "SMTP authentication", meaning: "whoever has logged in, in every mode", origin: origin)
            rule.login()
            draft.addRelay(rule)
        }
        for (name, rows) in grouped(model.access.rules(with: .allow), "Allow") {
            var rule = RuleDraft(.permit, name, meaning: "clients of an Allow entry", origin: rows[0].entry.origin)
            rule.from(sourced(rows), except: rows[0].except)
            draft.addRelay(rule)
        }
        if model.mode == .normal {
            var rule = RuleDraft(
                .permit, "normal mode: local sender", meaning: "anyone whose sender is in a local domain (normal mode)",
                origin: model.modeOrigin)
            rule.sender(model.domains.map { $0.map { "*@\($0)" } })
            rule.proofNone()
            draft.addRelay(rule)
        }
    }

    /// Aliases of local domains are delivery already; an alias may also stand for a mailbox elsewhere.
    private static func addAliases(_ model: MercuryModel, to draft: inout PolicyDraft) {
        let domains = Set(model.domains.map(\.value))
        let foreign = model.aliases.filter { alias in
            alias.domain.map { !domains.contains($0) } ?? false && (try? PathPattern(parsing: alias.name)) != nil
        }
        guard !foreign.isEmpty else { return }
        let origin = Origin(note: "aliases")
        var rule = RuleDraft(.permit, "aliases", meaning: "anyone, to an alias of a domain that is not local", origin: origin)
        rule.to(foreign.map { Sourced($0.name, origin) })
        rule.proofNone()
        draft.addRelay(rule)
    }

    private typealias Rows = [(entry: AddressPriority<MercuryModel.Access>.Entry, except: [Sourced<IPRange>])]

    /// Entries without exceptions are one rule, so that a long list stays one; each other entry is its own.
    private static func grouped(_ rows: Rows, _ keyword: String) -> [(name: String, rows: Rows)] {
        let plain = rows.filter(\.except.isEmpty)
        let others = rows.filter { !$0.except.isEmpty }.map { ("\(keyword) \(text($0.entry))", [$0]) }
        return (plain.isEmpty ? [] : [(plain.count == 1 ? "\(keyword) \(text(plain[0].entry))" : keyword, plain)]) + others
    }

    private static func sourced(_ rows: Rows) -> [Sourced<IPRange>] {
        rows.flatMap { row in row.entry.ranges.map { Sourced($0, row.entry.origin) } }
    }

    private static func text(_ entry: AddressPriority<MercuryModel.Access>.Entry) -> String {
        entry.ranges == MercuryModel.everybody ? "0.0.0.0" : entry.ranges.prefix(4).map(\.description).joined(separator: " ")
    }
}
