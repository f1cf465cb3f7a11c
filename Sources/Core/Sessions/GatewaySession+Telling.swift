import MailProtocols
import MailTypes
import RelayPolicy

/// What the protected server is told of the client, and what becomes of a client of whom nothing is known.
extension GatewaySession {
    /// Deliveries tell the client, so that the server's own rules see the truth; what we permit to relay does not, so
    /// that it does not refuse that (language page, Meaning 12). A relay client's transaction is one of the latter as a
    /// whole.
    func tells(_ upstream: String, of pending: Pending) -> Bool {
        guard !terms.toldUpstreams.isEmpty, terms.toldUpstreams.contains(upstream),
            transaction.isOfRelayClient != true, case .delivery = pending.judged.decision.destination
        else { return false }
        return true
    }

    /// Whose session it is, for servers that are told. `port` and `localPort` are the ends of the client's connection.
    public func introduction(port: UInt16, localPort: UInt16) -> ClientIntroduction {
        var introduction = ClientIntroduction(helo: request.helo)
        guard !request.clientIsUnknown else { return introduction }
        introduction.client = TransportAddress(request.client, port: port)
        introduction.local = request.localAddress.map { TransportAddress($0, port: localPort) }
        introduction.saidEHLO = saidEHLO
        switch request.clientName {
        case .confirmed(let name): introduction.name = .known(name)
        case .temporary: introduction.name = .temporarilyUnavailable
        case .absent, .forged: break
        }
        return introduction
    }

    /// `reject connection` is judged when a client connects, and nobody can tell whether it fits one that is not known.
    /// The connection stays, since it may be a balancer's health check, but no recipient is taken where it might fit.
    var refusalOfUnknownClient: Decision? {
        guard terms.policy.policy.connectionRefusal(request) != nil else { return nil }
        return Decision(
            verdict: .defer, reason: .undecided, reply: Reply(451, "4.3.0", "Your address is not known; try again later"))
    }
}
