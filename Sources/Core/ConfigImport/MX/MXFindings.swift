import MailTypes
import PolicyLanguage

/// What the owner of an MX should know of its settings.
enum MXFindings {
    static func find(in model: MXModel, _ domains: MXDomains, notes: inout ImportNotes) {
        guard !model.relayAllowed.isOn else { return notes.find(open(model)) }
        findInside(model, notes: &notes)
        findDomains(model, domains, notes: &notes)
        if let finding = percent(model) { notes.find(finding) }
        if let origin = model.authentication {
            notes.find(
                AuditFinding(
                    "mx-login-any-sender", .note, "whoever has logged in may write any sender", at: origin,
                    why: "the manual asks for a local sender, the program does not check it", confidence: .certain))
        }
        findLateExceptions(model, notes: &notes)
    }

    private static func open(_ model: MXModel) -> AuditFinding {
        let origin = model.relayAllowed.origin ?? Origin(note: "default: relaying is allowed")
        if model.release == .v42 {
            return AuditFinding(
                "mx-no-relay-controls", .critical, "relays for everybody", at: Origin(note: "release 4.2"),
                why: "MX before 5.0 has no settings for relaying", fix: "install MX 5.3 or later, then SET SMTP/NORELAY_ALLOWED")
        }
        return AuditFinding(
            "mx-relay-allowed", .critical, "relays for everybody", at: origin,
            why: "without /NORELAY_ALLOWED every recipient is taken from every client",
            fix: "SET SMTP/NORELAY_ALLOWED\nDEFINE INSIDE_NETWORK_ADDRESS 127.0.0.1\nRESET SMTP_SERVER")
    }

    // MARK: The inside list

    private static func findInside(_ model: MXModel, notes: inout ImportNotes) {
        let entries = model.inside.entries
        guard let first = entries.first else {
            notes.find(
                AuditFinding(
                    "mx-empty-inside-list", .critical, "relays for everybody who writes a local sender or none",
                    at: model.relayAllowed.origin ?? Origin(note: "no inside list"),
                    why:
                        "without an inside list every client is inside, and inside clients may relay with a local or null sender, which anyone can write",
                    fix: "DEFINE INSIDE_NETWORK_ADDRESS 127.0.0.1\nRESET SMTP_SERVER"))
            return
        }
        let isClaim = { (outcome: MXModel.Inside) in outcome.isInside || outcome.mayRelay }
        let clients = Set(entries.map(\.outcome).filter(isClaim)).map { model.inside.addresses(with: $0) }
        if clients.reduce(AddressSet(), { $0.union($1) }).holdsStrangers {
            let widest = entries.filter { isClaim($0.outcome) }.max { $0.size < $1.size } ?? first
            notes.find(
                AuditFinding(
                    "mx-inside-everybody", .critical, "strangers are inside", at: widest.origin,
                    why:
                        "inside entries cover more than 16 million public addresses, and a local sender is all that is asked of them",
                    fix: "DEFINE INSIDE_NETWORK_ADDRESS for your own networks only"))
        }
        for entry in entries where entry.outcome.mayRelay && !entry.outcome.isInside {
            notes.find(
                AuditFinding(
                    "mx-reject-and-relay", .warning, "an entry that rejects its clients lets them relay", at: entry.origin,
                    why: "/REJECT makes them outside, and /RELAY_ALLOWED counts all the same", fix: "leave /RELAY_ALLOWED out"))
        }
    }

    /// What is said of the entries as they are written.
    static func findEntries(_ networks: MXNetworks, notes: inout ImportNotes) {
        for network in networks.ordered {
            if MXNetworks.hasHoles(network.mask) {
                notes.find(
                    AuditFinding(
                        "mx-mask-with-holes", .warning, "a mask with holes has no certain place in the list", at: network.origin,
                        why: "the list is kept in the order of the masks' lengths, and such a mask has none",
                        fix: "write one entry for each network, with a mask of ones followed by zeros"))
            }
            if network.address & ~network.mask != 0 {
                notes.find(
                    AuditFinding(
                        "mx-entry-never-fits", .warning, "no client has this address under this mask", at: network.origin,
                        why: "the address has bits outside of its mask", fix: "clear them"))
            }
            if !network.hasMask, network.address & 0xff == 0 {
                notes.find(
                    AuditFinding(
                        "mx-network-without-mask", .warning, "this names one host, not a network", at: network.origin,
                        why: "without /NETMASK the mask is 255.255.255.255", fix: "add /NETMASK=255.255.255.0"))
            }
        }
        if let place = firstDifference(networks) {
            notes.find(
                AuditFinding(
                    "mx-mask-order", .warning, "masks that end within an octet may be asked in another order", at: place,
                    why:
                        "the manual says that the longest mask comes first; the program counts an octet that is not all ones as nothing, so 255.255.255.240 is no longer than 255.255.255.0 and the one defined first applies",
                    fix: "define the narrower network first, or use masks that end with an octet"))
        }
    }

    private static let mostCompared = 500

    /// The place of an entry at whose ends the two orders part.
    private static func firstDifference(_ networks: MXNetworks) -> Origin? {
        let (ordered, other) = (networks.ordered, networks.orderedByLowBits)
        guard ordered != other, ordered.count <= mostCompared else { return nil }
        let (a, b) = (MXNetworks.table(ordered), MXNetworks.table(other))
        for entry in a.entries {
            for range in entry.ranges {
                for end in [range.first, range.last] where a.entry(for: end)?.outcome != b.entry(for: end)?.outcome {
                    return entry.origin
                }
            }
        }
        return nil
    }

    // MARK: Domains and recipients

    private static func findDomains(_ model: MXModel, _ domains: MXDomains, notes: inout ImportNotes) {
        for wide in domains.wideDestinations {
            notes.find(
                AuditFinding(
                    "mx-local-domain-wide", .critical,
                    wide.ending == nil
                        ? "every domain is local, so everybody may relay" : "domains that others can register are local",
                    at: wide.origin,
                    why: wide.ending.map { "anyone may send to any domain that ends in \($0), bad\($0) too" }
                        ?? "`*` fits every recipient",
                    fix: "write the domain, and *. before it for the names below"))
        }
        for line in domains.destinations where line.pattern.isBelow && PublicSuffixes.contains(line.pattern.domain) {
            notes.find(
                AuditFinding(
                    "mx-local-domain-wide", .critical, "domains that others can register are local", at: line.origin,
                    why: "anyone may send to any domain below \(line.pattern.domain)", fix: "name your own domains"))
        }
        if model.release < .v52, let parent = model.parentDomains.first {
            notes.find(
                AuditFinding(
                    "mx-parent-domain", .warning, "mail for all of \(parent) is passed on for everybody",
                    at: Origin(note: "release before 5.2"),
                    why: "before 5.2 recipients in the parent domain of the host's name count as local, not only senders",
                    fix: "install MX 5.2 or later"))
        }
    }

    private static func percent(_ model: MXModel) -> AuditFinding? {
        guard model.takesPercent.isOn, model.expandsPercent?.isOn ?? true else { return nil }
        let origin = model.expandsPercent?.origin ?? Origin(note: "SET ROUTER/PERCENT_HACK is not said")
        return AuditFinding(
            "mx-router-percent-hack", model.expandsPercent == nil ? .warning : .critical, "relays recipients with a percent sign",
            at: origin,
            why: "user%victim.test at a local domain is taken as local, and the router sends it on to user@victim.test",
            fix: model.release < .v53
                ? "SET ROUTER/NOPERCENT_HACK\nRESET ROUTER"
                : "SET ROUTER/NOPERCENT_HACK\nSET SMTP/NOPERCENT_HACK\nRESET ROUTER,SMTP_SERVER",
            confidence: model.expandsPercent == nil ? .likely : .certain)
    }

    // MARK: REJMAN

    static func neverMatches(_ pattern: VMSPattern, _ rejection: MXModel.Rejection) -> AuditFinding {
        AuditFinding(
            "mx-rejection-never-matches", .warning, "`\(pattern)` matches no address", at: rejection.origin,
            why: "the pattern is compared with the whole address, which has an @", fix: "write *@\(pattern)")
    }

    /// An exception with a recipient does not save from a rule with a sender alone, which is judged before.
    private static func findLateExceptions(_ model: MXModel, notes: inout ImportNotes) {
        let exceptions = model.rejections.filter(\.isAcceptance).prefix(200)
        let early = model.rejections.filter { $0.recipient == nil }.prefix(200)
        for exception in exceptions where early.contains(where: { $0.sender.intersects(exception.sender) }) {
            notes.find(
                AuditFinding(
                    "mx-exception-too-late", .warning, "this exception does not save from a rule with a sender alone",
                    at: exception.origin,
                    why: "rules without a recipient are judged at MAIL, before exceptions with one are read",
                    fix: "give the rule that it is an exception from the recipient `*`"))
        }
    }
}
