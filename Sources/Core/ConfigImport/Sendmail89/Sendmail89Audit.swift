import MailTypes
import PolicyLanguage

/// Traps of FEATUREs and classes.
enum Sendmail89Audit {
    static func notCarriedOver(_ text: String, by fact: String, at origin: Origin) -> AuditFinding {
        AuditFinding(
            "sendmail-refusal-not-carried-over", .note, "\(text) refuses more than the imported policy", at: origin,
            why: "it refuses by \(fact), of which a policy knows nothing; nobody may relay by it who could not without it",
            fix: "leave it to the server behind, or to its spam filter")
    }

    static func find(
        in model: Sendmail89Model, _ grants: Sendmail89Grants, facts: ImportFacts, notes: inout ImportNotes
    ) {
        for feature in Sendmail89Model.Feature.allCases {
            guard let origin = model.features[feature], let finding = finding(of: feature, model, at: origin) else { continue }
            notes.find(finding)
        }
        checkSkip(model, notes: &notes)
        checkClasses(model, notes: &notes)
        checkTopLevel(model, notes: &notes)
        checkWidth(model, grants, notes: &notes)
        checkBackups(model, facts, notes: &notes)
        if let origin = model.offersAUTH, model.trustedMechanisms.isEmpty {
            notes.find(
                AuditFinding(
                    "sendmail-auth-without-trust", .warning, "people can log in, and may not relay for it", at: origin,
                    why: "only mechanisms in TRUST_AUTH_MECH let a login relay", fix: "TRUST_AUTH_MECH(`LOGIN PLAIN')"))
        }
    }

    private static func finding(
        of feature: Sendmail89Model.Feature, _ model: Sendmail89Model, at origin: Origin
    ) -> AuditFinding? {
        switch feature {
        case .promiscuousRelay:
            AuditFinding(
                "sendmail-promiscuous-relay", .critical, "relays for everybody", at: origin,
                why: "promiscuous_relay takes the relay checks out", fix: "dnl FEATURE(`promiscuous_relay')")
        case .relayLocalFrom:
            AuditFinding(
                "sendmail-relay-local-from", .critical, "relays for everybody who claims a local sender", at: origin,
                why: "anyone can write a sender of class w", fix: "dnl FEATURE(`relay_local_from'); let people log in instead")
        case .relayMailFrom:
            AuditFinding(
                "sendmail-relay-mail-from", relaysSenders(model) ? .critical : .warning,
                "relays for everybody who claims a listed sender", at: origin, why: "anyone can write such a sender",
                fix: "dnl FEATURE(`relay_mail_from'); let people log in instead")
        case .looseRelayCheck:
            AuditFinding(
                "sendmail-loose-relay-check", .warning, "destinations hidden behind relayed domains are not looked for", at: origin,
                why: "u%victim@partner is taken, and partner may send it on", fix: "dnl FEATURE(`loose_relay_check')")
        case .relayBasedOnMX:
            AuditFinding(
                "sendmail-relay-based-on-mx", .warning, "anyone who names this host as an MX is relayed to", at: origin,
                why: "strangers can point the MX of their domains here, and later elsewhere",
                fix: "RELAY_DOMAIN(`partner.example') for each domain that this host is to serve")
        case .relayEntireDomain:
            AuditFinding(
                "sendmail-relay-entire-domain", .warning, "every host that the own domain names may relay", at: origin,
                why: "it trusts what the DNS says of the whole domain", fix: "list networks in class R instead")
        case .noPercentHackNoSpecial, .noUUCPNoSpecial:
            model.mailHub.map { _ in
                AuditFinding(
                    "sendmail-nospecial-with-hub", .warning, "local parts go to a hub that may expand them", at: origin,
                    why: "the hub relays for this host, and u%victim or victim!u then reaches it unread",
                    fix: "FEATURE(`\(feature == .noUUCPNoSpecial ? "nouucp" : "nopercenthack")', `reject')")
            }
        case .delayChecks:
            AuditFinding(
                "sendmail-delay-checks", .note, "a sender that the access map takes is not checked further", at: origin,
                why: "an untagged or From: entry with OK or RELAY skips the checks of the client, and a sender is what anyone writes",
                fix: "use tagged keys, and no From: with OK")
        default: nil
        }
    }

    /// Domains count with the argument `domain` only.
    private static func relaysSenders(_ model: Sendmail89Model) -> Bool {
        zip(model.access.entries, model.access.keys).contains { entry, key in
            guard entry.value == .relay, key.tag == "from" else { return false }
            switch key.body {
            case .mailbox: return true
            case .host, .below: return model.has(.relayMailFromDomain)
            case .network, .bracketed, .user, nil: return false
            }
        }
    }

    private static func checkSkip(_ model: Sendmail89Model, notes: inout ImportNotes) {
        guard model.has(.accessDB), !model.has(.skip), let entry = model.access.entries.first(where: { $0.value == .skip }) else { return }
        notes.find(
            AuditFinding(
                "sendmail-skip-without-argument", .warning, "SKIP refuses instead of ending the lookup", at: entry.origin,
                why: "access_db does not know the word without its argument, and takes it for the text of a refusal",
                fix: "FEATURE(`access_db', `', `skip')"))
    }

    private static func checkClasses(_ model: Sendmail89Model, notes: inout ImportNotes) {
        for word in model.relayClass {
            let origin = word.origin ?? Origin(note: "class R")
            if let domain = Domain(word.value), PublicSuffixes.contains(domain), !model.has(.relayHostsOnly) {
                notes.find(
                    AuditFinding(
                        "sendmail-relay-top-level", .critical, "class R holds `\(domain)`, and so everything below it", at: origin,
                        why: "strangers have names there, so they may relay or be relayed to", fix: "name your own domains, one a line"))
            }
            if word.value.contains("/") || word.value.contains("*") {
                notes.find(
                    AuditFinding(
                        "sendmail-class-cidr", .warning, "`\(word.value)` in class R matches nobody", at: origin,
                        why: "addresses are compared by whole octets from the left", fix: "write the first octets: 10.20 for 10.20.0.0/16"))
            }
        }
    }

    /// Keys of the access map that say who relays, and to where.
    private static func relaying(
        _ model: Sendmail89Model, _ tags: Set<SendmailAccessMap.Tag>
    ) -> [(key: SendmailKey, entry: SendmailAccessMap.Entry)] {
        guard model.has(.accessDB) else { return [] }
        let names = Set(tags.map(\.rawValue))
        return zip(model.access.entries, model.access.keys).compactMap { entry, key in
            guard entry.value == .relay, key.tag.map(names.contains) ?? true else { return nil }
            return key.body.map { ($0, entry) }
        }
    }

    private static func checkTopLevel(_ model: Sendmail89Model, notes: inout ImportNotes) {
        // With it an entry is the one host of that name.
        guard !model.has(.relayHostsOnly) else { return }
        for case (.host(let domain), let entry) in relaying(model, [.connect, .to]) where PublicSuffixes.contains(domain) {
            notes.find(
                AuditFinding(
                    "sendmail-relay-top-level", .critical, "RELAY for everything below `\(domain)`", at: entry.origin,
                    why: "strangers have names there, so they may relay or be relayed to",
                    fix: "name your own domains, one a line"))
        }
    }

    /// One octet, or one group of IPv6, is more than one site has. Whether strangers are among them is decided for all
    /// addresses together that may relay.
    private static func checkWidth(_ model: Sendmail89Model, _ grants: Sendmail89Grants, notes: inout ImportNotes) {
        let words = model.relayClass.compactMap { word in
            Sendmail89Grants.network(word.value).map { ($0, word.origin ?? Origin(note: "class R")) }
        }
        let entries = relaying(model, [.connect]).compactMap { key, entry in
            if case .network(let network) = key { (network, entry.origin) } else { nil }
        }
        let wide = (words + entries).filter { network, _ in
            network.length <= (network.isV6 ? 16 : 8)
                && network.range.map { !AddressSet([$0]).subtracting(.notPublic).isEmpty } ?? false
        }
        guard !wide.isEmpty else { return }
        let areStrangers = grants.addressesThatRelay.holdsStrangers
        for (network, origin) in wide {
            let what = network.isV6 ? "the first group of an IPv6 address" : "the first octet of an address"
            notes.find(
                AuditFinding(
                    "sendmail-wide-relay", areStrangers ? .critical : .warning, "\(what) alone decides who may relay", at: origin,
                    why: areStrangers
                        ? "more public addresses may relay than anybody has, so strangers are among them"
                        : "these are more addresses than one site has, and whoever gets hold of one may relay",
                    fix: "write as many octets or groups as your own networks have"))
        }
    }

    /// Domains that name this host as an MX, and that it refuses.
    private static func checkBackups(_ model: Sendmail89Model, _ facts: ImportFacts, notes: inout ImportNotes) {
        guard !model.has(.relayBasedOnMX) else { return }
        let names = Set(model.localHosts.map(\.value))
        let taken = Set(model.relayDomains.map(\.value))
        for domain in facts.domainsServed(by: names) where !names.contains(domain) {
            var name: Domain? = domain
            var isTaken = taken.contains(HostPattern(domain: domain, isBelow: false))
            while let next = name, !isTaken {
                isTaken = taken.contains(HostPattern(domain: next, isBelow: true)) || model.access.lookup(.to, "\(next)")?.value == .relay
                name = next.parent
            }
            if isTaken { continue }
            notes.find(
                AuditFinding(
                    "sendmail-mx-backup-missing", .warning, "this host is an MX of \(domain) and refuses its mail",
                    at: Origin(note: "facts: dns.mx"), why: "the domain is neither in class w nor relayed to",
                    fix: "RELAY_DOMAIN(`\(domain)')"))
        }
    }
}
