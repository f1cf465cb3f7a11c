import MailProtocols
import MailTypes
import Sessions

/// A connection to a `ModelServer` without the network: what `UpstreamConnection` is to a real one.
final class PumpedConnection {
    let server: ModelServer
    private(set) var session: UpstreamSession
    private(set) var isReady = false
    private(set) var isLost = false
    var isReused = false
    weak var owner: SessionPump?

    init(to server: ModelServer) {
        self.server = server
        session = UpstreamSession(hostname: "gate.test")
    }

    var upstream: String { server.upstream }
    var isReusable: Bool { isReady && !isLost && session.isReusable }

    func offer(_ offer: RecipientOffer) { perform(session.offer(offer)) }
    func askForData() { perform(session.askForData()) }
    func mailDataEnded() { perform(session.mailDataEnded()) }
    func transactionAbandoned() { session.transactionAbandoned() }
    func write(_ bytes: [UInt8]) { if !isLost { server.received(bytes) } }

    /// Cuts it off: neither side hears of the other again.
    func close() { (isLost, owner) = (true, nil) }

    /// Reads what the server has said; false when that is nothing.
    func readReplies() -> Bool {
        guard !isLost else { return false }
        let bytes = server.takeOutput()
        guard !bytes.isEmpty else {
            if server.hasHungUp { lost() }
            return server.hasHungUp
        }
        perform(bytes.withUnsafeBytes { session.received($0) })
        return true
    }

    private func perform(_ actions: [UpstreamSession.Action]) {
        for action in actions where !isLost {
            switch action {
            case .send(let bytes): write(bytes)
            case .ready:
                isReady = true
                owner?.connectionReady(self)
            case .recipientAnswered(let answer): owner?.recipientAnswered(answer)
            case .dataAnswered(let reply): owner?.dataAnswered(reply)
            case .interrupted(let reply): owner?.mailDataInterrupted(by: reply)
            case .outcome(let reply): owner?.outcome(reply)
            case .startTLS: perform(session.tlsStarted())
            case .broken, .clientRefused, .loginRefused: lost()
            }
        }
    }

    private func lost() {
        let owner = owner
        close()
        owner?.connectionLost(self)
    }
}
