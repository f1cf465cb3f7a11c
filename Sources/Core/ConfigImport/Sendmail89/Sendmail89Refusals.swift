import MailTypes
import PolicyLanguage

/// `check_relay`, `check_mail` and the part of `check_rcpt` that refuses recipients, as `refuse { }`.
struct Sendmail89Refusals {
    typealias Step = SendmailDecisionList.Step
    typealias Entry = SendmailAccessMap.Entry
    let model: Sendmail89Model

    var rules: [RuleDraft] {
        let connect = SendmailAccessTable(model, .connect)
        // Where nothing is refused for now, the order of refusals changes nothing, and this one shields least at the end.
        let isTemporary = model.access.entries.contains { $0.value.isTemporary }
        let sections: [[Step]] =
            model.has(.delayChecks)
            ? [recipients, authenticated, spam, localSenders, senders] + clients(connect)
            : clients(connect) + (isTemporary ? [localSenders, senders, recipients] : [senders, recipients, localSenders])
        var rules = SendmailDecisionList(sections: sections, end: .pass).rules
        while rules.last?.verb == .pass { rules.removeLast() }
        return rules
    }

    // MARK: Clients

    /// The name first; OK or RELAY for it hides what is said of the address, SKIP does not.
    private func clients(_ table: SendmailAccessTable) -> [[Step]] {
        let hidesAddress = table.networks.values.contains { isRefusal($0) } || model.has(.requireRDNS)
        let walks = SendmailWalks(table: table, tag: "Connect:", outcome: { client($0, accepting: 1) }) { entry in
            hidesAddress && client(entry, accepting: 1) == .goOn(skipping: 1)
        }
        var names = walks.steps(for: .name)
        if !table.bracketed.isEmpty { names += walks.addressSteps(table.bracketed, isNameless: true) }
        var addresses = walks.addressSteps(table.networks)
        if model.has(.requireRDNS) { addresses += reverseNames(table) }
        return [names, addresses]
    }

    private func client(_ entry: Entry, accepting: Int) -> SendmailDecisionList.Outcome {
        if entry.value.isAccepting { return .goOn(skipping: accepting) }
        if entry.value == .skip, model.has(.skip) { return .goOn(skipping: 0) }
        return refusal(entry)
    }

    /// FEATURE(require_rdns): asked when the access map has nothing to say, and not of class R.
    private func reverseNames(_ table: SendmailAccessTable) -> [Step] {
        let origin = model.origin(of: .requireRDNS)
        var exempt = table.networks.filter { $0.value.value.isAccepting }.compactMap { $0.key.range.map { Sourced($0) } }
        exempt += model.relayClass.compactMap { word in SendmailNetwork(word.value)?.range.map { Sourced($0, word.origin) } }
        var gate = SendmailGate()
        gate.isNameless = true
        gate.from = MercuryModel.everybody.map { Sourced($0) }
        gate.except = exempt
        return [
            Step(
                gate: gate, outcome: .decide(.reject), title: "require_rdns",
                meaning: "clients without a confirmed name (require_rdns)", origin: origin)
        ]
    }

    // MARK: Senders

    private var senders: [Step] {
        let table = SendmailAccessTable(model, .from)
        let accepting = model.has(.delayChecks) ? Int.max : 0
        let laterMatters = model.has(.delayChecks)
        func outcome(_ entry: Entry, skips: Bool) -> SendmailDecisionList.Outcome {
            if entry.value.isAccepting { return .goOn(skipping: accepting) }
            // Only the walk over domains knows the word; for a mailbox it is the text of a refusal.
            return skips && entry.value == .skip && model.has(.skip) ? .goOn(skipping: 0) : refusal(entry)
        }
        let exact = SendmailWalks(table: table, tag: "From:", outcome: { outcome($0, skips: false) }, host: model.hostName?.value, aliases: model.hostAliases)
        let domains = SendmailWalks(
            table: table, tag: "From:", outcome: { outcome($0, skips: true) }, host: model.hostName?.value, aliases: model.hostAliases
        ) { entry in
            laterMatters && entry.value.isAccepting
        }
        return trimmed(exact.mailboxSteps(for: .sender) + exact.userSteps(for: .sender) + domains.steps(for: .sender), keepsLast: laterMatters)
    }

    /// A sender at localhost is taken from local clients only.
    private var localSenders: [Step] {
        guard !model.has(.acceptUnqualifiedSenders) else { return [] }
        let origin = Origin(note: "shipped rules of check_mail")
        var patterns: [PathPattern] = ["localhost", "[127.0.0.1]", "[IPv6:::1]"].compactMap { Domain($0).map { .domain($0) } }
        if let own = model.ownDomain, let domain = Domain("localhost.\(own.value)") { patterns.append(.domain(domain)) }
        let senders = patterns.map { Sourced($0, origin) }
        let hosts = model.localHosts
        let nameless = hosts.compactMap { host in host.value.address.map { Sourced(IPRange($0), host.origin) } }
        var steps: [Step] = []
        func add(_ outcome: SendmailDecisionList.Outcome, _ change: (inout SendmailGate) -> Void) {
            var gate = SendmailGate()
            gate.sender = senders
            change(&gate)
            steps.append(
                Step(
                    gate: gate, outcome: outcome, title: "sender at localhost",
                    meaning: "a sender at localhost, which only local clients may have", origin: origin))
        }
        let names = hosts.filter { !$0.value.isLiteral }.map { $0.map { HostPattern(domain: $0, isBelow: false) } }
        if !names.isEmpty { add(.goOn(skipping: 0)) { $0.name = names } }
        if !nameless.isEmpty {
            add(.goOn(skipping: 0)) { gate in
                gate.from = nameless
                gate.isNameless = true
            }
        }
        add(.decide(.reject)) { _ in }
        return steps
    }

    // MARK: Recipients

    private var recipients: [Step] {
        guard model.has(.blocklistRecipients) else { return [] }
        let table = SendmailAccessTable(model, .to)
        let walks = SendmailWalks(table: table, tag: "To:", outcome: { entry in
            if entry.value.isAccepting || entry.value == .skip && model.has(.skip) { return .goOn(skipping: 0) }
            return refusal(entry)
        }, host: model.hostName?.value, aliases: model.hostAliases)
        let domains = model.localHosts.map(\.value)
        return trimmed(
            walks.mailboxSteps(for: .to) + walks.userSteps(for: .to, at: domains) + walks.steps(for: .to), keepsLast: false)
    }

    /// FEATURE(delay_checks) with friend or hater: who does not want the checks of client and sender.
    private var spam: [Step] {
        guard model.has(.spamFriend) || model.has(.spamHater) else { return [] }
        let table = SendmailAccessTable(model, .spam, taggedOnly: true)
        let isFriendly = model.has(.spamFriend)
        let walks = SendmailWalks(table: table, tag: "Spam:", outcome: { entry in
            if isFriendly { return .goOn(skipping: entry.value == .friend ? .max : 0) }
            return .goOn(skipping: entry.value == .hater ? 0 : .max)
        }, host: model.hostName?.value, aliases: model.hostAliases) { _ in true }
        var steps = walks.mailboxSteps(for: .to) + walks.steps(for: .to) + walks.userSteps(for: .to, at: model.localHosts.map(\.value))
        if !isFriendly {
            steps.append(
                Step(
                    gate: SendmailGate(), outcome: .goOn(skipping: .max), title: "no HATER",
                    meaning: "recipients without Spam: HATER want no checks of client and sender",
                    origin: model.origin(of: .spamHater)))
        }
        return steps
    }

    /// With delay_checks a trusted login ends all further checks.
    private var authenticated: [Step] {
        guard !model.trustedMechanisms.isEmpty, !model.has(.promiscuousRelay) else { return [] }
        var gate = SendmailGate()
        gate.mechanisms = model.trustedMechanisms.map(\.value)
        return [
            Step(
                gate: gate, outcome: .goOn(skipping: .max), title: "trusted login, no further checks",
                meaning: "with delay_checks a login of TRUST_AUTH_MECH is not checked further",
                origin: model.origin(of: .delayChecks))
        ]
    }

    // MARK: Verdicts

    /// What is taken and dropped or held is not sent on; a policy can only refuse it.
    private func refusal(_ entry: Entry) -> SendmailDecisionList.Outcome {
        .decide(entry.value.isTemporary ? .defer : .reject)
    }

    private func isRefusal(_ entry: Entry) -> Bool {
        if case .decide = client(entry, accepting: 0) { true } else { false }
    }

    /// Steps without a verdict at the end of a section shield nothing.
    private func trimmed(_ steps: [Step], keepsLast: Bool) -> [Step] {
        guard !keepsLast else { return steps }
        var steps = steps
        while let last = steps.last, case .goOn = last.outcome { steps.removeLast() }
        return steps
    }
}

extension Sendmail89Model {
    /// Class w as domains and literals, the host's own name and localhost among them.
    var localHosts: [Sourced<Domain>] {
        var seen: Set<Domain> = []
        let words = localClass.compactMap { word in Domain(word.value).map { Sourced($0, word.origin) } }
        let standard = Domain("localhost").map { Sourced($0, Origin(note: "default")) }
        return (words + [hostName, standard].compactMap { $0 }).filter { seen.insert($0.value).inserted }
    }

    /// Names that are read as `$j`: localhost, and the literals of class w.
    var hostAliases: [Domain] {
        let own = ownDomain.flatMap { Domain("localhost.\($0.value)") }
        return [Domain("localhost"), own].compactMap { $0 } + localHosts.map(\.value).filter(\.isLiteral)
    }
}
