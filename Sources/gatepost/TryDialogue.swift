import DecisionRecords
import MailProtocols
import MailTypes
import PolicyLanguage
import RelayPolicy
import Sessions

/// `try -i`: the gate's own session, with a person as the client and a server behind it that takes everything and
/// keeps nothing. Replies go to standard output; how each recipient was decided, to standard error. In JSON the
/// decisions are the answer and the replies are talk.
struct TryDialogue {
    private let policy: Policy
    private let facts: RelayRequest
    /// Whether time stands still at that of `facts`.
    private let isDated: Bool
    private let answersInJSON: Bool
    private var session: GatewaySession

    init(configuration: Configuration, facts: RelayRequest, isDated: Bool, answersInJSON: Bool) {
        var policy = configuration.policy
        // A file may name no servers; here any name will do.
        policy.routes.local = policy.routes.local ?? "nowhere"
        policy.routes.elsewhere = policy.routes.elsewhere ?? "nowhere"
        var announced = ServerCapabilities()
        (announced.pipelining, announced.eightBitMIME, announced.smtpUTF8) = (true, true, true)
        (announced.enhancedStatusCodes, announced.size) = (true, 0)
        let terms = GatewayTerms(
            policy: CompiledPolicy(policy), hostname: configuration.node.hostname ?? "gatepost.invalid")
        (self.policy, self.facts, self.isDated, self.answersInJSON) = (policy, facts, isDated, answersInJSON)
        session = GatewaySession(terms: terms, request: facts, announced: announced)
    }

    mutating func run() throws(Trouble) {
        if let refusal = policy.connectionRefusal(facts) {
            try say(refusal.reply)
            return try explain(
                DecisionRecord(
                    id: DecisionIdentifier.next(), time: now, via: .try, request: facts, forwardPathGiven: [],
                    decision: refusal))
        }
        try say(session.greeting)
        var input = StandardInput()
        while !session.isClosed, let line = try input.next(beforeWaiting: { () throws(Trouble) in }) {
            try received(line)
            for case .decided(let record) in session.takeEvents() { try explain(record) }
        }
    }

    private mutating func received(_ line: StandardInput.Line) throws(Trouble) {
        switch line {
        case .text(let bytes) where session.wantsData: try receivedData(bytes + [13, 10])
        case .tooLong where session.wantsData: try receivedData([0])
        case .tooLong: try perform(session.receivedBrokenLine(.tooLong))
        case .text(let bytes) where bytes.contains(0): try perform(session.receivedBrokenLine(.nul))
        case .text(let bytes) where bytes.contains(13): try perform(session.receivedBrokenLine(.bareCarriageReturn))
        case .text(let bytes) where bytes.count + 2 > CommandFraming.longestLine:
            try perform(session.receivedBrokenLine(.tooLong))
        case .text(let bytes): try perform(session.received(bytes, isLast: true, at: moment))
        }
    }

    private mutating func receivedData(_ bytes: [UInt8]) throws(Trouble) {
        switch bytes.withUnsafeBytes({ session.receivedData($0) }) {
        case .forward, .discard: break
        case .forwardLast: try perform(session.outcome(Reply(250, "2.0.0", "Ok: nothing was sent")))
        case .discardLast(_, let reply), .discardAndClose(let reply): try say(reply)
        }
    }

    private mutating func perform(_ action: GatewaySession.Action) throws(Trouble) {
        switch action {
        case .reply(let reply), .endTransaction(let reply), .replyAndClose(let reply): try say(reply)
        case .resolveNames(let questions): try perform(session.namesResolved(questions.map(answer), at: moment))
        // Never offered here: `--tls` is a fact like the others.
        case .startTLS(let reply): try say(reply)
        case .charge: try perform(session.charged(nil))
        case .offer: try perform(session.recipientAnswered(.accepted(Reply(250, "2.1.5", "Ok"))))
        case .askForData: try perform(session.dataAnswered(Reply(354, "2.0.0", "Go on")))
        }
    }

    private var moment: Moment { Moment(now: now, newIdentifier: DecisionIdentifier.next) }

    /// As the flags have it: nothing is looked up.
    private func answer(_ question: NameQuestion) -> NameAnswer {
        switch question {
        case .clientName: .clientName(facts.clientName)
        case .helo: .helo(facts.heloStatus)
        }
    }

    private var now: Instant { isDated ? facts.now : .now }

    private func say(_ reply: Reply) throws(Trouble) {
        let text = reply.wireForm.filter { $0 != UInt8(ascii: "\r") }
        if answersInJSON { StandardError.write(text) } else { try StandardOutput.write(text) }
    }

    private func explain(_ record: RecipientRecord) throws(Trouble) {
        try explain(
            DecisionRecord(
                id: record.id, time: now, via: .try, request: record.request,
                forwardPathGiven: record.givenForwardPath, decision: record.decision,
                explanation: record.decision.reason.precedesTheRules ? nil : policy.explain(record.request)))
    }

    /// Indented, so that it is not taken for what a client sees.
    private func explain(_ record: DecisionRecord) throws(Trouble) {
        if answersInJSON { return try StandardOutput.print(record.json.text) }
        for line in DecisionText(record, time: record.time.localText).lines { StandardError.print("    # " + line) }
    }
}
