import MailProtocols
import MailTypes
import RelayPolicy

/// STARTTLS in front (RFC 3207 §4).
extension GatewaySession {
    /// What the client sent behind STARTTLS ends the session (`Command.endsGroup`): nothing said in the clear is ever
    /// read as said under TLS (CVE-2011-0411).
    mutating func startTLS() -> Action {
        if request.tlsVersion != nil { return badCommand(Reply(503, "5.5.1", "TLS is in use already")) }
        guard offersTLS else { return badCommand(Reply(502, "5.5.1", "STARTTLS is not offered")) }
        switch phase {
        case .greeted: return badCommand(Reply(503, "5.5.1", "EHLO first"))
        case .inTransaction: return badCommand(Reply(503, "5.5.1", "Not within a transaction"))
        default: break
        }
        phase = .startingTLS
        return .startTLS(Reply(220, "2.0.0", "Ready to start TLS"))
    }

    /// The handshake is over, at the session's beginning or behind STARTTLS. What the client has said before may have
    /// been said by somebody on the way: it is forgotten (RFC 3207 §4.2). What counts against it stays.
    ///
    /// `version` as in `RelayRequest.tlsVersion`; `certificates` as there.
    public mutating func tlsStarted(_ version: String, certificates: [String] = []) {
        precondition(phase == .startingTLS || phase == .greeted && !saidEHLO, "TLS started while \(phase)")
        phase = .greeted
        (request.tlsVersion, request.certificates) = (version, certificates)
        (request.helo, request.reversePath) = (nil, .null)
        forgetHELO()
        saidEHLO = false
        transaction = Transaction()
    }

    @inlinable public var isStartingTLS: Bool { phase == .startingTLS }

    /// 530 where the listener demands TLS and there is none.
    var refusalForLackOfTLS: Reply? {
        guard let demand = terms.policy.demands(of: request), demand.reason == .tlsRequired else { return nil }
        return demand.reply
    }
}
