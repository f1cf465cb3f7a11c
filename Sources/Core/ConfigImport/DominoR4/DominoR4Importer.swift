import MailTypes

/// The SMTP MTA of Lotus Notes and Domino R4: notes.ini.
public enum DominoR4Importer: SystemImporter {
    public static let system = MailSystem.dominoR4
    public static let placeOfDomains = "they stand in the Global Domain document, which notes.ini does not hold"

    /// Domino 5 and later keep a notes.ini too, without variables of the MTA.
    public static func recognises(_ file: ConfigFile) -> Bool {
        file.lines.contains { line in
            let text = line.text.lowercased()
            return text.hasPrefix("smtpmta_") || text.hasPrefix("smtp_och_")
        }
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> DominoR4Model {
        guard let path = source.paths(named: "notes.ini").first ?? source.paths.first else {
            throw ImportTrouble("no notes.ini among the files; give its path")
        }
        return try DominoR4Reader.model(of: source, path, facts: facts, notes: &notes)
    }

    public static func draft(of model: DominoR4Model, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        for domain in model.localDomains {
            draft.addDomain(HostPattern(domain: domain, isBelow: false), origin: Origin(note: "Global Domain document"))
        }
        draft.unwrapsHiddenDestinations(
            at: draft.domains.map(\.pattern.domain),
            origin: Origin(note: "what the MTA does with hidden destinations is not documented; taken for unwrapped"))
        addRefusals(model, to: &draft)
        addGrants(model, to: &draft)
        DominoR4Findings.find(in: model, notes: &notes)
        return draft
    }

    private static func addRefusals(_ model: DominoR4Model, to draft: inout PolicyDraft) {
        if let origin = model.verifiesHelo {
            var rule = RuleDraft(
                .reject, "SMTPMTA_HELO_DOMAIN_VERIFY", meaning: "clients whose HELO name is not theirs", origin: origin)
            rule.heloUnverified()
            draft.addRefuse(rule)
        }
        if let first = model.deniedDomains.first?.origin {
            var rule = RuleDraft(
                .reject, "SMTPMTA_DENIED_DOMAINS", meaning: "senders in denied domains", origin: first)
            rule.sender(model.deniedDomains.map { $0.map { "*@\($0)" } })
            draft.addRefuse(rule)
        }
        let keptIn = model.keepsInboundFromLeaving
        if let origin = keptIn ?? (model.relaysForwards == nil ? model.rejectsRelays : nil) {
            var rule = RuleDraft(
                .reject, "forwarding users", meaning: "users whose mail goes on elsewhere: passing it on would be relaying",
                origin: origin)
            rule.to(model.leavingMailboxes.map { Sourced($0, Origin(note: "aliases")) })
            draft.addRefuse(rule)
        }
    }

    private static func addGrants(_ model: DominoR4Model, to draft: inout PolicyDraft) {
        guard model.keepsInboundFromLeaving == nil else { return }
        if model.rejectsRelays == nil {
            var rule = RuleDraft(.permit, "relays", meaning: "anyone at all", origin: model.defaultOrigin)
            rule.proofNone()
            draft.addRelay(rule)
        } else if let origin = model.allowsKnownDomains {
            var rule = RuleDraft(
                .permit, "SMTPMTA_ALLOW_KNOWN_DOMAINS",
                meaning: "anyone whose sender is in a domain of the Global Domain document", origin: origin)
            rule.sender(model.localDomains.map { Sourced("*@\($0)", origin) })
            rule.proofNone()
            draft.addRelay(rule)
        }
    }
}

extension DominoR4Model {
    /// Local mailboxes whose mail goes to a domain that is not local, as patterns of the language.
    public var leavingMailboxes: [String] {
        forwards.filter { forward in
            forward.domain.map(localDomains.contains) ?? true
                && forward.targetDomain.map { !localDomains.contains($0) } ?? false
        }
        .flatMap { forward in
            forward.name.contains("@") ? [forward.name] : localDomains.map { "\(forward.name)@\($0)" }
        }
        .filter { (try? PathPattern(parsing: $0)) != nil }
    }
}
