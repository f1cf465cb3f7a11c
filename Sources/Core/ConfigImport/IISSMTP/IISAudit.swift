import MailTypes
import PolicyLanguage

/// The traps of a virtual server.
struct IISAudit {
    let model: IISModel

    func find(notes: inout ImportNotes) {
        findList(&notes)
        findDomains(&notes)
        if let origin = model.relayForLogin {
            notes.find(
                AuditFinding(
                    "iis-relay-for-login", .note, "whoever has logged in may relay from anywhere", at: origin,
                    why: "one guessed password, or a guest account without one, is enough",
                    fix: "RelayForAuth = 0 where nobody sends from outside, and disable the guest account"))
        }
    }

    private func findList(_ notes: inout ImportNotes) {
        let list = model.relay
        switch list.mode {
        case .allExceptListed where list.entries.isEmpty && list.names.isEmpty:
            notes.find(
                AuditFinding(
                    "iis-empty-list", .critical, "relays for everybody", at: list.origin,
                    why: "a list that is there and holds nothing is `All except the list below`, whose exceptions are none",
                    fix: "Mode = only-listed, in the dialog `Only the list below`", confidence: .likely))
        case .allExceptListed:
            notes.find(
                AuditFinding(
                    "iis-relay-all-except", .critical, "relays for everybody who is not listed", at: list.origin,
                    why: "with `All except the list below` the list names only those who may not",
                    fix: "Mode = only-listed, in the dialog `Only the list below`, with your own networks"))
        case .onlyListed:
            if let entry = list.entries.first(where: { AddressSet($0.ranges).holdsStrangers }) {
                notes.find(
                    AuditFinding(
                        "iis-allow-everybody", .critical, "strangers are among those who may relay", at: entry.origin,
                        why: "the entry covers a large part of the public Internet", fix: "list your own networks only"))
            }
        }
        if let name = list.names.first {
            notes.find(
                AuditFinding(
                    "iis-relay-by-name", .warning, "the list asks the DNS who a client is", at: name.origin ?? list.origin,
                    why: "a name is looked up from the address, which the address's owner answers; here it counts only if it leads back",
                    fix: "list addresses instead", confidence: .likely))
        }
    }

    private func findDomains(_ notes: inout ImportNotes) {
        if let origin = model.relaysEverywhere { findEveryDomain("*", at: origin, &notes) }
        for domain in model.relayed {
            let origin = domain.origin ?? model.relay.origin
            if domain.value.isBelow, PublicSuffixes.contains(domain.value.domain) {
                findEveryDomain("\(domain.value)", at: origin, &notes)
            } else {
                notes.find(
                    AuditFinding(
                        "iis-relay-to-domain", .note, "relays for everybody to \(domain.value)", at: origin,
                        why: "`Allow incoming mail to be relayed to this domain` overrides the restrictions of the server"))
            }
        }
    }

    private func findEveryDomain(_ name: String, at origin: Origin, _ notes: inout ImportNotes) {
        notes.find(
            AuditFinding(
                "iis-relay-to-every-domain", .critical, "relays for everybody to \(name)", at: origin,
                why: "`Allow incoming mail to be relayed to this domain` overrides the restrictions of the server, and the domain is nearly all",
                fix: "AllowIncomingMailToBeRelayed = 0"))
    }
}
