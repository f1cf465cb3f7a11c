import MailTypes
import PolicyLanguage

/// `Rcpt_ok` and `Relay_ok`: who may relay, in their order.
struct Sendmail89Grants {
    typealias Step = SendmailDecisionList.Step
    typealias Entry = SendmailAccessMap.Entry
    let model: Sendmail89Model
    private let to: SendmailAccessTable
    private let connect: SendmailAccessTable
    private var isExact: Bool { model.has(.relayHostsOnly) }

    init(_ model: Sendmail89Model) {
        self.model = model
        to = SendmailAccessTable(model, .to)
        connect = SendmailAccessTable(model, .connect)
    }

    var rules: [RuleDraft] {
        if model.has(.promiscuousRelay) {
            let origin = model.origin(of: .promiscuousRelay)
            let step = Step(
                gate: SendmailGate(), outcome: .decide(.permit), title: "promiscuous_relay",
                meaning: "anyone at all (promiscuous_relay)", origin: origin)
            return SendmailDecisionList(sections: [[step]], end: .reject).rules
        }
        return SendmailDecisionList(
            sections: [proofs, recipients, addresses, senders, names, mailExchangers], end: .reject
        ).rules + nameFailures
    }

    // MARK: Certificates and logins

    private var proofs: [Step] {
        var steps: [Step] = []
        let certificates = SendmailCertificates(model)
        if !certificates.words.isEmpty {
            var gate = SendmailGate()
            gate.certificates = certificates.words
            steps.append(
                Step(
                    gate: gate, outcome: .decide(.permit), title: "access CertIssuer: RELAY",
                    meaning: "clients with a certificate that the access map names", origin: certificates.origin))
        }
        if let first = model.trustedMechanisms.first {
            var gate = SendmailGate()
            gate.mechanisms = model.trustedMechanisms.map(\.value)
            steps.append(
                Step(
                    gate: gate, outcome: .decide(.permit), title: "TRUST_AUTH_MECH",
                    meaning: "whoever has logged in by a trusted mechanism", origin: first.origin ?? Origin(note: "TRUST_AUTH_MECH")))
        }
        return steps
    }

    // MARK: Recipients

    /// Destinations of `To:` that are relayed to for everybody, save those within which another entry says otherwise.
    var domains: [Sourced<HostPattern>] {
        let excepted = exceptions
        return to.hosts.filter { $0.value.value == .relay && !(isExact && $0.key.isBelow) && !excepted.contains($0.key) }
            .map { (pattern: $0.key, entry: $0.value) }.sorted(by: SendmailWalks.isBefore)
            .map { Sourced($0.pattern, $0.entry.origin) }
    }

    /// `To:` entries with RELAY within which a narrower one is not RELAY.
    private var exceptions: Set<HostPattern> {
        var found: Set<HostPattern> = []
        func note(_ pattern: HostPattern) {
            if to.hosts[pattern]?.value == .relay { found.insert(pattern) }
        }
        func noteAncestors(of domain: Domain) {
            var wider = isExact ? nil : domain.parent
            while let next = wider {
                note(HostPattern(domain: next, isBelow: true))
                wider = next.parent
            }
        }
        for (pattern, entry) in to.hosts where entry.value != .relay { noteAncestors(of: pattern.domain) }
        if model.has(.relayToFullAddress) {
            for (mailbox, entry) in fullAddresses.mailboxes where entry.value != .relay {
                note(HostPattern(domain: mailbox.domain, isBelow: false))
                noteAncestors(of: mailbox.domain)
            }
        }
        return found
    }

    /// relaytofulladdress: with relay_hosts_only only tagged ones count.
    private var fullAddresses: SendmailAccessTable { isExact ? SendmailAccessTable(model, .to, taggedOnly: true) : to }

    private var recipients: [Step] {
        var steps: [Step] = []
        let hasFullAddresses = model.has(.relayToFullAddress)
        if hasFullAddresses {
            steps += SendmailWalks(table: fullAddresses, tag: "To:", outcome: relaying).mailboxSteps(for: .to)
        }
        let users = SendmailWalks(table: to, tag: "To:", outcome: relaying).userSteps(for: .to)
        let isBeforeUsers = hasFullAddresses && !isExact && !users.isEmpty
        let excepted = exceptions
        if !excepted.isEmpty || isBeforeUsers {
            // The others are domains of `local { }`.
            let kept = Set(excepted.map { PathPattern($0) })
            let walks = SendmailWalks(table: to, tag: "To:", outcome: relaying) { isBeforeUsers && $0.value != .relay }
            steps += walks.steps(for: .to, hostsOnly: isExact).compactMap { step in
                guard case .decide = step.outcome else { return step }
                var step = step
                step.gate.to = step.gate.to?.filter { kept.contains($0.value) }
                return step.gate.to?.isEmpty == false ? step : nil
            }
        }
        if isBeforeUsers { steps += users }
        return steps
    }

    private func relaying(_ entry: Entry) -> SendmailDecisionList.Outcome {
        entry.value == .relay ? .decide(.permit) : .goOn(skipping: 0)
    }

    // MARK: Clients by address

    private var addresses: [Step] {
        var steps: [Step] = []
        func add(_ title: String, _ meaning: String, _ ranges: [Sourced<IPRange>]) {
            guard let first = ranges.first else { return }
            var gate = SendmailGate()
            gate.from = ranges
            steps.append(Step(gate: gate, outcome: .decide(.permit), title: title, meaning: meaning, origin: first.origin ?? Origin(note: title)))
        }
        let loopback = [IPAddress("127.0.0.1"), IPAddress("::1")].compactMap { $0.map { Sourced(IPRange($0), Origin(note: "shipped rules of Relay_ok")) } }
        add("this host", "programs on the host itself", loopback)
        add(
            "class R: addresses", "clients whose address begins as an entry of class R",
            model.relayClass.compactMap { word in Self.network(word.value)?.range.map { Sourced($0, word.origin) } })
        steps += SendmailWalks(table: connect, tag: "Connect:", outcome: relaying).addressSteps(connect.networks)
        add(
            "class w: addresses", "clients whose address is a literal of class w",
            model.localHosts.compactMap { host in host.value.address.map { Sourced(IPRange($0), host.origin) } })
        return steps
    }

    /// All clients that may relay by their address alone.
    var addressesThatRelay: AddressSet {
        addresses.reduce(AddressSet()) { all, step in
            guard step.outcome == .decide(.permit) else { return all }
            let own = AddressSet((step.gate.from ?? []).map(\.value)).subtracting(AddressSet(step.gate.except.map(\.value)))
            return all.union(own)
        }
    }

    /// A dot at the end of a prefix changes nothing, since whole numbers are compared.
    static func network(_ word: String) -> SendmailNetwork? {
        SendmailNetwork(word.hasSuffix(".") && !word.hasPrefix("ipv6") ? String(word.dropLast()) : word)
    }

    // MARK: Senders

    private var senders: [Step] {
        var steps: [Step] = []
        if let origin = model.features[.relayLocalFrom] {
            var gate = SendmailGate()
            gate.sender = model.localHosts.map { $0.map { .domain($0) } }
            if let own = model.ownDomain, let domain = Domain("localhost.\(own.value)") { gate.sender?.append(Sourced(.domain(domain), own.origin)) }
            steps.append(
                Step(
                    gate: gate, outcome: .decide(.permit), title: "relay_local_from",
                    meaning: "anyone who claims a sender in class w (relay_local_from)", origin: origin))
        }
        if model.has(.relayMailFrom) {
            let walks = SendmailWalks(
                table: SendmailAccessTable(model, .from, taggedOnly: true), tag: "From:", outcome: relaying,
                host: model.hostName?.value, aliases: model.hostAliases)
            steps += walks.mailboxSteps(for: .sender)
            if model.has(.relayMailFromDomain) { steps += walks.steps(for: .sender, hostsOnly: isExact) }
        }
        return steps
    }

    // MARK: Clients by name

    private var names: [Step] {
        var patterns: [Sourced<HostPattern>] = []
        func add(_ domain: Domain, _ origin: Origin?, below: Bool) {
            patterns.append(Sourced(HostPattern(domain: domain, isBelow: false), origin))
            if below { patterns.append(Sourced(HostPattern(domain: domain, isBelow: true), origin)) }
        }
        if let origin = model.features[.relayEntireDomain], let own = model.ownDomain { add(own.value, origin, below: true) }
        for host in model.localHosts where !host.value.isLiteral { add(host.value, host.origin, below: false) }
        for entry in model.relayDomains { patterns.append(entry) }
        var gate = SendmailGate()
        gate.name = patterns
        let step = Step(
            gate: gate, outcome: .decide(.permit), title: "class R and w: client names",
            meaning: "clients whose confirmed name is local or in class R", origin: Origin(note: "classes w, m and R"))
        let walks = SendmailWalks(table: connect, tag: "Connect:", outcome: relaying)
        return (patterns.isEmpty ? [] : [step]) + walks.steps(for: .name, hostsOnly: isExact)
    }

    // MARK: Failures

    private var mailExchangers: [Step] {
        guard !model.unanswered.isEmpty else { return [] }
        let origin = model.origin(of: .relayBasedOnMX)
        var nameless = SendmailGate()
        nameless.isNameless = true
        var gate = SendmailGate()
        gate.to = model.unanswered.map { $0.map { .domain($0) } }
        func step(_ gate: SendmailGate, _ verb: RuleDraft.Verb, _ meaning: String) -> Step {
            Step(gate: gate, outcome: .decide(verb), title: "relay_based_on_MX: \(verb.rawValue)", meaning: meaning, origin: origin)
        }
        nameless.to = gate.to
        return [
            step(nameless, .reject, "a client without a name is refused before the MX matters"),
            step(gate, .defer, "the MX of these domains cannot be looked up for now"),
        ]
    }

    /// Whoever's name cannot be looked up is told to come again, also where no rule asks for a name. One of the rules by
    /// name is undecided then; without any, two that differ are needed.
    private var nameFailures: [RuleDraft] {
        guard model.localHosts.allSatisfy(\.value.isLiteral), model.relayDomains.isEmpty else { return [] }
        return [RuleDraft.Verb.reject, .defer].map { verb in
            var rule = RuleDraft(
                verb, "client's name: \(verb.rawValue)", meaning: "450 where the client's name cannot be looked up for now",
                origin: Origin(note: "shipped rules of Relay_ok"))
            rule.nameNone()
            return rule
        }
    }
}

extension Sendmail89Model {
    /// Class R as names: itself and all below, or itself with relay_hosts_only; `.domain` is what lies below.
    var relayDomains: [Sourced<HostPattern>] {
        let isExact = has(.relayHostsOnly)
        return relayClass.flatMap { word -> [Sourced<HostPattern>] in
            let isDotted = word.value.hasPrefix(".")
            guard let domain = Domain(isDotted ? String(word.value.dropFirst()) : word.value), !domain.isLiteral else { return [] }
            let exact = Sourced(HostPattern(domain: domain, isBelow: false), word.origin)
            let below = Sourced(HostPattern(domain: domain, isBelow: true), word.origin)
            if isDotted { return isExact ? [] : [below] }
            return isExact ? [exact] : [exact, below]
        }
    }

    /// Literals of class R.
    var relayLiterals: [Sourced<Domain>] {
        relayClass.compactMap { word in
            Domain(word.value).flatMap { $0.isLiteral ? Sourced($0, word.origin) : nil }
        }
    }
}
