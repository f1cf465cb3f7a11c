import MailTypes
import RelayPolicy

/// What a session has to ask the DNS, and when: only where a rule that can still decide asks for it.
extension GatewaySession {
    /// The shell has asked, and owes `namesResolved`.
    public var awaitsNames: Bool { phase == .resolving }

    /// What has to be known before it is certain whether the connection is refused; nil when nothing has to.
    public mutating func questionsForConnection() -> [NameQuestion]? {
        questions(terms.policy.policy.neededForConnection(of: openNames, for: request))
    }

    /// What a server that is told of the client wants to know beside what rules ask for: its name. Nil where it was asked
    /// already.
    public mutating func questionsForTelling() -> [NameQuestion]? {
        guard !request.clientIsUnknown, !askedNames.contains(.clientName) else { return nil }
        return questions(.clientName)
    }

    /// The answers to `resolveNames`.
    public mutating func namesResolved(_ answers: [NameAnswer], at moment: Moment) -> Action {
        guard phase == .resolving, let recipient = transaction.waiting else {
            preconditionFailure("names came while \(phase)")
        }
        phase = .inTransaction
        transaction.waiting = nil
        learned(answers)
        return judge(recipient, at: moment)
    }

    /// Facts that some rule asks for and that were not asked for yet. None where no rule does, at no cost.
    /// Nor of a client whose address nobody knows.
    private var openNames: NameFacts { request.clientIsUnknown ? [] : terms.policy.nameFacts.subtracting(askedNames) }

    /// The questions without which the recipient cannot be decided.
    mutating func questionsOfRules() -> [NameQuestion]? {
        settleHELO()
        let open = openNames
        return open.isEmpty ? nil : questions(terms.policy.needed(of: open, for: request))
    }

    /// The questions without which nobody can say whether this is a relay client, whose transaction goes whole to one
    /// route (language page, Meaning 11) and tells no server of him (Meaning 12). `own` is where the recipient goes otherwise.
    mutating func questionsOfRoute(insteadOf own: String?) -> [NameQuestion]? {
        let open = openNames
        guard !open.isEmpty, transaction.isOfRelayClient == nil, let whole = routeOfClients,
            whole != own || terms.toldUpstreams.contains(whole)
        else { return nil }
        return questions(terms.policy.neededForRelayClient(of: open, for: request))
    }

    mutating func resolve(_ questions: [NameQuestion], for recipient: Waiting) -> Action {
        transaction.waiting = recipient
        phase = .resolving
        return .resolveNames(questions)
    }

    private mutating func questions(_ needed: NameFacts) -> [NameQuestion]? {
        guard !needed.isEmpty else { return nil }
        askedNames.formUnion(needed)
        var questions: [NameQuestion] = []
        if needed.contains(.clientName) { questions.append(.clientName(request.client)) }
        if needed.contains(.heloStatus), let name = request.heloName {
            questions.append(.helo(name, client: request.client))
        }
        return questions.isEmpty ? nil : questions
    }

    /// The answers to questions that are not `resolveNames`.
    public mutating func learned(_ answers: [NameAnswer]) {
        for answer in answers {
            switch answer {
            case .clientName(let name): request.clientName = name
            case .helo(let status): request.heloStatus = status
            }
        }
    }

    /// What was said in HELO and needs no DNS.
    private mutating func settleHELO() {
        guard openNames.contains(.heloStatus), let status = request.heloStatusWithoutDNS else { return }
        request.heloStatus = status
        askedNames.insert(.heloStatus)
    }

    /// Another HELO is another question.
    mutating func forgetHELO() {
        request.heloStatus = request.clientIsUnknown ? .temporary : .unasked
        askedNames.remove(.heloStatus)
    }

    /// What could not be known is asked again in the next transaction, not for each recipient.
    mutating func forgetUnknownNames() {
        if case .temporary = request.clientName { askedNames.remove(.clientName) }
        if request.heloStatus == .temporary { askedNames.remove(.heloStatus) }
    }
}
