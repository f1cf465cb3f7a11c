import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

extension Counterfactuals {
    /// The changes that would have permitted `request`, each applied to the text, read again and asked.
    ///
    /// `decision` is what a session got, of the connection or MAIL too; `bytes` the text that gave `configuration`.
    /// The time of `request` is the one for which it is to be permitted: today, for a request of last week's log.
    /// `options` are words of the command line that every command offered has to have, such as `-c FILE`.
    public init(
        of request: RelayRequest, _ decision: Decision, _ configuration: Configuration, _ bytes: [UInt8], file: String,
        options: [String] = [], files: FileReading
    ) {
        guard decision.verdict != .permit else { return }
        self = withoutActuallyEscaping(files) { files in
            var search = CounterfactualSearch(
                request: request, configuration: configuration, bytes: bytes, file: file, options: options,
                files: files)
            search.find(after: decision)
            return search.found
        }
    }
}

/// Looks for small changes and proves each: what does not permit the request by the plain evaluator is no suggestion.
struct CounterfactualSearch {
    /// Of the rules that came close.
    private static let mostRules = 3
    /// For how long a permit for one request stands.
    private static let daysOfPermit: Int32 = 7

    let request: RelayRequest
    let configuration: Configuration
    let bytes: [UInt8]
    let file: String
    let options: [String]
    let files: FileReading
    /// What the rules say: where something observes, everything is permitted that they have not judged.
    private let policy: Policy
    private(set) var found = Counterfactuals()
    /// Who gains by a change could not be told once; the next would cost as much.
    private var isEffortSpent = false

    init(
        request: RelayRequest, configuration: Configuration, bytes: [UInt8], file: String, options: [String],
        files: @escaping FileReading
    ) {
        (self.request, self.configuration, self.bytes) = (request, configuration, bytes)
        (self.file, self.options, self.files) = (file, options, files)
        policy = configuration.policy.withoutObservation
    }

    mutating func find(after decision: Decision) {
        addDeedsOfTheClient()
        if let reason = reasonAgainstRules(decision) {
            found.noRuleHelps = reason
            return
        }
        addNarrowPermit(before: decision.rule)
        for step in policy.explain(request).closest.prefix(Self.mostRules) { addChanges(of: step.rule.name) }
        found.suggestions = found.suggestions.withoutTwins
        let order = Counterfactual.Kind.allCases
        found.suggestions.sort { one, other in
            let (a, b) = (Self.weight(one), Self.weight(other))
            return a != b ? a < b : (order.firstIndex(of: one.kind) ?? 0) < (order.firstIndex(of: other.kind) ?? 0)
        }
    }

    /// What else a change lets through, coarsely: nothing, few addresses, many.
    private static func weight(_ suggestion: Counterfactual) -> Double {
        guard let gain = suggestion.gain else { return -1 }
        if suggestion.isForThisRequestAlone { return 0 }
        return (gain.isDangerous ? 2 : 0) + max(gain.clients.share, 1e-12)
    }

    // MARK: What no rule can help

    private func reasonAgainstRules(_ decision: Decision) -> String? {
        switch decision.reason {
        case .addressTrick:
            return "no rule of `relay` helps: the address hides another destination and is refused before any rule; "
                + "write the real destination as USER@DOMAIN"
        case .protocolError:
            return "no rule helps: what the client sent is no address; write it as USER@DOMAIN"
        case .loginRequired:
            return "no rule of `relay` helps: the listener demands a login before any rule; "
                + "log in, or connect to a listener without `auth required`"
        case .tlsRequired:
            return "no rule of `relay` helps: the listener demands TLS before any rule; "
                + "use STARTTLS, or connect to a listener without `starttls required`"
        case .unknownRecipient:
            return "no rule of `relay` helps: the domain is ours and lists its mailboxes; "
                + "add this one to the file that `recipients` names"
        case .undecided:
            return "no change is needed: a fact that decides could not be had; let the client try again"
        case .denyRule:
            guard let rule = decision.rule, !policy.relay.contains(where: { $0.name == rule.name }) else { return nil }
            return "no rule of `relay` helps: \"\(rule.name)\" (\(rule.at.lineReference)) of `refuse` comes first; "
                + "change that rule, or put a `pass` before it"
        case .limit:
            let rule = decision.rule.map { "\"\($0.name)\" (\($0.at.lineReference))" } ?? "the rule"
            return "the limit of \(rule) is spent, and no later rule is asked: wait, or raise it"
        case .banned:
            return
                "no rule of `relay` helps: the client is kept from relaying for a while, by `refused-relays` of `limits` "
                + "or since many share its address (`gatepost status` has an ALARM then); wait, or log in"
        case .loginFailed:
            return "no rule helps: the login failed; use the right password"
        case .upstreamRefused, .upstreamDown, .otherServer:
            return "no rule helps: the rules permit it, and what refused it is behind them; see the reply"
        case .storeDown, .shuttingDown:
            return "no change is needed: let the client try again"
        case .noRule, .senderNotOwned, .delivery, .relayRule, .observed:
            return nil
        }
    }

    // MARK: What the client can do

    private mutating func addDeedsOfTheClient() {
        if let listener = listener(request.listener), listener.requiresTLS, request.tlsVersion == nil {
            var encrypted = request
            encrypted.tlsVersion = "TLSv1.3"
            if let rule = permitting(encrypted, policy) { addDeed(.encrypt, "use TLS", rule) }
        }
        for login in candidateLogins {
            guard let deed = deed(loggingInAs: login) else { continue }
            addDeed(.logIn, deed.what, deed.rule)
            return
        }
    }

    private mutating func addDeed(_ kind: Counterfactual.Kind, _ what: String, _ rule: Decision.RuleReference) {
        found.suggestions.append(
            Counterfactual(
                kind: kind, what: what, rule: rule, text: nil, bytes: nil, command: nil, gain: nil,
                isForThisRequestAlone: true,
                failedTests: []))
    }

    /// Who owns the sender, then who is named in a rule; nil is any other login.
    private var candidateLogins: [String?] {
        let owners = policy.ownership.keys.filter { policy.login($0, owns: request.reversePath) }.sorted().prefix(2)
        let named = policy.relay.filter { $0.verb == .permit }.compactMap(\.conditions.login?.names?.first).prefix(4)
        var candidates: [String?] = []
        for name in owners + named where !candidates.contains(name) { candidates.append(name) }
        return candidates + [nil]
    }

    private func deed(loggingInAs login: String?) -> (what: String, rule: Decision.RuleReference)? {
        let names = Set(policy.relay.flatMap { $0.conditions.login?.names ?? [] })
        let own = listener(request.listener)
        // Where a login is never offered, another listener may offer it.
        let listeners: [String?] =
            own?.authNeverAt == nil
            ? [request.listener] : policy.listeners.filter { $0.authNeverAt == nil }.map(\.name)
        let mechanisms = [nil] + policy.relay.compactMap { $0.conditions.login?.mechanisms?.first }.prefix(4)
        for listener in listeners {
            for mechanism in mechanisms {
                var trial = request
                trial.listener = listener
                let name = login ?? (["someone", "anybody"].first { !names.contains($0) } ?? "someone")
                trial.login = .known(RelayRequest.Login(name: name, mechanism: mechanism))
                var how = login.map { "log in as \($0)" } ?? "log in, as anybody"
                if let mechanism { how += " by \(mechanism)" }
                if listener != request.listener { how += " on the listener \(listener ?? "")" }
                if self.listener(listener)?.requiresTLS == true, trial.tlsVersion == nil {
                    trial.tlsVersion = "TLSv1.3"
                    how += ", over TLS"
                }
                if let rule = permitting(trial, policy) { return (how, rule) }
            }
        }
        return nil
    }

    private func listener(_ name: String?) -> Policy.Listener? { policy.listeners.first { $0.name == name } }

    /// The rule of `relay { }` that permits, as a session meets it.
    private func permitting(_ request: RelayRequest, _ policy: Policy) -> Decision.RuleReference? {
        guard policy.connectionRefusal(request) == nil, policy.demands(of: request) == nil else { return nil }
        let decision = policy.decidePlainly(request)
        return decision.verdict == .permit ? decision.rule : nil
    }

    // MARK: Changes of the file

    private mutating func addNarrowPermit(before rule: Decision.RuleReference?) {
        guard let path = policy.canonicalPath(of: request.forwardPath, from: request.reversePath),
            case .mailbox(let recipient) = path
        else { return }
        let day = CalendarDay(number: request.now.day.number + Self.daysOfPermit)
        let name = unusedName("\(request.client) to \(recipient.domain)")
        var text = RuleText(.permit, name: name)
        text.append("from", ["\(request.client)"])
        if case .known(let login) = request.login { text.append("login", [RuleText.word(login.name)]) }
        text.append("sender", [Self.word(request.reversePath)])
        text.append("to", [Self.word(ReversePath.mailbox(recipient))])
        text.append("until", ["\(day)"])
        var command = ["gatepost", "permit"]
        for statement in text.statements {
            command += ["--" + statement.keyword, statement.words.joined(separator: " ")]
        }
        command += ["--name", name]
        // What refuses it now has to stand below.
        let refusal = rule.flatMap { refusal in policy.relay.first { $0.name == refusal.name } }
        if let refusal { command += ["--before", refusal.name] }
        command += options
        addChange(.addPermit, "permit this client, sender and recipient until \(day)", command) {
            text_ throws(EditableConfiguration.Problem) in
            try text_.insert(text, refusal.map { .before($0.name) } ?? .end)
        }
    }

    private mutating func addChanges(of rule: String) {
        let editable = EditableConfiguration(bytes, file: file)
        let client = "\(request.client)"
        let networks = editable.networkNames(ofRule: rule)
        for network in networks.prefix(2) {
            addChange(.addToNetwork, "add \(client) to the network \(network)") {
                text throws(EditableConfiguration.Problem) in try text.add(client, toNetwork: network)
            }
        }
        if networks.isEmpty {
            addChange(.addToRule, "add \(client) to `from` of \"\(rule)\"") {
                text throws(EditableConfiguration.Problem) in try text.add(client, to: "from", ofRule: rule)
            }
        }
        for index in 0..<editable.exceptions(ofRule: rule) {
            var changed = editable
            guard let removed = try? changed.removeException(index, ofRule: rule) else { continue }
            let result = changed
            addChange(.removeException, "take \(removed) out of the exceptions of \"\(rule)\"") {
                text throws(EditableConfiguration.Problem) in text = result
            }
        }
        if let path = policy.canonicalPath(of: request.forwardPath, from: request.reversePath),
            case .mailbox(let recipient) = path
        {
            let word = Self.word(ReversePath.mailbox(recipient))
            addChange(.addRecipient, "add \(word) to `to` of \"\(rule)\"") {
                text throws(EditableConfiguration.Problem) in try text.add(word, to: "to", ofRule: rule)
            }
        }
    }

    /// Keeps the change if it permits the request.
    private mutating func addChange(
        _ kind: Counterfactual.Kind, _ what: String, _ command: [String]? = nil,
        _ edit: (inout EditableConfiguration) throws(EditableConfiguration.Problem) -> Void
    ) {
        var text = EditableConfiguration(bytes, file: file)
        do throws(EditableConfiguration.Problem) { try edit(&text) } catch { return }
        guard !isEffortSpent, text.bytes != bytes, !found.suggestions.contains(where: { $0.what == what }) else { return }
        let reading = Configuration.read(text.bytes, file: file, purpose: .policyOnly, now: request.now, files: files)
        guard let new = reading.configuration, let rule = permitting(request, new.policy.withoutObservation) else { return }
        let change = ProposedChange(
            of: configuration, bytes, to: text.bytes, file: file, purpose: .policyOnly, at: request.now, files: files)
        isEffortSpent = change.isEffortSpent
        guard let gain = change.gain, !gain.changes.isEmpty else { return }
        found.suggestions.append(
            Counterfactual(
                kind: kind, what: what, rule: rule, text: change.text, bytes: text.bytes, command: command, gain: gain,
                isForThisRequestAlone: gain.isNothing(but: request), failedTests: change.failedTests))
    }

    // MARK: Words

    private func unusedName(_ name: String) -> String {
        let names = Set(policy.allRules.map(\.name))
        guard names.contains(name) else { return name }
        var number = 2
        while names.contains("\(name) (\(number))") { number += 1 }
        return "\(name) (\(number))"
    }

    /// The pattern of this one path.
    private static func word(_ path: ReversePath) -> String {
        switch path {
        case .null: "<>"
        case .mailbox(let mailbox):
            RuleText.word("\(PathPattern.mailbox(localPart: mailbox.localPart, domain: mailbox.domain))")
        }
    }
}
