import MailTypes
import PolicyLanguage

/// What the owner of a Sendmail 8.8 should know of its check_rcpt.
enum Sendmail88Findings {
    static func find(
        in model: CheckRecipientModel, _ hosts: CheckedHosts, _ facts: ImportFacts, notes: inout ImportNotes
    ) {
        if hosts.isOpen {
            notes.find(
                AuditFinding(
                    "sendmail88-no-check-rcpt", .critical, "relays for everybody", at: hosts.origin,
                    why: model.steps == nil
                        ? "there is no check_rcpt, and 8.8 takes every recipient without one" : "no rule of check_rcpt refuses anything",
                    fix: "HACK(use_ip)\nHACK(use_relayto)\nHACK(check_rcpt4)"))
            return
        }
        findHoles(model, hosts, &notes)
        findGrants(model, &notes)
        findTopLevel(model, &notes)
        findParents(model, &notes)
        findEntries(model, &notes)
        findLostMail(model, hosts, facts, &notes)
    }

    // MARK: Holes

    private static func findHoles(_ model: CheckRecipientModel, _ hosts: CheckedHosts, _ notes: inout ImportNotes) {
        let origin = model.steps?.first { if case .stop = $0.value { true } else { false } }?.origin ?? hosts.origin
        if let host = hosts.firstWithHole, hosts.passes(.percent) {
            notes.find(
                AuditFinding(
                    "sendmail88-percent-hack", .critical, "relays `user%victim.example@\(host.domain)` for everybody",
                    at: origin,
                    why: "the rule is content with the host on the right and does not read again what the local part hides, which Sendmail then sends on",
                    fix: "R$*<@$=w.>$*\t\t$>3 $1 $3\t\ttake the local host off and read again", isOfHiddenDestination: true))
        } else if let host = hosts.firstWithHole {
            notes.find(
                AuditFinding(
                    "sendmail88-uucp", .critical, "relays `victim.example!user@\(host.domain)` for everybody",
                    at: origin, why: "this recipe looks for % and @ in the local part and not for !",
                    fix: "HACK(check_rcpt4)", isOfHiddenDestination: true))
        }
        if let host = hosts.firstStripped, !hosts.dequotes {
            notes.find(
                AuditFinding(
                    "sendmail88-quoted", .critical,
                    "takes `\"user@victim.example\"@\(host.domain)` from everybody", at: hosts.origin,
                    why: "a quoted local part stays one token, so nothing is left to refuse; ruleset 0 takes the quotes off later and sends it on",
                    fix: "R$-\t\t$: $(dequote $1 $)\t\tand read again before the last rule", confidence: .likely,
                    isOfHiddenDestination: true))
        }
    }

    // MARK: Grants

    private static func findGrants(_ model: CheckRecipientModel, _ notes: inout ImportNotes) {
        for step in model.distinctSteps {
            let origin = step.origin ?? model.origin
            switch step.value {
            case .acceptSender where !model.allowed.isEmpty:
                notes.find(
                    AuditFinding(
                        "sendmail88-sender", .critical, "relays for everybody who claims a sender of the map allow", at: origin,
                        why: "check_rcpt5 believes MAIL FROM, and anyone can write one", fix: "HACK(check_rcpt4)"))
            case .acceptName(let name, _) where model.classes[name]?.isEmpty == false:
                notes.find(
                    AuditFinding(
                        "sendmail88-names", .warning, "clients may relay by a name that their own DNS gives them", at: origin,
                        why: "8.8 takes the name from the reverse zone, which belongs to whoever has the address, and does not demand that it leads back",
                        fix: "HACK(use_ip) instead of HACK(use_names)", confidence: .likely))
            case .acceptOneWordName:
                notes.find(
                    AuditFinding(
                        "sendmail88-one-word-name", .warning, "clients may relay whose name is a single word, such as `localhost`",
                        at: origin,
                        why: "the rule means hosts of one's own domain, but the reverse zone of any address can say so; an imported policy refuses them",
                        fix: "take the rule `R$-` out, or HACK(check_rcpt4)", confidence: .likely))
            default: break
            }
        }
    }

    /// `allow` and `junk` ask for the parents of a sender's domain with its local part too.
    private static func findParents(_ model: CheckRecipientModel, _ notes: inout ImportNotes) {
        for key in model.allowed + model.junk where key.value.contains("@") {
            notes.find(
                AuditFinding(
                    "sendmail88-parents", .note, "`\(key.value)` also fits that user at every host below the domain",
                    at: key.origin ?? model.origin,
                    why: "the lookup takes labels off the sender's domain and keeps the user; an imported policy names the one mailbox"))
        }
    }

    /// A word at the end of a name is everything below it.
    private static func findTopLevel(_ model: CheckRecipientModel, _ notes: inout ImportNotes) {
        for step in model.distinctSteps {
            guard case .acceptName(let name, suffix: true) = step.value else { continue }
            for word in model.classes[name] ?? [] {
                guard let domain = Domain(String(word.value.drop { $0 == "." })), PublicSuffixes.contains(domain) else { continue }
                notes.find(
                    AuditFinding(
                        "sendmail88-names-top-level", .critical, "class \(name) holds `\(word.value)`: every client below it may relay",
                        at: word.origin ?? model.origin, why: "strangers have names there",
                        fix: "write the names of your own hosts or domains, one a line"))
            }
        }
    }

    private static func findEntries(_ model: CheckRecipientModel, _ notes: inout ImportNotes) {
        for step in model.distinctSteps {
            guard case .acceptAddress(let name, let demandsMore) = step.value else { continue }
            for word in model.classes[name] ?? [] where Sendmail88Importer.ranges([word], demandsMore: demandsMore).isEmpty {
                let isWhole = SendmailCF.octets(word.value) != nil
                notes.find(
                    AuditFinding(
                        "sendmail88-never-matches", .note, "`\(word.value)` in class \(name) fits no client",
                        at: word.origin ?? model.origin,
                        why: isWhole
                            ? "the rule wants a dot behind the word, which a whole address does not have"
                            : "a word must be the first octets of an address, such as 10.77; networks with / and names are no such word",
                        fix: isWhole ? "HACK(check_rcpt4)" : "write the octets"))
            }
            for word in model.classes[name] ?? [] where !word.value.contains(".") && SendmailCF.octets(word.value) != nil {
                notes.find(
                    AuditFinding(
                        "sendmail88-wide", .warning, "`\(word.value)` in class \(name) is a sixteen-million-address network",
                        at: word.origin ?? model.origin, why: "a single octet stands for every address that begins with it",
                        fix: "write the octets of your own networks"))
            }
        }
    }

    // MARK: Wanted mail

    private static func findLostMail(
        _ model: CheckRecipientModel, _ hosts: CheckedHosts, _ facts: ImportFacts, _ notes: inout ImportNotes
    ) {
        let accepted = (hosts.stripped + hosts.stopped).map(\.value)
        let isAccepted: (Domain) -> Bool = { domain in accepted.contains { $0.matches(domain) } }
        let names = SendmailCF.domains(model.localNames).filter { "\($0.value)" != "localhost" }
        if let lost = names.first(where: { !isAccepted($0.value) }) {
            notes.find(
                AuditFinding(
                    "sendmail88-own-mail", .warning, "refuses mail for \(lost.value), a name of this host",
                    at: lost.origin ?? hosts.origin,
                    why: "with RelayTo this recipe asks for no other list, so our own domains have to stand in it too",
                    fix: "add \(lost.value) to RelayTo, or use HACK(check_rcpt4)"))
        }
        guard let host = facts.hostName else { return }
        for domain in facts.domainsServed(by: [host]) where !isAccepted(domain) {
            notes.find(
                AuditFinding(
                    "sendmail88-mx-refused", .warning, "refuses mail for \(domain), whose MX names this host", at: hosts.origin,
                    why: "who is an MX for others, downstream or as a backup, has to list their domains",
                    fix: "add \(domain) to RelayTo"))
        }
    }
}
