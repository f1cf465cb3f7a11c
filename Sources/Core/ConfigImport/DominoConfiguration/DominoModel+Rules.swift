import MailTypes

/// One way in which a host list can name a client, since a rule asks for an address and a name both.
enum DominoClientForm {
    case everyone(Origin)
    case addresses([Sourced<IPRange>])
    case names([Sourced<HostPattern>])

    var origin: Origin? {
        switch self {
        case .everyone(let origin): origin
        case .addresses(let addresses): addresses.first?.origin
        case .names(let names): names.first?.origin
        }
    }

    var words: String {
        switch self {
        case .everyone: "everybody"
        case .addresses: "by address"
        case .names: "by name"
        }
    }
}

extension DominoHostList {
    /// A star makes all other entries needless.
    var forms: [DominoClientForm] {
        if let everyone { return [.everyone(everyone)] }
        return (addresses.isEmpty ? [] : [.addresses(addresses)]) + (names.isEmpty ? [] : [.names(names)])
    }
}

extension DominoMailboxList {
    var patterns: [Sourced<String>] { entries.map { $0.map(\.pattern) } }
    var origin: Origin? { everyone ?? entries.first?.origin }
}

extension RuleDraft {
    /// A permit for everybody holds no proof of who asks; to other rules every address is one.
    mutating func client(_ form: DominoClientForm) {
        switch form {
        case .everyone where verb == .permit: proofNone()
        case .everyone: from(AddressSet.everything)
        case .addresses(let addresses): from(addresses)
        case .names(let names): name(names)
        }
    }
}

extension DominoModel {
    // MARK: Relay

    /// The four lists, behind whoever is not held to them.
    func addRelayRules(to draft: inout PolicyDraft) {
        addExemptions(to: &draft)
        guard enforcement.value != .none else { return }
        switch order {
        case .denyFirst: addListsDenyFirst(to: &draft)
        case .allowFirst: addListsAllowFirst(to: &draft)
        }
    }

    private func addExemptions(to draft: inout PolicyDraft) {
        let scope = enforcement.origin ?? Origin(note: "enforcement")
        switch enforcement.value {
        case .none:
            var rule = RuleDraft(.permit, "no enforcement", meaning: "anyone: the lists are enforced for nobody", origin: scope)
            rule.proofNone()
            draft.addRelay(rule)
        case .externalHosts:
            var rule = RuleDraft(
                .permit, "internal hosts", meaning: "clients whose reverse name is in a local Internet domain", origin: scope)
            rule.name(localDomains.flatMap { domain in
                [false, true].map { Sourced(HostPattern(domain: domain.value.domain, isBelow: $0), domain.origin) }
                    .filter { !domain.value.isBelow || $0.value.isBelow }
            })
            draft.addRelay(rule)
        case .allHosts: break
        }
        add(.permit, "excluded hosts", "hosts that are excluded from anti-relay checks", excludedHosts.forms, to: &draft)
        if let origin = exemptsAuthenticated {
            var rule = RuleDraft(.permit, "authenticated users", meaning: "whoever has logged in", origin: origin)
            rule.login()
            draft.addRelay(rule)
        }
    }

    /// Each deny list of sources is dealt with first and whole, since a policy has no "and not by name".
    private func addListsAllowFirst(to draft: inout PolicyDraft) {
        for form in deniedSources.forms {
            add(
                .reject, "denied sources, denied destinations", "denied hosts, to denied destinations", [form],
                deniedDestinations, to: &draft)
            add(
                .permit, "denied sources, allowed destinations", "denied hosts, to allowed destinations", [form],
                allowedDestinations, to: &draft)
            add(.reject, "denied sources", "denied hosts", [form], to: &draft)
        }
        add(.permit, "allowed sources", "allowed hosts, to any destination", allowedSources.forms, to: &draft)
        add(.reject, "denied destinations", "denied destinations", nil, deniedDestinations, to: &draft)
        add(
            .permit, "allowed destinations", "anyone, to allowed destinations", nil, bounded(allowedDestinations), to: &draft)
        addRest(to: &draft)
    }

    private func addListsDenyFirst(to draft: inout PolicyDraft) {
        add(.reject, "denied sources", "denied hosts", deniedSources.forms, to: &draft)
        add(.reject, "denied destinations", "denied destinations", nil, deniedDestinations, to: &draft)
        add(.permit, "allowed sources", "allowed hosts", allowedSources.forms, to: &draft)
        add(
            .permit, "allowed destinations", "anyone, to allowed destinations", nil, bounded(allowedDestinations), to: &draft)
        addRest(to: &draft)
    }

    /// Single domains that everybody may write to, whatever the other lists say: mail for them is taken as a backup MX
    /// takes it.
    var openDestinations: [Sourced<Domain>] {
        let isUndisputed = !deniedDestinations.isFilled && (order == .allowFirst || !deniedSources.isFilled)
        guard isUndisputed, enforcement.value != .none, allowedDestinations.everyone == nil else { return [] }
        return allowedDestinations.entries.compactMap { entry in
            if case .exact(let domain) = entry.value { Sourced(domain, entry.origin) } else { nil }
        }
    }

    private func bounded(_ list: DominoMailboxList) -> DominoMailboxList {
        let open = Set(openDestinations.map(\.value))
        var bounded = list
        bounded.entries.removeAll { entry in
            if case .exact(let domain) = entry.value { open.contains(domain) } else { false }
        }
        return bounded
    }

    /// What no list speaks of is relayed, unless an allow list is filled.
    private func addRest(to draft: inout PolicyDraft) {
        guard relaysRest else { return }
        var rule = RuleDraft(
            .permit, "everything else", meaning: "anyone: no list keeps the rest out", origin: placeOfRest)
        rule.proofNone()
        draft.addRelay(rule)
    }

    /// The list that names only those who may not.
    var placeOfRest: Origin {
        deniedDestinations.origin ?? deniedSources.forms.first?.origin ?? Origin(note: "no list is filled")
    }

    /// Whether requests of which no list speaks are relayed.
    var relaysRest: Bool {
        !allowedSources.isFilled && !allowedDestinations.isFilled && deniedSources.everyone == nil
            && deniedDestinations.everyone == nil
    }

    /// One rule a form of client. `destinations` nil: any; not nil and without entries: no rule.
    private func add(
        _ verb: RuleDraft.Verb, _ name: String, _ meaning: String, _ forms: [DominoClientForm]?,
        _ destinations: DominoMailboxList? = nil, to draft: inout PolicyDraft
    ) {
        let origin = destinations?.origin
        guard destinations == nil || origin != nil else { return }
        for form in forms ?? [.everyone(origin ?? Origin(note: name))] {
            let isPlain = forms == nil || forms?.count == 1
            var rule = RuleDraft(
                verb, isPlain ? name : "\(name), \(form.words)", meaning: meaning,
                origin: (forms == nil ? origin : form.origin) ?? Origin(note: name))
            rule.client(form)
            if let destinations, destinations.everyone == nil { rule.to(destinations.patterns) }
            draft.addRelay(rule)
        }
    }

    // MARK: Before relay

    /// Whose connections, senders and recipients are refused, whatever they are for.
    func addRestrictions(to draft: inout PolicyDraft) {
        if let origin = demandsHostName {
            var rule = RuleDraft(.reject, "no host name", meaning: "clients that have no name in the DNS", origin: origin)
            rule.nameNone()
            draft.addRefuse(rule)
        }
        for form in deniedConnections.forms {
            var rule = RuleDraft(
                .reject, "denied connections, \(form.words)", meaning: "hosts that may not connect",
                origin: form.origin ?? Origin(note: "DenyConnections"))
            if case .names = form {} else { rule.verb = .rejectConnection }
            rule.client(form)
            draft.addRefuse(rule)
        }
        addDenied("denied senders", deniedSenders, to: &draft) { $0.sender($1) }
        addDenied("denied recipients", deniedRecipients, to: &draft) { $0.to($1) }
        addGate(to: &draft)
    }

    private func addDenied(
        _ name: String, _ list: DominoMailboxList, to draft: inout PolicyDraft,
        _ condition: (inout RuleDraft, [Sourced<String>]) -> Void
    ) {
        guard let origin = list.origin else { return }
        var rule = RuleDraft(.reject, name, meaning: name, origin: origin)
        if list.everyone != nil { rule.from(AddressSet.everything) } else { condition(&rule, list.patterns) }
        draft.addRefuse(rule)
    }

    /// Allow lists of connections, senders and recipients: a request has to be in each that is filled.
    private func addGate(to draft: inout PolicyDraft) {
        let asksConnection = allowedConnections.isFilled && allowedConnections.everyone == nil
        let asksSender = allowedSenders.isFilled && allowedSenders.everyone == nil
        let asksRecipient = allowedRecipients.isFilled && allowedRecipients.everyone == nil
        guard asksConnection || asksSender || asksRecipient else { return }
        let origin =
            allowedConnections.forms.first?.origin ?? allowedSenders.origin ?? allowedRecipients.origin
            ?? Origin(note: "allow lists")
        let forms = asksConnection ? allowedConnections.forms.map(Optional.some) : [nil]
        for form in forms {
            var rule = RuleDraft(
                .pass, "in every allow list", meaning: "who is in every allow list that is filled", origin: origin)
            if let form { rule.client(form) }
            // "External" addresses are judged: senders here and the null sender are not.
            if asksSender { rule.sender(allowedSenders.patterns + localPatterns + [Sourced("<>", origin)]) }
            if asksRecipient { rule.to(allowedRecipients.patterns) }
            draft.addRefuse(rule)
        }
        var rest = RuleDraft(.reject, "not in the allow lists", meaning: "everybody else", origin: origin)
        rest.from(AddressSet.everything)
        draft.addRefuse(rest)
    }

    private var localPatterns: [Sourced<String>] {
        localDomains.map { domain in domain.map { $0.isBelow ? "*.\($0.domain)" : "*@\($0.domain)" } }
    }
}
