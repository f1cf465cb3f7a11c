import MailProtocols
import MailTypes
import RelayPolicy
import Sessions

/// Carries out what a `GatewaySession` says, as `GatewayHandler` does, without the network and the clock. What was
/// said to whom is held against the `Claims`.
public final class SessionPump {
    var session: GatewaySession
    let claims: SessionClaims
    private let newServer: (String) -> ModelServer
    private let nextChoice: () -> UInt8
    /// Bytes of the client that wait for their turn.
    var input: [UInt8] = []
    public private(set) var isOver = false
    private var connection: PumpedConnection?
    private var idle: [PumpedConnection] = []
    /// Being dialled for the offer that waits.
    private var dialling: PumpedConnection?
    private var pendingOffer: RecipientOffer?
    /// What the DNS was asked; it answers when the client has sent its next packet.
    private var openQuestions: [NameQuestion] = []
    private let answerName: (NameQuestion) -> NameAnswer
    /// An answer that comes at once is not the beginning of another loop.
    private var isProcessing = false

    /// `nextChoice` gives the next byte of the script: how a server behaves, whether a limit is spent.
    public init(
        session: GatewaySession, isStranger: Bool, answerName: @escaping (NameQuestion) -> NameAnswer,
        nextChoice: @escaping () -> UInt8
    ) {
        (self.session, self.nextChoice, self.answerName) = (session, nextChoice, answerName)
        claims = SessionClaims(isStranger: isStranger)
        newServer = { ModelServer(upstream: $0, nextChoice: nextChoice) }
    }

    /// One packet of the client, and everything that follows from it.
    public func receive(_ bytes: [UInt8]) {
        for connection in [connection, dialling].compactMap({ $0 }) { connection.server.speak() }
        settle()
        input += bytes
        resolveNames()
        process()
        settle()
    }

    private func resolveNames() {
        guard session.awaitsNames else { return }
        performAndProcess(session.namesResolved(openQuestions.map(answerName), at: moment))
    }

    /// The deadline passes, or the daemon stops.
    public func end() {
        guard !isOver else { return }
        perform(session.end(Reply(421, "4.4.2", "Timeout")))
    }

    /// The client has closed its side.
    public func close() {
        isOver = true
        cutConnection()
    }

    /// Nothing is withheld any more: every command of the client has its reply.
    public func finish() {
        for _ in 0..<input.count + 64 where !isOver { receive([]) }
        if !isOver { claims.everythingIsAnswered() }
    }

    /// Reads what the servers say until they say nothing.
    private func settle() {
        for _ in 0..<100_000 {
            let wasRead = [connection, dialling].compactMap { $0 }.contains { $0.readReplies() }
            if !wasRead { return }
        }
        fail("servers and gate come to rest")
    }

    // MARK: The client's bytes

    private func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while !input.isEmpty, !isOver {
            if session.wantsData { receiveData() } else if !session.wantsLine || !receiveLine() { return }
        }
    }

    private func receiveLine() -> Bool {
        let found = input.withUnsafeBytes(CommandFraming.scan)
        switch found {
        case .incomplete: return false
        case .line(let count):
            let line = Array(input.prefix(count))
            input.removeFirst(count + 2)
            claims.commandBegins(line)
            perform(session.received(line, isLast: input.isEmpty, at: moment))
        case .refused(let count, let problem):
            input.removeFirst(count)
            claims.commandBegins([])
            perform(session.receivedBrokenLine(problem))
        case .broken(let problem):
            claims.commandBegins([])
            perform(session.receivedBrokenLine(problem))
        }
        return true
    }

    private func receiveData() {
        let step = input.withUnsafeBytes { session.receivedData($0) }
        switch step {
        case .forward(let first, let count):
            pass(first, count)
            takeData(input.count)
        case .forwardLast(let first, let count):
            pass(first, count)
            takeData(count)
            claims.dataEnded()
            if let connection { connection.mailDataEnded() } else { perform(session.outcome(nil)) }
        case .discard:
            cutConnection()
            input = []
        case .discardLast(let count, let reply):
            cutConnection()
            input.removeFirst(count)
            claims.dataEnded()
            say(reply)
        case .discardAndClose(let reply):
            cutConnection()
            claims.dataEnded()
            say(reply)
            isOver = true
        }
        reportEvents()
    }

    private func pass(_ first: [UInt8], _ count: Int) {
        let bytes = first + input.prefix(count)
        claims.dataPassed(bytes)
        connection?.write(bytes)
    }

    private func takeData(_ count: Int) {
        claims.dataReceived(Array(input.prefix(count)))
        input.removeFirst(count)
    }

    // MARK: Actions

    private var moment: Moment {
        let choice = session.facts.client == Site.stranger ? 0 : nextChoice()
        return Moment(now: Site.now, clientIsBanned: choice == 255, newIdentifier: { "01KAS3Q7" })
    }

    private func perform(_ action: GatewaySession.Action) {
        reportEvents()
        switch action {
        case .reply(let reply): say(reply)
        case .replyAndClose(let reply):
            say(reply)
            close()
        case .endTransaction(let reply):
            releaseConnection()
            say(reply)
        case .resolveNames(let questions): openQuestions = questions
        case .charge(let limits): charge(limits.rules)
        case .offer(let offer): self.offer(offer)
        case .startTLS(let reply):
            require(input.isEmpty, "nothing that was said in the clear waits for TLS")
            say(reply)
            session.tlsStarted("TLSv1.3")
            require(!session.mayPipeline && session.facts.helo == nil, "what was said in the clear is forgotten")
        case .askForData:
            if let connection { connection.askForData() } else { performAndProcess(session.dataAnswered(nil)) }
        }
    }

    private func performAndProcess(_ action: GatewaySession.Action) {
        perform(action)
        process()
    }

    private func say(_ reply: Reply) { claims.replied(reply) }

    private func reportEvents() {
        for event in session.takeEvents() { claims.reported(event) }
    }

    private func charge(_ rules: [Int]) {
        let permit = required(session.pendingPermit, "limits are charged for a permit")
        let rule = session.terms.policy.policy.relay[required(rules.first, "a rule is charged")]
        let limit = required(rule.limits.first, "a rule that is charged has a limit")
        switch nextChoice() {
        case UInt8(ascii: "$"): perform(session.charged(permit.whenSpent(limit, of: rule)))
        case UInt8(ascii: "%"): perform(session.charged(permit.whenLimitCannotBeRead(of: rule)))
        default: perform(session.charged(nil))
        }
    }

    private func offer(_ offer: RecipientOffer) {
        claims.offered(offer)
        pendingOffer = offer
        if let current = connection, current.upstream != offer.upstream { releaseConnection(keepingOffer: true) }
        if let connection { return connection.offer(offer) }
        if let known = idle.lastIndex(where: { $0.upstream == offer.upstream && !$0.isLost }) {
            let connection = idle.remove(at: known)
            connection.isReused = true
            take(connection)
        } else {
            dial(offer.upstream)
        }
    }

    private func dial(_ upstream: String) {
        let connection = PumpedConnection(to: newServer(upstream))
        connection.owner = self
        dialling = connection
    }

    private func take(_ connection: PumpedConnection) {
        connection.owner = self
        self.connection = connection
        claims.server = connection.server
        if let pendingOffer { connection.offer(pendingOffer) }
    }

    // MARK: What connections tell

    func connectionReady(_ connection: PumpedConnection) {
        dialling = nil
        if pendingOffer != nil, self.connection == nil { take(connection) } else { giveBack(connection) }
    }

    func connectionLost(_ lost: PumpedConnection) {
        if dialling === lost {
            dialling = nil
            return unavailable()
        }
        guard connection === lost else { return }
        connection = nil
        if let offer = pendingOffer {
            let mayRetry = lost.isReused && lost.session.isUntouchedSinceReuse && !session.hasAcceptedRecipients
            return mayRetry ? dial(offer.upstream) : unavailable()
        }
        switch session.awaitedAnswer {
        case .data: performAndProcess(session.dataAnswered(nil))
        case .outcome: performAndProcess(session.outcome(nil))
        case nil:
            session.interrupted(by: nil)
            session.transactionLost()
            process()
        }
    }

    private func unavailable() {
        guard pendingOffer != nil else { return }
        recipientAnswered(.unavailable)
    }

    func recipientAnswered(_ answer: RecipientAnswer) {
        pendingOffer = nil
        performAndProcess(session.recipientAnswered(answer))
    }

    func dataAnswered(_ reply: Reply) {
        if !input.isEmpty { return perform(session.end(Reply(554, "5.5.0", "Mail data sent before it was asked for"))) }
        let action = session.dataAnswered(reply)
        if session.wantsData {
            let line = session.receivedLine(at: moment)
            claims.dataBegins(line)
            connection?.write(line)
        }
        performAndProcess(action)
    }

    func mailDataInterrupted(by reply: Reply) {
        session.interrupted(by: reply)
        cutConnection()
        process()
    }

    func outcome(_ reply: Reply) { performAndProcess(session.outcome(reply)) }

    // MARK: Letting go

    private func releaseConnection(keepingOffer: Bool = false) {
        if !keepingOffer { pendingOffer = nil }
        if let connection = connection.take() { giveBack(connection) }
    }

    private func cutConnection() {
        pendingOffer = nil
        guard let connection = connection.take() else { return }
        if connection.isReusable { giveBack(connection) } else { connection.close() }
    }

    private func giveBack(_ connection: PumpedConnection) {
        connection.owner = nil
        guard connection.isReusable else { return connection.close() }
        connection.transactionAbandoned()
        idle.append(connection)
    }
}
