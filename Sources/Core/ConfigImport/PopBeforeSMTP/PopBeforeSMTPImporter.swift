import MailTypes

/// POP before SMTP: Sendmail's popauth.m4, pop-before-smtp-conf.pl, dracd.allow.
public enum PopBeforeSMTPImporter: SystemImporter {
    public static let system = MailSystem.popBeforeSMTP
    public static let placeOfDomains = "class w of Sendmail's own files names them"

    public static func recognises(_ file: ConfigFile) -> Bool {
        let name = file.baseName
        if name.hasPrefix("pop-before-smtp") && name.hasSuffix(".pl") || name == "dracd.allow" || name == "popauth.m4" { return true }
        guard name.hasSuffix(".mc") else { return false }
        return SendmailMC(file).calls.contains {
            ["FEATURE", "HACK"].contains($0.name) && ["popauth", "drac"].contains($0.argument(0) ?? "")
        }
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> PopBeforeSMTPModel {
        try PopBeforeSMTPReader.model(of: source, facts: facts, notes: &notes)
    }

    public static func draft(of model: PopBeforeSMTPModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        var names: [Domain] = []
        var seen: Set<Domain> = []
        for domain in SendmailCF.domains(model.localNames) {
            let origin = domain.origin ?? Origin(note: "class w")
            if seen.insert(domain.value).inserted { names.append(domain.value) }
            draft.addDomain(HostPattern(domain: domain.value, isBelow: false), origin: origin)
        }
        let origin = Origin(note: "Sendmail takes its own names off and judges the rest")
        draft.treat(AddressTrick.allCases, .asWritten, origin: origin)
        if !names.isEmpty { draft.treat([.percent, .bang, .quoted, .doubleAt], .resolve, at: names, origin: origin) }
        addGrants(model, to: &draft)
        find(in: model, notes: &notes)
        return draft
    }

    private static func addGrants(_ model: PopBeforeSMTPModel, to draft: inout PolicyDraft) {
        if let wiring = model.wiring {
            var pass = RuleDraft(
                .pass, "POP login skips checks", meaning: "an OK of Local_check_rcpt ends every later check", origin: wiring)
            pass.popLogin()
            draft.addRefuse(pass)
            var rule = RuleDraft(
                .permit, "recent POP login",
                meaning: "clients at whose address somebody fetched mail in the last \(model.window.value) seconds", origin: wiring)
            rule.popLogin()
            draft.addRelay(rule)
        }
        var loopback = RuleDraft(
            .permit, "the host itself", meaning: "Sendmail relays for its own loopback address",
            origin: Origin(note: "default: Relay_ok"))
        loopback.from([IPRange(IPAddress(v4: 0x7f00_0001)), IPRange(IPAddress(v6: 1))].map { Sourced($0) })
        draft.addRelay(loopback)
    }

    // MARK: Findings

    /// Longer than this and somebody else is likely to have the address by then.
    private static let longestWindow = 60 * 60

    private static func find(in model: PopBeforeSMTPModel, notes: inout ImportNotes) {
        guard let wiring = model.wiring else {
            notes.find(
                AuditFinding(
                    "pop-not-wired", .warning, "no rule of Local_check_rcpt asks for POP logins, so none counts",
                    at: Origin(note: "Local_check_rcpt"), why: "the map is kept and Sendmail never looks into it",
                    fix: "FEATURE(`popauth')"))
            return
        }
        notes.find(
            AuditFinding(
                "pop-shared-address", .note, "the permission belongs to an address, not to a person", at: wiring,
                why: "whoever shares the address behind a NAT, or dials in next, inherits it", fix: "use SMTP AUTH"))
        notes.find(
            AuditFinding(
                "pop-skips-checks", .warning, "a POP login also skips the access map and DNS lists", at: wiring,
                why: "the OK of Local_check_rcpt and Local_check_relay ends every check that comes after it",
                fix: "use SMTP AUTH, which keeps them"))
        if model.window.value > longestWindow {
            notes.find(
                AuditFinding(
                    "pop-long-window", .warning, "a login counts for \(model.window.value / 60) minutes",
                    at: model.window.origin ?? wiring,
                    why: "the longer it counts, the more likely somebody else has the address by then", fix: "$grace = 30*60;"))
        }
        for registrar in model.registrars { find(in: registrar, notes: &notes) }
    }

    private static func find(in registrar: PopBeforeSMTPModel.Registrar, notes: inout ImportNotes) {
        let servers = AddressSet(registrar.ranges)
        let count = servers.count(.v4)
        if count == 0 {
            notes.find(
                AuditFinding(
                    "drac-never-matches", .warning, "this entry fits no server", at: registrar.origin,
                    why: "the mask comes first in dracd.allow, and the address has bits that the mask does not",
                    fix: "write the mask, then the address: 255.255.255.255 192.0.2.10"))
        } else if servers.holdsStrangers {
            notes.find(
                AuditFinding(
                    "drac-everybody", .critical, "anybody can tell the DRAC daemon that he has logged in", at: registrar.origin,
                    why: "the daemon believes every server of this entry, and asks for no password",
                    fix: "list the POP servers alone: 255.255.255.255 192.0.2.10"))
        } else if count > 1 << 16 {
            notes.find(
                AuditFinding(
                    "drac-wide", .warning, "\(count) addresses may tell of logins", at: registrar.origin,
                    why: "each of them can let any address relay", fix: "list the POP servers alone: 255.255.255.255 192.0.2.10"))
        }
    }
}
