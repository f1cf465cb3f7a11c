import MailTypes

/// Mercury NLM and Mercury/32: MERCURY.INI.
public enum MercuryImporter: SystemImporter {
    public static let system = MailSystem.mercury

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
        for domain in model.domains {
            draft.addDomain(HostPattern(domain: domain.value, isBelow: false), origin: domain.origin ?? Origin(note: "[Domains]"))
        }
        draft.unwrapsHiddenDestinations(
            origin: Origin(note: "what Mercury does with hidden destinations is not documented; taken for unwrapped"))
        addConnectionRules(model, to: &draft)
        addGrants(model, to: &draft)
        find(in: model, notes: &notes)
        return draft
    }

    private static func addConnectionRules(_ model: MercuryModel, to draft: inout PolicyDraft) {
        for (entry, except) in model.access.rules(with: .refuse) {
            var rule = RuleDraft(
                .rejectConnection, "Refuse \(text(entry))", meaning: "Refuse: may not connect, so sends no mail at all",
                origin: entry.origin)
            rule.from(entry.ranges.map { Sourced($0, entry.origin) }, except: except)
            draft.addRefuse(rule)
        }
    }

    private static func addGrants(_ model: MercuryModel, to draft: inout PolicyDraft) {
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
        for (entry, except) in model.access.rules(with: .allow) {
            var rule = RuleDraft(
                .permit, "Allow \(text(entry))", meaning: "clients of an Allow entry", origin: entry.origin)
            rule.from(entry.ranges.map { Sourced($0, entry.origin) }, except: except)
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

    private static func text(_ entry: AddressPriority<MercuryModel.Access>.Entry) -> String {
        entry.ranges == MercuryModel.everybody ? "0.0.0.0" : entry.ranges.map(\.description).joined(separator: " ")
    }

    // MARK: Findings

    private static func find(in model: MercuryModel, notes: inout ImportNotes) {
        switch model.mode {
        case .open:
            notes.find(
                AuditFinding(
                    "mercury-relay-on", .critical, "relays for everybody", at: model.modeOrigin,
                    why: "`Relay : 1` takes every recipient from every client", fix: "Relay : 0\nStrict_Relay : 1"))
        case .normal where !model.domains.isEmpty:
            notes.find(
                AuditFinding(
                    "mercury-local-sender", .critical, "relays for everybody who claims a local sender",
                    at: model.modeOrigin, why: "in normal mode a sender in one of [Domains] may relay, and anyone can write one",
                    fix: "Strict_Relay : 1"))
        case .normal, .strict: break
        }
        if let entry = model.access.entries.first(where: { $0.ranges == MercuryModel.everybody && $0.outcome == .refuse }) {
            notes.find(
                AuditFinding(
                    "mercury-refuse-everybody", .warning, "only listed clients can bring mail, inbound mail too",
                    at: entry.origin,
                    why: "`Refuse : 0.0.0.0` closes the port to everybody without an Allow entry; it is meant for servers behind a listed backup MX",
                    fix: "Strict_Relay : 1 without the Refuse line stops relaying and lets inbound mail in"))
        }
        if let entry = model.access.entries.first(where: { $0.ranges == MercuryModel.everybody && $0.outcome == .allow }) {
            notes.find(
                AuditFinding(
                    "mercury-allow-everybody", .critical, "every client may relay", at: entry.origin,
                    why: "`Allow : 0.0.0.0` is everybody", fix: "list your own addresses only"))
        }
    }
}
