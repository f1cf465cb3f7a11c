import MailTypes

/// QuickMail Pro Server. It has no text file, so this is read:
///
///     [SMTP Domain]
///     Domain   = ours.example
///     Relaying = none                   (or local-senders, listed-addresses, all)
///     Address  = 192.0.2.0/24           (with listed-addresses: also one address, or first-last; several with commas)
public enum QuickMailImporter: SystemImporter {
    public static let system = MailSystem.quickMail
    public static let placeOfDomains = "`Domain = NAME` in [SMTP Domain] says them here too"

    public static func recognises(_ file: ConfigFile) -> Bool {
        SectionedText.has(["smtp domain"], in: file)
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> QuickMailModel {
        guard let path = source.paths.first else {
            throw ImportTrouble("no file; write the settings of the SMTP Domain dialog into one (`[SMTP Domain]`, `Relaying = none`)")
        }
        let settings = SettingsText(try source.file(path), notes: &notes)
        var model = QuickMailModel(
            relaying: .all, relayingOrigin: Origin(note: "default: relays until restricted"), isSaid: false,
            domains: facts.deliveredDomains, addresses: [])
        for setting in settings.settings { read(setting, into: &model, notes: &notes) }
        if model.relaying == .listedAddresses, model.addresses.isEmpty {
            notes.obscure(
                "Relaying = listed-addresses", at: model.relayingOrigin, why: "no address is listed; add `Address = NETWORK`")
        }
        return model
    }

    private static func read(_ setting: SettingsText.Setting, into model: inout QuickMailModel, notes: inout ImportNotes) {
        func unclear(_ why: String) { notes.obscure(setting.text, at: setting.origin, why: why) }
        guard setting.section == "smtp domain" else { return unclear("stands outside of [SMTP Domain]") }
        switch setting.name {
        case "relaying":
            let words = setting.value.lowercased().split { $0 == " " || $0 == "-" || $0 == "_" }
            guard let relaying = QuickMailModel.Relaying(rawValue: words.joined(separator: "-")) else {
                return unclear("not one of none, local-senders, listed-addresses, all")
            }
            if model.isSaid, relaying != model.relaying { return unclear("said twice, differently (\(model.relayingOrigin))") }
            (model.relaying, model.relayingOrigin, model.isSaid) = (relaying, setting.origin, true)
        case "domain":
            guard let domain = Domain(setting.value) else { return unclear("`\(setting.value)` is not a domain") }
            model.domains.append(Sourced(domain, setting.origin))
        case "address":
            for part in setting.value.split(separator: ",").map({ OldAddressForms.trimmed($0) }) {
                guard let ranges = addresses(part) else { return unclear("`\(part)` is not an address, a network or a range") }
                model.addresses += ranges.map { Sourced($0, setting.origin) }
            }
        default: return unclear("this setting is not known")
        }
        notes.model()
    }

    private static func addresses(_ text: String) -> [IPRange]? {
        if case .addresses(let ranges)? = ClientEntry(text) { return ranges }
        return OldAddressForms.entry(text)
    }

    // MARK: Policy

    public static func draft(of model: QuickMailModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        draft.addDomains(model.domains, origin: Origin(note: "Domain"))
        draft.unwrapsHiddenDestinations(
            at: draft.domains.map(\.pattern.domain),
            origin: Origin(note: "what the server does with hidden destinations is not documented; taken for unwrapped"))
        let meaning =
            switch model.relaying {
            case .none: ""
            case .localSenders: "anyone whose sender is in a local domain"
            case .listedAddresses: "clients of the listed addresses"
            case .all: "anyone at all"
            }
        var rule = RuleDraft(.permit, "relaying: \(model.relaying.rawValue)", meaning: meaning, origin: model.relayingOrigin)
        switch model.relaying {
        case .none: break
        case .localSenders:
            rule.sender(model.domains.map { $0.map { "*@\($0)" } })
            rule.proofNone()
        case .listedAddresses: rule.from(model.addresses)
        case .all: rule.proofNone()
        }
        if model.relaying != .none { draft.addRelay(rule) }
        find(in: model, notes: &notes)
        return draft
    }

    private static func find(in model: QuickMailModel, notes: inout ImportNotes) {
        let fix = "Configure, Domain Setup, the SMTP entry, Relaying: restrict it (here: Relaying = none)"
        switch model.relaying {
        case .all where model.isSaid:
            notes.find(
                AuditFinding(
                    "quickmail-relays", .critical, "relays for everybody", at: model.relayingOrigin,
                    why: "mail for addresses elsewhere is taken from every client", fix: fix, confidence: .likely))
        case .all:
            notes.find(
                AuditFinding(
                    "quickmail-relaying-unset", .critical, "nothing says that relaying is restricted", at: model.relayingOrigin,
                    why: "the server relays until its Relaying box restricts it", fix: fix, confidence: .guess))
        case .localSenders:
            notes.find(
                AuditFinding(
                    "quickmail-local-senders", .critical, "relays for everybody who claims a local sender",
                    at: model.relayingOrigin, why: "anyone can write a sender of your domain", fix: fix, confidence: .likely))
        case .listedAddresses:
            let width = AddressWidth(AddressSet(model.addresses.map(\.value)))
            guard width > .narrow, let place = model.addresses.first?.origin else { return }
            notes.find(
                AuditFinding(
                    "quickmail-wide-addresses", width == .strangers ? .critical : .warning,
                    "the listed addresses are more than one site has", at: place, why: "each of them may relay",
                    fix: "list your own addresses only", confidence: .likely))
        case .none: break
        }
    }
}
