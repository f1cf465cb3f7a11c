import MailTypes

/// The GroupWise SMTP/MIME gateway: GWSMTP.CFG.
public struct GWSMTPModel: Hashable, Sendable {
    /// `/NOROUTING`: mail for others than the system's own people is not sent on. Nil: the gateway relays.
    public var noRouting: Origin?
    public var domains: [Sourced<Domain>]
}

/// The GroupWise SMTP/MIME gateway, which GWIA replaced.
public enum GWSMTPImporter: SystemImporter {
    public static let system = MailSystem.groupWiseGWSMTP
    public static let placeOfDomains = "they are kept in the domain database"

    public static func recognises(_ file: ConfigFile) -> Bool { file.baseName == "gwsmtp.cfg" }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> GWSMTPModel {
        guard let path = source.paths(named: "gwsmtp.cfg").first ?? source.paths.first else {
            throw ImportTrouble("no GWSMTP.CFG among the files; give its path")
        }
        var model = GWSMTPModel(noRouting: nil, domains: [])
        for item in SwitchFile(try source.file(path)).switches {
            if item.name == "norouting", item.value.isEmpty {
                notes.model()
                model.noRouting = item.origin
            } else if GWIAVocabulary.idleSwitches.contains(item.name) {
                notes.ignore()
            } else {
                let why = item.name == "norouting" ? "this switch has no value" : "this switch is not known"
                notes.obscure(item.text, at: item.origin, why: item.name.isEmpty ? "this is no switch" : why)
            }
        }
        model.domains = facts.deliveredDomains
        return model
    }

    public static func draft(of model: GWSMTPModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        let absence = Origin(note: "no /NOROUTING")
        draft.addDomains(model.domains, origin: absence)
        draft.unwrapsHiddenDestinations(
            at: model.domains.map(\.value),
            origin: Origin(note: "what the gateway does with hidden destinations is not documented; taken for unwrapped"))
        if let origin = model.noRouting {
            notes.find(
                AuditFinding(
                    "gwsmtp-problem-directory", .note, "refused messages may pile up", at: origin,
                    why: "where problem mail is saved, they go to the problem directory and do not bounce",
                    fix: "watch and empty it"))
            notes.find(
                AuditFinding(
                    "gwsmtp-own-clients", .warning, "the system's own POP users cannot send to the outside through it",
                    at: origin,
                    why: "/NOROUTING knows no exceptions"))
            return draft
        }
        var rule = RuleDraft(.permit, "routing", meaning: "anyone at all: there is no /NOROUTING", origin: absence)
        rule.proofNone()
        draft.addRelay(rule)
        notes.find(
            AuditFinding(
                "gwsmtp-relays", .critical, "relays for everybody", at: absence,
                why: "without /NOROUTING the gateway sends on whatever it gets", fix: "/NOROUTING"))
        return draft
    }
}
