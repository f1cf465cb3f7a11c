import MailTypes

/// What is wrong with settings of Mercury.
enum MercuryFindings {
    static func find(in model: MercuryModel, notes: inout ImportNotes) {
        let refused = model.access.addresses(with: .refuse)
        let mayConnect = AddressWidth(refused.complement) == .strangers
        findMode(model, strangersMayConnect: mayConnect, &notes)
        findEntries(model, &notes)
        for alias in model.aliases {
            guard let target = alias.targetDomain, !model.domains.contains(where: { $0.value == target }) else { continue }
            notes.find(
                AuditFinding(
                    "mercury-alias-leaves", .note, "mail for `\(alias.name)` goes on to `\(alias.target)`, whoever sends it",
                    at: Origin(note: "aliases"), why: "an alias is taken from everybody, though its mail leaves this system",
                    fix: "let it end at a mailbox here if nobody outside needs it"))
        }
    }

    private static func findMode(_ model: MercuryModel, strangersMayConnect: Bool, _ notes: inout ImportNotes) {
        let severity = strangersMayConnect ? AuditFinding.Severity.critical : .warning
        switch model.mode {
        case .open:
            notes.find(
                AuditFinding(
                    "mercury-relay-on", severity, "relays for everybody who may connect", at: model.modeOrigin,
                    why: "`Relay : 1` takes every recipient from every client", fix: "Relay : 0\nStrict_Relay : 1"))
        case .normal:
            notes.find(
                AuditFinding(
                    "mercury-local-sender", severity, "relays for everybody who claims a local sender",
                    at: model.modeOrigin, why: "in normal mode a sender in one of [Domains] may relay, and anyone can write one",
                    fix: "Strict_Relay : 1"))
        case .strict: break
        }
    }

    private static func findEntries(_ model: MercuryModel, _ notes: inout ImportNotes) {
        if let entry = model.access.rules(with: .refuse).map(\.entry).first(where: { $0.ranges == MercuryModel.everybody }) {
            notes.find(
                AuditFinding(
                    "mercury-refuse-everybody", .warning, "only listed clients can bring mail, inbound mail too",
                    at: entry.origin,
                    why: "`Refuse : 0.0.0.0` closes the port to everybody without an Allow entry; it is meant for servers behind a listed backup MX",
                    fix: "Strict_Relay : 1 without the Refuse line stops relaying and lets inbound mail in"))
        }
        let allowed = model.access.rules(with: .allow).map(\.entry)
        guard let widest = allowed.max(by: { $0.size < $1.size }) else { return }
        switch AddressWidth(model.access.addresses(with: .allow)) {
        case .strangers:
            notes.find(
                AuditFinding(
                    "mercury-allow-everybody", .critical, "Allow entries cover strangers", at: widest.origin,
                    why: "an Allow entry lets its clients relay in every mode, and these are more than a /8 of public addresses",
                    fix: "list your own addresses only"))
        case .wide:
            notes.find(
                AuditFinding(
                    "mercury-allow-wide", .warning, "Allow entries cover more addresses than one site has", at: widest.origin,
                    why: "an Allow entry lets its clients relay; one bad machine among a /16 of them is enough",
                    fix: "list your own addresses only; a zero at the end means a whole network"))
        case .narrow: break
        }
    }

    static func orderMatters(at origin: Origin?, for address: IPAddress) -> AuditFinding {
        AuditFinding(
            "mercury-order-matters", .warning, "releases before 4 read these entries differently, for \(address) among others",
            at: origin ?? Origin(note: "Allow and Refuse"),
            why: "Mercury 4 takes the entry for the fewest addresses, older releases the first that fits",
            fix: "put narrow entries before wide ones, so that both readings agree", confidence: .likely)
    }

    static func strictWithoutEffect(at origin: Origin) -> AuditFinding {
        AuditFinding(
            "mercury-strict-without-effect", .warning, "strict mode is without effect", at: origin,
            why: "`Strict_Relay` refines `Relay : 0`; with `Relay : 1` everything is relayed", fix: "Relay : 0")
    }
}
