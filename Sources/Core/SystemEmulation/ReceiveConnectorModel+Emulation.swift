import ConfigImport
import MailTypes

extension ReceiveConnectorModel: EmulatedSystem {
    /// A request does not say which port it came to, and a client takes the one that serves it best.
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        var best: EmulatedDecision?
        for server in Set(connectors.map(\.server)) {
            for port in Set(connectors.flatMap { $0.bindings.map(\.port) }) {
                let decision = decide(request, server: server, port: port)
                if case .accepted = decision { return decision }
                best = best ?? decision
            }
        }
        return best ?? .refusedConnection("nothing listens")
    }

    private func decide(_ request: EmulatedRequest, server: String, port: Int) -> EmulatedDecision {
        guard let connector = connector(for: request, server: server, port: port) else {
            return .refusedConnection("421 4.3.2 service not available")
        }
        guard connector.may(.submit, request) else { return .refused("530 5.7.1 client was not authenticated") }
        let recipient = RecipientText(RecipientText.finalMailbox(of: request.recipient))
        if let domain = domains.first(where: { $0.accepts(recipient) }) {
            return .accepted(domain.isAuthoritative ? .delivered(recipient) : .relayed(recipient))
        }
        return connector.may(.anyRecipient, request)
            ? .accepted(.relayed(recipient)) : .refused("550 5.7.54 unable to relay recipient in non-accepted domain")
    }

    /// The connector whose range around the client is the smallest.
    private func connector(for request: EmulatedRequest, server: String, port: Int) -> Connector? {
        var best: (connector: Connector, size: UInt128, isNamed: Bool)?
        for connector in connectors where connector.isEnabled && connector.server == server {
            let bindings = connector.bindings.filter { binding in
                binding.port == port && binding.family == request.client.family
                    && (binding.address == nil || binding.address == request.localAddress)
            }
            guard !bindings.isEmpty else { continue }
            let isNamed = bindings.contains { $0.address != nil }
            for range in connector.ranges.map(\.value) where range.contains(request.client) {
                let size = range.last.value - range.first.value
                if let known = best, size > known.size || size == known.size && (known.isNamed || !isNamed) { continue }
                best = (connector, size, isNamed)
            }
        }
        return best?.connector
    }
}

extension ReceiveConnectorModel.Connector {
    /// Rights of the session: those of ANONYMOUS LOGON, and after a login those of the user.
    fileprivate func may(_ right: ReceiveConnectorModel.Right, _ request: EmulatedRequest) -> Bool {
        anonymousMay(right) || request.login != nil && authenticatedMay(right)
    }
}

extension ReceiveConnectorModel.AcceptedDomain {
    fileprivate func accepts(_ recipient: RecipientText) -> Bool {
        guard let domain else { return true }
        return withSubdomains ? recipient.isAtOrBelow("\(domain)") : recipient.isAt("\(domain)")
    }
}
