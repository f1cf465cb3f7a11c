/// What is wrong with settings of the R4 MTA.
enum DominoR4Findings {
    static func find(in model: DominoR4Model, notes: inout ImportNotes) {
        if model.rejectsRelays == nil, model.keepsInboundFromLeaving == nil {
            notes.find(
                AuditFinding(
                    "domino-r4-relays", .critical, "relays for everybody", at: model.defaultOrigin,
                    why: "without SMTPMTA_REJECT_RELAYS=1 the MTA passes on whatever it is given", fix: "SMTPMTA_REJECT_RELAYS=1"))
        }
        if let origin = model.allowsKnownDomains, model.keepsInboundFromLeaving == nil, model.rejectsRelays != nil {
            notes.find(
                AuditFinding(
                    "domino-r4-known-domains", .critical, "relays for everybody who claims a sender in a known domain", at: origin,
                    why: "the variable lets POP3 users send by looking at the sender's domain, and anyone can write one",
                    fix: "SMTPMTA_ALLOW_KNOWN_DOMAINS=0", confidence: .likely))
        }
        if let origin = model.rejectsRelays, model.allowsKnownDomains == nil || model.keepsInboundFromLeaving != nil {
            notes.find(
                AuditFinding(
                    "domino-r4-own-users", .note, "own POP3 users cannot send through this server", at: origin,
                    why: "R4 has no grant by address: closed is closed for everybody",
                    fix: "let users send through another server that knows them", confidence: .likely))
        }
        if let origin = model.rejectsRelays, model.relaysForwards == nil {
            notes.find(
                AuditFinding(
                    "domino-r4-forwards", .warning, "users who let their mail go on elsewhere lose it", at: origin,
                    why: "passing on is relaying to the MTA", fix: "SMTPMTA_RELAY_FORWARDS=1", confidence: .likely))
        }
    }

    static func misspelt(at origin: Origin) -> AuditFinding {
        AuditFinding(
            "domino-r4-och-misspelt", .warning, "this spelling is reported to have no effect", at: origin,
            why: "the outbound handler's variable begins with SMTP_OCH_, not with SMTPMTA_OCH_",
            fix: "SMTP_OCH_REJECT_SMTP_ORIGINATED_MESSAGES=1", confidence: .likely)
    }
}
