import MailProtocols
import MailTypes
import RelayPolicy

extension GatewaySession {
    /// One mail transaction, from MAIL to its end (RFC 5321 §3.3).
    struct Transaction: Sendable {
        var id = ""
        var reversePath = ReversePath.null
        var parameters = MailParameters()
        /// The one protected server of this transaction (language page, Meaning 11).
        var upstream: String?
        /// Whether that server was told whose message it is; one connection cannot do both.
        var tellsClient = false
        /// Whether the client's side of a permit fits; nil until the first recipient asks.
        var isOfRelayClient: Bool?
        /// Ids of the decisions whose recipients the server has accepted.
        var accepted: [String] = []
        /// The only accepted recipient, for the Received line.
        var soleRecipient: ForwardPath?
        /// The server went away after it had accepted recipients: nothing can come of this any more.
        var isLost = false
        var waiting: Waiting?
        var pending: Pending?
        /// Rules that this message was charged to; it counts once for each (index in `Policy.relay`).
        var charged: Set<Int> = []
        /// Rules with limits that permitted an accepted recipient, in the order of the first, and for whom.
        var used: [LimitCharge] = []
        var mailData = MailData()
    }

    /// The recipient that waits for the DNS.
    struct Waiting: Sendable {
        let given: [UInt8]
        let parameters: RecipientParameters
    }

    /// The recipient that waits for its limits or for the protected server.
    struct Pending: Sendable {
        let id: String
        let given: [UInt8]
        let judged: JudgedRequest
        let parameters: RecipientParameters
        /// It passes for `observe` alone, so only to a server that knows whose it is and judges for itself (Meaning 13).
        var isObserved: Bool { judged.decision.reason == .observed }
        /// Nil where the canonical form is sent, which says the same.
        var pathAsWritten: WrittenPath? {
            isObserved && judged.request.forwardPath.isSpelledOtherwise ? judged.request.forwardPath : nil
        }
    }

    mutating func mail(_ path: ReversePath, _ parameters: MailParameters, isASCII: Bool, at moment: Moment) -> Action {
        switch phase {
        case .greeted: return badCommand(Reply(503, "5.5.1", "EHLO first"))
        case .inTransaction: return badCommand(Reply(503, "5.5.1", "MAIL was said already"))
        default: break
        }
        if let reply = refusal(of: parameters, isASCII: isASCII) { return .reply(reply) }
        request.reversePath = path
        forgetUnknownNames()
        if let refusal = terms.policy.demands(of: request) { return senderRefused(refusal, at: moment) }
        transaction = Transaction()
        transaction.reversePath = path
        transaction.parameters = parameters
        phase = .inTransaction
        return .reply(.senderTaken)
    }

    /// Parameters that nobody announced, or that ask for more than is possible.
    private func refusal(of parameters: MailParameters, isASCII: Bool) -> Reply? {
        let unannounced =
            parameters.smtpUTF8 && !(announced.smtpUTF8 && saidEHLO)
            || parameters.body == .eightBitMIME && !(announced.eightBitMIME && saidEHLO)
            || parameters.asksForDSN && !(announced.dsn && saidEHLO)
        if unannounced { return Reply(555, "5.5.4", "Parameter not announced") }
        if !isASCII, !parameters.smtpUTF8 {
            return Reply(553, "5.6.7", "An address beyond ASCII needs SMTPUTF8")
        }
        if let size = parameters.size, let most = announcedSize, most > 0, size > most {
            return Reply(552, "5.3.4", "Message larger than \(most) bytes")
        }
        return nil
    }

    mutating func recipient(
        _ path: WrittenPath, _ parameters: RecipientParameters, given: [UInt8], isASCII: Bool, at moment: Moment
    ) -> Action {
        guard phase == .inTransaction else { return badCommand(Reply(503, "5.5.1", "MAIL first")) }
        if parameters.asksForDSN, !(announced.dsn && saidEHLO) {
            return .reply(Reply(555, "5.5.4", "Parameter not announced"))
        }
        if !isASCII, !transaction.parameters.smtpUTF8 {
            return unreadable(given, Reply(553, "5.6.7", "An address beyond ASCII needs SMTPUTF8"), at: moment)
        }
        request.forwardPath = path
        return judge(Waiting(given: given, parameters: parameters), at: moment)
    }

    /// Decides the recipient, or has the DNS asked first where that can still matter.
    mutating func judge(_ recipient: Waiting, at moment: Moment) -> Action {
        request.now = moment.now
        request.clockIsBehind = moment.clockIsBehind
        if let questions = questionsOfRules() { return resolve(questions, for: recipient) }
        let judged = JudgedRequest(request, decision(moment))
        guard judged.decision.verdict == .permit else {
            return decided(judged, given: recipient.given, id: moment.newIdentifier())
        }
        if transaction.accepted.count >= terms.limits.recipients { return oneTooMany(judged, recipient.given, at: moment) }
        if let questions = questionsOfRoute(insteadOf: ownRoute(of: judged.decision)) {
            return resolve(questions, for: recipient)
        }
        transaction.pending = Pending(
            id: moment.newIdentifier(), given: recipient.given, judged: judged, parameters: recipient.parameters)
        if judged.decision.chargedRules.isEmpty { return offerPending() }
        phase = .charging
        return .charge(
            LimitCharge(rules: judged.decision.chargedRules, request: request, countedBefore: transaction.charged))
    }

    private mutating func decision(_ moment: Moment) -> Decision {
        if request.clientIsUnknown, let refusal = refusalOfUnknownClient { return refusal }
        let decision = terms.policy.decide(request)
        if moment.addressIsShared, let refusal = refusalOfSharedAddress(decision) { return refusal }
        guard moment.clientIsBanned, decision.verdict == .permit, decision.destination == .relay, request.login == .absent
        else { return decision }
        return Decision(
            verdict: .defer, reason: .banned, rule: decision.rule,
            reply: Reply(450, "4.7.1", "Too many relays refused; try again later"), forwardPath: decision.forwardPath)
    }

    /// The answer to `charge`: nil when every limit has room, else the decision that takes the permit's place.
    public mutating func charged(_ refusal: Decision?) -> Action {
        guard phase == .charging, let pending = transaction.pending else {
            preconditionFailure("limits were charged while \(phase)")
        }
        phase = .inTransaction
        guard let refusal else {
            transaction.charged.formUnion(pending.judged.decision.chargedRules)
            return offerPending()
        }
        transaction.pending = nil
        return decided(JudgedRequest(pending.judged.request, refusal), given: pending.given, id: pending.id)
    }

    private mutating func offerPending() -> Action {
        guard let pending = transaction.pending, let path = pending.judged.decision.forwardPath else {
            preconditionFailure("a permit without a path to send on")
        }
        guard !transaction.isLost, let upstream = upstream(for: pending) else {
            return pendingFailed(.upstreamDown, Reply(451, "4.4.1", "The mail server is not available"))
        }
        let tellsClient = tells(upstream, of: pending)
        if pending.isObserved, !tellsClient {
            return pendingFailed(
                .upstreamDown, Reply(451, "4.3.5", "The mail server has to be told your address, and is not"))
        }
        if let current = transaction.upstream, current != upstream || transaction.tellsClient != tellsClient {
            return pendingFailed(.otherServer, Reply(452, "4.5.3", "Send this recipient in a message of its own"))
        }
        phase = .offering
        return .offer(
            RecipientOffer(
                upstream: upstream, reversePath: transaction.reversePath, mailParameters: transaction.parameters,
                forwardPath: path, asWritten: pending.pathAsWritten, parameters: pending.parameters,
                tellsClient: tellsClient))
    }

    /// A relay client's transaction goes whole to one route; else the recipient's own (Meaning 11).
    private mutating func upstream(for pending: Pending) -> String? {
        let ofClient = transaction.isOfRelayClient ?? terms.policy.isRelayClient(pending.judged.request)
        transaction.isOfRelayClient = ofClient
        if ofClient, let whole = routeOfClients { return whole }
        return ownRoute(of: pending.judged.decision)
    }

    /// Where a relay client's transaction goes whole.
    var routeOfClients: String? {
        let routes = terms.policy.policy.routes
        return routes.clients ?? routes.elsewhere
    }

    private func ownRoute(of permit: Decision) -> String? {
        let routes = terms.policy.policy.routes
        return switch permit.destination {
        case .delivery(let via): via ?? routes.local
        case .relay: routes.elsewhere
        case nil: nil
        }
    }

    private mutating func pendingFailed(_ reason: Reason, _ reply: Reply) -> Action {
        guard let pending = transaction.pending else { preconditionFailure("no recipient waits") }
        transaction.pending = nil
        var decision = pending.judged.decision
        (decision.verdict, decision.reason, decision.reply) = (.defer, reason, reply)
        return decided(JudgedRequest(pending.judged.request, decision), given: pending.given, id: pending.id)
    }

    /// The answer to `offer`.
    public mutating func recipientAnswered(_ answer: RecipientAnswer) -> Action {
        guard phase == .offering, let pending = transaction.pending else {
            preconditionFailure("a recipient was answered while \(phase)")
        }
        phase = .inTransaction
        switch answer {
        case .accepted(let reply):
            transaction.pending = nil
            accepted(pending)
            report(.decided(record(pending, outcome: reply)))
            return .reply(Reply(code: 250, text: reply.text))
        case .refused(let reply):
            transaction.pending = nil
            report(.decided(record(pending, outcome: reply)))
            return recipientRefused(reply)
        case .unavailable:
            transaction.isLost = !transaction.accepted.isEmpty
            return pendingFailed(.upstreamDown, Reply(451, "4.4.1", "The mail server is not available"))
        }
    }

    private mutating func accepted(_ pending: Pending) {
        if transaction.upstream == nil, let upstream = upstream(for: pending) {
            (transaction.upstream, transaction.tellsClient) = (upstream, tells(upstream, of: pending))
        }
        transaction.soleRecipient = transaction.accepted.isEmpty ? pending.judged.decision.forwardPath : nil
        transaction.accepted.append(pending.id)
        let charged = pending.judged.decision.chargedRules
        if charged.isEmpty { return }
        let used = Set(transaction.used.flatMap(\.rules))
        let new = charged.filter { !used.contains($0) }
        if !new.isEmpty {
            transaction.used.append(LimitCharge(rules: new, request: pending.judged.request, countedBefore: []))
        }
    }

    private func record(_ pending: Pending, outcome: Reply?) -> RecipientRecord {
        RecipientRecord(
            id: pending.id, givenForwardPath: pending.given, judged: pending.judged, outcome: outcome,
            policyHash: terms.policyHash)
    }

    /// The protected server went away between two commands of a transaction.
    public mutating func transactionLost() {
        if !transaction.accepted.isEmpty { transaction.isLost = true }
    }

    /// Refuses a recipient on our own word; whoever is refused can quote the id.
    mutating func decided(_ judged: JudgedRequest, given: [UInt8], id: String) -> Action {
        recipientRefused(reported(judged, given: given, id: id))
    }

    /// The reply to a refusal that the log is told of.
    private mutating func reported(_ judged: JudgedRequest, given: [UInt8], id: String) -> Reply {
        report(
            .decided(
                RecipientRecord(
                    id: id, givenForwardPath: given, judged: judged, outcome: nil, policyHash: terms.policyHash)))
        return judged.decision.reply.quoting(id)
    }

    /// A recipient whose path cannot be judged.
    mutating func unreadable(_ given: [UInt8], _ reply: Reply, at moment: Moment) -> Action {
        request.now = moment.now
        let decision = Decision(verdict: .reject, reason: .protocolError, reply: reply)
        return decided(JudgedRequest(request, decision), given: given, id: moment.newIdentifier())
    }

    /// The listener demands something of the client first; no recipient is known yet.
    private mutating func senderRefused(_ refusal: Decision, at moment: Moment) -> Action {
        request.now = moment.now
        return decided(JudgedRequest(request, refusal), given: [], id: moment.newIdentifier())
    }

    /// A permitted recipient beyond `recipients N per message`. A list server sends the rest again, in another message,
    /// so it does not count as a refusal that ends the session.
    private mutating func oneTooMany(_ permitted: JudgedRequest, _ given: [UInt8], at moment: Moment) -> Action {
        let decision = Decision(
            verdict: .defer, reason: .limit, reply: Reply(452, "4.5.3", "Too many recipients in one message"),
            forwardPath: permitted.decision.forwardPath)
        return .reply(reported(JudgedRequest(permitted.request, decision), given: given, id: moment.newIdentifier()))
    }

    private mutating func recipientRefused(_ reply: Reply) -> Action {
        refusedRecipients += 1
        return refusedRecipients > terms.limits.refusedRecipients
            ? close(Reply(421, "4.7.0", "Too many recipients refused")) : .reply(reply)
    }
}

extension Reply {
    /// With `(id)` behind its last line.
    func quoting(_ id: String) -> Reply {
        var text = text
        text.reserveCapacity(text.count + id.utf8.count + 3)
        text += " ("
        text.append(text: id)
        text += ")"
        return Reply(code: code, text: text)
    }
}
