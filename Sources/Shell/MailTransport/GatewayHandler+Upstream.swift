import MailProtocols
import MailTypes
import NIOCore
import RelayPolicy
import Sessions

/// The side of a session that faces the protected server.
extension GatewayHandler {
    func charge(_ charge: LimitCharge) {
        guard let permit = session.pendingPermit else { preconditionFailure("limits are charged for no permit") }
        let counted = Set(rules(charge.countedBefore).map(\.name))
        switch worker.shared.charge(rules(charge.rules), for: charge.request, counted: counted) {
        case .charged: perform(session.charged(nil))
        case .spent(let limit, let rule): perform(session.charged(permit.whenSpent(limit, of: rule)))
        case .unreadable(let rule): perform(session.charged(permit.whenLimitCannotBeRead(of: rule)))
        }
    }

    func chargeBytes(_ record: TransactionRecord) {
        guard record.reply.isPositive else { return }
        for charge in record.used {
            worker.shared.charge(bytes: record.bytes, to: rules(charge.rules), for: charge.request)
        }
    }

    private func rules(_ indexes: some Collection<Int>) -> [Rule] {
        indexes.map { session.terms.policy.policy.relay[$0] }
    }

    /// Offers a recipient on the transaction's connection, on an idle one, or on a new one.
    func offer(_ offer: RecipientOffer) {
        pendingOffer = offer
        if let upstream, upstreamName == offer.upstream, mayServe(upstream, offer) { return upstream.offer(offer) }
        // Another server's connection, on which no recipient was accepted: else this one would not be offered.
        if let other = upstream.take() { other.pool.giveBack(other) }
        if pool == nil || upstreamName != offer.upstream {
            (upstreamName, pool) = (offer.upstream, pools[offer.upstream])
        }
        guard let pool else { return upstreamUnavailable() }
        if offer.tellsClient { return tell(pool) }
        if let connection = pool.takeIdle(for: number) { take(connection) } else { connect(pool) }
    }

    /// On a connection of its own where the server is told of the client.
    func connect(_ pool: UpstreamPool, telling client: ClientIntroduction? = nil) {
        pool.connect(telling: client) { connection in
            guard let connection else { return self.upstreamUnavailable() }
            if let refusal = connection.refusal { return self.refusedAsToldOf(refusal) }
            if let offer = self.pendingOffer, self.upstream == nil, self.mayServe(connection, offer) {
                self.take(connection)
            } else {
                pool.giveBack(connection)
            }
        }
    }

    func take(_ connection: UpstreamConnection) {
        connection.begin(for: self)
        upstream = connection
        if let pendingOffer { connection.offer(pendingOffer) }
    }

    private func upstreamUnavailable() {
        guard pendingOffer != nil else { return }
        pendingOffer = nil
        performAndResume(session.recipientAnswered(.unavailable))
    }

    // MARK: Answers

    func recipientAnswered(_ answer: RecipientAnswer) {
        pendingOffer = nil
        performAndResume(session.recipientAnswered(answer))
    }

    func askForData() {
        guard let upstream else { return dataAnswered(nil) }
        upstream.askForData()
    }

    /// A client that sends mail data before it was asked to would have it read as commands after a refusal.
    func dataAnswered(_ reply: Reply?) {
        if hasInputWaiting { return end(Reply(554, "5.5.0", "Mail data sent before it was asked for")) }
        let action = session.dataAnswered(reply)
        if session.wantsData, let upstream {
            upstream.beginMailData(with: session.receivedLine(at: worker.moment(for: client)))
        }
        performAndResume(action)
    }

    func mailDataInterrupted(by reply: Reply) {
        session.interrupted(by: reply)
        cutUpstream()
        resume()
    }

    func outcome(_ reply: Reply) { performAndResume(session.outcome(reply)) }

    func upstreamWritabilityChanged() {
        if upstream?.isWritable == true { resume() }
    }

    /// The connection went away. What was offered first on a connection from the pool may be offered again on a new
    /// one: an idle server closes when it likes.
    func upstreamLost(_ connection: UpstreamConnection) {
        guard upstream === connection else { return }
        upstream = nil
        if pendingOffer != nil {
            let mayRetry = connection.isReused && connection.session.isUntouchedSinceReuse && !session.hasAcceptedRecipients
            if mayRetry, let pool { return connect(pool, telling: connection.session.client) }
            return upstreamUnavailable()
        }
        switch session.awaitedAnswer {
        case .data: dataAnswered(nil)
        case .outcome: performAndResume(session.outcome(nil))
        case .none:
            session.interrupted(by: nil)
            session.transactionLost()
            resume()
        }
    }

    // MARK: Letting go

    /// The transaction is over between two commands: the connection may serve another.
    func releaseUpstream() {
        pendingOffer = nil
        guard let connection = upstream.take() else { return }
        connection.pool.giveBack(connection)
    }

    /// The transaction is cut off wherever it is: nothing more reaches the server on this connection.
    func cutUpstream() {
        pendingOffer = nil
        guard let connection = upstream.take() else { return }
        if connection.session.isReusable { connection.pool.giveBack(connection) } else { connection.pool.discard(connection) }
    }
}
