import MailTypes

/// What is wrong with SMTP Inbound Controls.
enum DominoFindings {
    static func find(in model: DominoModel, notes: inout ImportNotes) {
        findScope(model, &notes)
        guard model.enforcement.value != .none else { return }
        findRest(model, &notes)
        findDestinations(model, &notes)
        findHosts(model, &notes)
    }

    private static func findScope(_ model: DominoModel, _ notes: inout ImportNotes) {
        let origin = model.enforcement.origin ?? Origin(note: "enforcement")
        switch model.enforcement.value {
        case .none:
            notes.find(
                AuditFinding(
                    "domino-config-scope-none", .critical, "relays for everybody", at: origin,
                    why: "with enforcement for no host the four lists are not looked at",
                    fix: "Perform Anti-Relay enforcement for these connecting hosts: All connecting hosts"))
        case .externalHosts:
            notes.find(
                AuditFinding(
                    "domino-config-internal-by-name", .warning, "who is internal rests on reverse DNS", at: origin,
                    why: "a client is internal by the name that the owner of its address wrote into the reverse zone",
                    fix: "enforcement for All connecting hosts, with your own addresses in brackets among the excluded hosts",
                    confidence: .likely))
        case .allHosts: break
        }
        if model.relaysQuoted {
            let place = model.localDomains.first?.origin ?? Origin(note: "release before 5.0.8")
            notes.find(
                AuditFinding(
                    "domino-config-quoted", .critical, "relays for everybody by a quoted recipient", at: place,
                    why: "releases 5.0 to 5.0.7 take `\"user@elsewhere\"@here` for a local recipient and send it on (CVE-2001-1445)",
                    fix: "update to 5.0.8 or later", confidence: .likely))
        }
    }

    private static func findRest(_ model: DominoModel, _ notes: inout ImportNotes) {
        if model.relaysRest {
            let isEmpty = model.placeOfRest.at == nil
            notes.find(
                AuditFinding(
                    isEmpty ? "domino-config-no-lists" : "domino-config-deny-lists-only", .critical,
                    isEmpty ? "no list is filled, so strangers can relay" : "relays for whoever no deny list names",
                    at: model.placeOfRest,
                    why: "without an allow list, and without `*` in a deny list, everything that is not named is relayed",
                    fix: "Deny messages from the following internet hosts to be sent to external internet domains: *"))
        }
        let everyone = [
            model.allowedSources.everyone, model.excludedHosts.everyone,
            model.deniedDestinations.isFilled ? nil : model.allowedDestinations.everyone,
        ]
        for origin in everyone.compactMap(\.self) {
            notes.find(
                AuditFinding(
                    "domino-config-allow-everyone", .critical, "a star in a list that grants", at: origin,
                    why: "`*` is everybody, or every destination", fix: "name hosts or domains; in doubt leave the field empty"))
        }
    }

    private static func findDestinations(_ model: DominoModel, _ notes: inout ImportNotes) {
        let endings = model.allowedDestinations.entries.first { if case .suffix = $0.value { true } else { false } }
        if let endings, case .suffix(let text) = endings.value, let origin = endings.origin {
            notes.find(
                AuditFinding(
                    "domino-config-ending", .warning, "`\(text)` also means domains that end alike, as `other\(text)`", at: origin,
                    why: "domains are compared by their last characters, not by whole labels",
                    fix: "@\(text) for that domain alone, .\(text) for those below it"))
        }
        if model.allowedSources.isFilled, model.allowedDestinations.isFilled, let origin = model.allowedDestinations.origin {
            notes.find(
                AuditFinding(
                    "domino-config-two-allow-lists", .note, "both allow lists are filled: one of them is enough to relay", at: origin,
                    why: "how the two allow lists go together is not documented in every case",
                    fix: "fill one of them", confidence: .likely))
        }
    }

    private static func findHosts(_ model: DominoModel, _ notes: inout ImportNotes) {
        for list in [model.allowedSources, model.excludedHosts] {
            if let name = list.names.first, let origin = name.origin {
                notes.find(
                    AuditFinding(
                        "domino-config-host-by-name", .warning, "`\(name.value.domain)` may relay by its reverse name", at: origin,
                        why: "the name is what the owner of an address wrote into the reverse zone, and accounts differ on whether names that merely end alike match too",
                        fix: "write the address in brackets", confidence: .likely))
            }
            let width = AddressWidth(AddressSet(list.addresses.map(\.value)))
            guard width > .narrow, let origin = list.addresses.first?.origin else { continue }
            notes.find(
                AuditFinding(
                    "domino-config-wide", width == .strangers ? .critical : .warning,
                    "more addresses may relay than one site has", at: origin, why: "each of them may send anywhere",
                    fix: "list your own addresses only"))
        }
    }

    static func orderMatters(at origin: Origin) -> AuditFinding {
        AuditFinding(
            "domino-config-order-matters", .warning, "Domino 5 and Domino 6 decide differently by these lists", at: origin,
            why: "in Domino 5 a deny list wins, from 6 on an allow list of the other pair; the release was not said",
            fix: "say the release in the facts, or write SMTPRelayHostsandDomains=1 for the older order")
    }

    static func flagAsList(at origin: Origin) -> AuditFinding {
        AuditFinding(
            "domino-config-flag-as-list", .warning, "SMTPRelayHostsandDomains is a flag, not a list of hosts", at: origin,
            why: "it chooses the order of the lists; hosts and domains belong into the fields of the Configuration document",
            fix: "SMTPRelayHostsandDomains=0")
    }
}

extension DominoModel {
    /// The deny list that an allow list of the other pair can beat; nil where both orders are the same.
    var placeWhereOrderMatters: Origin? {
        if !allowedSources.forms.isEmpty, let origin = deniedDestinations.origin { return origin }
        if allowedDestinations.origin != nil { return deniedSources.forms.first?.origin }
        return nil
    }
}
