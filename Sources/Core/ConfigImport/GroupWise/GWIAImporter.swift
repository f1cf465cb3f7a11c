import MailTypes

/// GroupWise Internet Agent (GWIA).
public enum GWIAImporter: SystemImporter {
    public static let system = MailSystem.groupWiseGWIA
    public static let placeOfDomains = "they are kept in the domain database, or in frgnames.cfg"

    public static func recognises(_ file: ConfigFile) -> Bool {
        if file.baseName == "gwia.cfg" { return true }
        return file.lines.prefix(200).contains { $0.text.lowercased().hasPrefix("[smtp relay]") }
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> GWIAModel {
        guard !source.paths.isEmpty else {
            throw ImportTrouble("no file; give gwia.cfg, blocked.txt, or the SMTP Relay page as text")
        }
        var reader = GWIAReader(facts: facts, notes: notes)
        let isAlone = source.paths.count == 1
        for path in source.paths {
            // The databases lie in the same folder.
            if !isAlone, path.lowercased().hasSuffix(".db") { continue }
            reader.read(try source.file(path))
        }
        let model = reader.finished()
        notes = reader.notes
        return model
    }

    public static func draft(of model: GWIAModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        draft.addDomains(model.domains, origin: model.defaultOrigin)
        draft.unwrapsHiddenDestinations(
            at: model.domains.map(\.value),
            origin: Origin(note: "what GWIA does with hidden destinations is not documented; taken for unwrapped"))
        draft.add(model.blocked, inRefuse: true, .rejectConnection, name: "blocked.txt", meaning: "may not connect (blocked.txt)")
        if let origin = model.demandsLogin { addDemand(origin, to: &draft) }
        if model.noRouting == nil { addGrants(model, to: &draft) }
        GWIAFindings.find(in: model, notes: &notes)
        return draft
    }

    private static func addDemand(_ origin: Origin, to draft: inout PolicyDraft) {
        var pass = RuleDraft(.pass, "logged in", meaning: "whoever has logged in", origin: origin)
        pass.login()
        draft.addRefuse(pass)
        var reject = RuleDraft(.reject, "forceinboundauth", meaning: "nobody else may bring mail", origin: origin)
        reject.from(.everything)
        draft.addRefuse(reject)
    }

    private static func addGrants(_ model: GWIAModel, to draft: inout PolicyDraft) {
        if model.loginsMayRelay, model.isPrevented {
            var rule = RuleDraft(
                .permit, "authenticated", meaning: "whoever has logged in, though relaying is prevented",
                origin: model.defaultOrigin)
            rule.login()
            draft.addRelay(rule)
        }
        if model.isPrevented {
            draft.add(model.allowed, .permit, name: "SMTP Relay, Allow", meaning: "exceptions from preventing")
        } else {
            draft.add(model.prevented, .reject, name: "SMTP Relay, Prevent", meaning: "exceptions from allowing")
            var rule = RuleDraft(.permit, "Allow message relaying", meaning: "anyone else at all", origin: model.defaultOrigin)
            rule.proofNone()
            draft.addRelay(rule)
        }
    }
}

/// What the owner of a GWIA should know of its settings.
enum GWIAFindings {
    static func find(in model: GWIAModel, notes: inout ImportNotes) {
        if let origin = model.demandsLogin {
            notes.find(
                AuditFinding(
                    "gwia-login-for-all", .warning, "mail from the Internet is refused", at: origin,
                    why: "with --forceinboundauth every server that brings mail has to log in", fix: "leave it out",
                    confidence: .likely))
        }
        for entry in (model.blocked.hosts + model.allowed.hosts + model.prevented.hosts).prefix(20) {
            notes.find(
                AuditFinding(
                    "gwia-host-name", .warning, "`\(entry.value)` rests on reverse DNS", at: entry.origin ?? model.defaultOrigin,
                    why: "who answers for an address writes its name, and without an answer the entry fits nobody",
                    fix: "write the address", confidence: .likely))
        }
        if let origin = model.noRouting {
            findUnused(model.allowed, "Allow", notes: &notes)
            return notes.find(ownClients(origin))
        }
        guard !model.isPrevented else { return findClosed(model, notes: &notes) }
        notes.find(
            AuditFinding(
                "gwia-relay-allowed", .critical, "relays for everybody", at: model.defaultOrigin,
                why: "the default of the SMTP Relay page is to allow message relaying",
                fix: "Access Control, SMTP Relay: Prevent message relaying, with Allow exceptions for your own clients",
                confidence: model.isDefaultAssumed ? .guess : .certain))
        findUnused(model.allowed, "Allow", notes: &notes)
    }

    private static func findClosed(_ model: GWIAModel, notes: inout ImportNotes) {
        findUnused(model.prevented, "Prevent", notes: &notes)
        if model.allowed.isNearlyEverybody {
            notes.find(
                AuditFinding(
                    "gwia-allow-everybody", .critical, "relays for everybody",
                    at: model.allowed.addresses.first?.origin ?? model.defaultOrigin,
                    why: "Allow exceptions cover more than 16 million public addresses", fix: "allow your own addresses only"))
        }
        if model.allowed.isEmpty, !model.loginsMayRelay { notes.find(ownClients(model.defaultOrigin)) }
    }

    private static func findUnused(_ list: ClientList, _ name: String, notes: inout ImportNotes) {
        guard let origin = list.addresses.first?.origin ?? list.hosts.first?.origin else { return }
        notes.find(
            AuditFinding(
                "gwia-exceptions-unused", .warning, "\(name) exceptions count for nothing", at: origin,
                why: "only the list against the default is asked: Allow where relaying is prevented, Prevent where it is allowed; with /NOROUTING neither is",
                fix: "change the default, or leave them out"))
    }

    private static func ownClients(_ origin: Origin) -> AuditFinding {
        AuditFinding(
            "gwia-own-clients", .warning, "the system's own POP3 and IMAP4 users cannot send to the outside through it",
            at: origin,
            why: "relaying is prevented for everybody", fix: "Allow exceptions for their addresses", confidence: .likely)
    }
}
