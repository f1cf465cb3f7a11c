import MailTypes

/// IIS SMTP virtual servers (Windows 2000 and 2003, Exchange 2000 and 2003): MetaBase.xml, or the dialogs written down.
public enum IISImporter: SystemImporter {
    public static let system = MailSystem.iisSMTP
    public static let placeOfDomains = "Exchange keeps them in the directory"

    public static func recognises(_ file: ConfigFile) -> Bool {
        IISMetabaseReader.isMetabase(file)
            || file.lines.contains { $0.text.lowercased().hasPrefix("[\(IISTextReader.heading)]") }
    }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> IISModel {
        guard let path = source.paths(named: "metabase.xml").first ?? source.paths.first else {
            throw ImportTrouble("no file; give MetaBase.xml, or the Relay Restrictions dialog written down")
        }
        for other in source.paths where other != path {
            notes.obscure(other, at: Origin(note: other), why: "a second file; import each virtual server from one file")
        }
        let file = try source.file(path)
        let isMetabase = IISMetabaseReader.isMetabase(file)
        let reader = isMetabase ? IISMetabaseReader.model(of: file, notes: &notes) : IISTextReader.model(of: file, notes: &notes)
        var model = reader.model
        model.local += facts.deliveredDomains.map { $0.map { HostPattern(domain: $0, isBelow: false) } }
        if isMetabase, !reader.saysRelayForAuth {
            notes.reading = "RelayForAuth is absent, which in the metabase means off; the dialog shows it on at first."
        }
        return model
    }

    public static func draft(of model: IISModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        for domain in model.local { draft.addDomain(domain.value, origin: domain.origin ?? Origin(note: "--facts")) }
        for domain in model.relayed {
            draft.addDomain(domain.value, via: PolicyDraft.onward, origin: domain.origin ?? Origin(note: "Remote Domain"))
        }
        draft.takesEveryLocalPartAsWritten(
            origin: Origin(note: "what IIS does with hidden destinations is not documented; taken as written"))
        addConnectionRules(model, to: &draft)
        addGrants(model, to: &draft)
        IISAudit(model: model).find(notes: &notes)
        return draft
    }

    private static func addConnectionRules(_ model: IISModel, to draft: inout PolicyDraft) {
        if let list = model.connection { addConnectionRules(list, asksForLogin: !model.admitsAnonymous, to: &draft) }
        guard !model.admitsAnonymous else { return }
        var login = RuleDraft(.pass, "logged in", meaning: "whoever has logged in may send", origin: model.anonymousOrigin)
        login.login()
        draft.addRefuse(login)
        var rule = RuleDraft(.reject, "anonymous access is off", meaning: "nobody else may send", origin: model.anonymousOrigin)
        rule.from(AddressSet.everything)
        draft.addRefuse(rule)
    }

    /// Access is by address or by name, either of which is enough to be listed.
    private static func addConnectionRules(
        _ list: IISModel.AccessList, asksForLogin: Bool, to draft: inout PolicyDraft
    ) {
        func rule(_ verb: RuleDraft.Verb) -> RuleDraft {
            RuleDraft(verb, "Connection Control", meaning: "who may connect", origin: list.origin)
        }
        switch (list.mode, list.names.isEmpty) {
        case (.allExceptListed, _):
            var addresses = rule(.rejectConnection)
            addresses.from(list.ranges)
            draft.addRefuse(addresses)
            var names = rule(.reject)
            names.name(patterns(list.names))
            draft.addRefuse(names)
        case (.onlyListed, true):
            var others = rule(.rejectConnection)
            others.from(AddressSet(list.ranges.map(\.value)).complement)
            draft.addRefuse(others)
        case (.onlyListed, false):
            // The others are refused at their first recipient: no rule for connections takes names away.
            var names = rule(.pass)
            names.name(patterns(list.names))
            // `pass` ends the list, so it has to ask what would be asked behind it.
            if asksForLogin { names.login() }
            draft.addRefuse(names)
            var others = rule(.reject)
            others.from(AddressSet(list.ranges.map(\.value)).complement)
            draft.addRefuse(others)
        }
    }

    private static func addGrants(_ model: IISModel, to draft: inout PolicyDraft) {
        if let origin = model.relayForLogin {
            var rule = RuleDraft(
                .permit, "RelayForAuth", meaning: "whoever has logged in, listed or not", origin: origin)
            rule.login()
            draft.addRelay(rule)
        }
        if let origin = model.relaysEverywhere {
            var rule = RuleDraft(
                .permit, "Remote Domain *", meaning: "anyone, since the domain * is relayed to for everybody", origin: origin)
            rule.proofNone()
            draft.addRelay(rule)
        }
        let list = model.relay
        let isGrant = list.mode == .onlyListed
        var addresses = RuleDraft(
            isGrant ? .permit : .reject, "relay list", meaning: "clients of the list", origin: list.origin)
        addresses.from(list.ranges)
        draft.addRelay(addresses)
        var names = RuleDraft(
            isGrant ? .permit : .reject, "relay list, names", meaning: "clients whose confirmed name is in a listed domain",
            origin: list.origin)
        names.name(patterns(list.names))
        draft.addRelay(names)
        guard !isGrant else { return }
        var others = RuleDraft(
            .permit, "all except the list", meaning: "anyone who is not listed", origin: list.origin)
        others.proofNone()
        draft.addRelay(others)
    }

    /// A domain is its own name and every name below it.
    private static func patterns(_ domains: [Sourced<Domain>]) -> [Sourced<HostPattern>] {
        domains.flatMap { domain in
            [false, true].map { isBelow in domain.map { HostPattern(domain: $0, isBelow: isBelow) } }
        }
    }
}
