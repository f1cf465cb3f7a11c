import MailTypes

/// Eudora WorldMail Server: a transcription of the Connection Management Center's access objects.
public enum WorldMailImporter: SystemImporter {
    public static let system = MailSystem.worldMail
    public static let placeOfDomains = "the access objects name no domains"

    public static func recognises(_ file: ConfigFile) -> Bool {
        file.lines.contains { $0.text.lowercased().contains("[\(WorldMailReader.relaySection)]") }
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> WorldMailModel {
        guard let path = source.paths.first else {
            throw ImportTrouble("no file; give a transcription of the access objects")
        }
        for other in source.paths.dropFirst() {
            notes.obscure(other, at: Origin(note: other), why: "a second file; put all access objects into one")
        }
        return WorldMailReader.model(of: try source.file(path), facts: facts, notes: &notes)
    }

    public static func draft(of model: WorldMailModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        draft.addDomains(model.domains, origin: Origin(note: "--facts"))
        draft.takesEveryLocalPartAsWritten(
            origin: Origin(note: "what WorldMail does with hidden destinations is not documented; taken as written"))
        addServiceRules(model.service, to: &draft)
        addGrants(model.relay, to: &draft)
        find(in: model, notes: &notes)
        return draft
    }

    private static func addServiceRules(_ service: WorldMailModel.AccessObject, to draft: inout PolicyDraft) {
        let listed = AddressSet(service.exceptionRanges.map(\.value))
        var rule = RuleDraft(
            .rejectConnection, "SMTP: denied access", meaning: "may not connect, so sends no mail at all",
            origin: service.defaultOrigin)
        if service.isAllowedByDefault {
            guard !service.exceptions.isEmpty else { return }
            rule.from(service.exceptionRanges)
        } else {
            rule.from(listed.complement)
        }
        draft.addRefuse(rule)
    }

    private static func addGrants(_ relay: WorldMailModel.AccessObject, to draft: inout PolicyDraft) {
        guard relay.isAllowedByDefault else {
            var rule = RuleDraft(
                .permit, "SMTP Relay: allowed", meaning: "clients of an Allow entry", origin: relay.defaultOrigin)
            rule.from(relay.exceptionRanges)
            return draft.addRelay(rule)
        }
        var rejected = RuleDraft(.reject, "SMTP Relay: denied", meaning: "clients of a Deny entry", origin: relay.defaultOrigin)
        rejected.from(relay.exceptionRanges)
        draft.addRelay(rejected)
        var rule = RuleDraft(
            .permit, "SMTP Relay: allowed by default", meaning: "anyone without a Deny entry", origin: relay.defaultOrigin)
        rule.proofNone()
        draft.addRelay(rule)
    }

    // MARK: Findings

    private static func find(in model: WorldMailModel, notes: inout ImportNotes) {
        if model.relay.isAllowedByDefault {
            let isAsDelivered = model.relay.defaultOrigin.at == nil
            notes.find(
                AuditFinding(
                    isAsDelivered ? "worldmail-as-delivered" : "worldmail-allowed-by-default", .critical,
                    "relays for everybody who is not listed", at: model.relay.defaultOrigin,
                    why: isAsDelivered
                        ? "as delivered the server relays, and nothing sets the object SMTP Relay (Non-Local Only)"
                        : "with Allowed Access the list names only those who may not",
                    fix: "[SMTP Relay (Non-Local Only)]\nDefault = Denied Access\nAllow = YOUR NETWORK", confidence: .likely))
        } else {
            for entry in model.relay.exceptions where AddressSet(entry.ranges).holdsStrangers {
                notes.find(
                    AuditFinding(
                        "worldmail-allow-everybody", .critical, "strangers are among those who may relay", at: entry.origin,
                        why: "the entry covers a large part of the public Internet", fix: "list your own networks only",
                        confidence: .likely))
            }
        }
        if !model.service.isAllowedByDefault {
            notes.find(
                AuditFinding(
                    "worldmail-service-denied", .warning, "only listed clients can bring mail, inbound mail too",
                    at: model.service.defaultOrigin,
                    why: "the object SMTP governs the whole service; relaying alone is governed by SMTP Relay (Non-Local Only)",
                    fix: "[SMTP]\nDefault = Allowed Access", confidence: .likely))
        }
    }
}
