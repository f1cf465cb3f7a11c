import MailProtocols
import MailTypes
import Sessions

/// Deliveries to a server that is told whose mail it is (`tell-client-address`).
extension GatewayHandler {
    private var introduction: ClientIntroduction { session.introduction(port: clientPort, localPort: localPort) }

    /// A connection that was told of a client is of no use to anybody else, nor to itself under another HELO name or for
    /// what it may relay; and one that was told of nobody is not for deliveries.
    func mayServe(_ connection: UpstreamConnection, _ offer: RecipientOffer) -> Bool {
        guard offer.tellsClient || connection.isTold else { return true }
        return connection.session.client == (offer.tellsClient ? introduction : nil)
    }

    /// The connection that this session had, or a new one. Where the server is told names too, the client's is asked for
    /// first; one that cannot be had is told as that.
    func tell(_ pool: UpstreamPool) {
        if pool.tellsNames, let questions = session.questionsForTelling() {
            return resolve(questions) { handler, answers in
                guard handler.pendingOffer != nil, let pool = handler.pool else { return }
                handler.session.learned(answers)
                handler.tell(pool)
            }
        }
        let client = introduction
        guard let telling = pool.telling, client.canBeTold(by: telling) else {
            return refusedAsToldOf(Reply(451, "4.3.5", "The mail server has to be told your address, and it is not known"))
        }
        if let connection = pool.takeTold(for: number, client) {
            take(connection)
        } else {
            connect(pool, telling: client)
        }
    }

    /// The server's word on the client that it was told of, before it was offered anything.
    func refusedAsToldOf(_ reply: Reply) {
        guard pendingOffer != nil else { return }
        recipientAnswered(.refused(reply))
    }
}
