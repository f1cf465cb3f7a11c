import MailProtocols
import MailTransport
import MailTypes
import PolicyLanguage
import RelayPolicy
import Sessions

extension GatewaySettings {
    /// A checked configuration as the gateway takes it.
    init(_ loaded: LoadedConfiguration) {
        let configuration = loaded.configuration
        let terms = GatewayTerms(
            policy: CompiledPolicy(configuration.policy),
            hostname: configuration.node.hostname ?? HostName.ofThisHost().text,
            limits: SessionLimits(configuration.limits), policyHash: loaded.policyHash,
            toldUpstreams: Set(configuration.upstreams.filter { $0.clientTelling != nil }.map(\.name)))
        self.init(
            terms: terms,
            upstreams: configuration.upstreams.map { upstream in
                Upstream(
                    name: upstream.name,
                    servers: upstream.servers.map {
                        Server(host: $0.host, port: $0.port, isBackup: $0.isBackup, implicitTLS: $0.implicitTLS)
                    }, tls: loaded.opened.upstreams[upstream.name],
                    clientTelling: upstream.clientTelling.flatMap { ClientTelling(rawValue: $0.rawValue) },
                    login: loaded.opened.logins[upstream.name])
            },
            listeners: configuration.listeners.map(Listener.init))
        tls = loaded.opened.front?.tls
        connections = ConnectionLimits(configuration.limits)
    }
}

extension GatewaySettings.Listener {
    fileprivate init(_ listener: Configuration.Listener) {
        func address(_ address: Configuration.Listener.Address) -> GatewaySettings.Address {
            GatewaySettings.Address(host: address.host, port: address.port)
        }
        self.init(
            name: listener.name, addresses: listener.addresses.map(address),
            addressesWithTLS: Set(listener.addresses.filter(\.implicitTLS).map(address)),
            offersTLS: listener.startTLSAt != nil, balancers: listener.balancers)
    }
}

extension UpstreamSession.StartTLS {
    init(_ startTLS: Configuration.Upstream.StartTLS) {
        switch startTLS {
        case .no: self = .no
        case .ifOffered: self = .ifOffered
        case .required: self = .required
        }
    }
}

extension SessionLimits {
    init(_ limits: Configuration.Limits) {
        self.init()
        messageSize = limits.messageSize.map(UInt64.init)
        if let most = limits.recipientsPerMessage { recipients = most }
        if let most = limits.badCommands { badCommands = most }
    }
}

extension GatewaySettings.ConnectionLimits {
    init(_ limits: Configuration.Limits) {
        self.init()
        (total, forEachClient) = (limits.connections, limits.connectionsForEachClient)
        refusedRelays = limits.refusedRelays.map { .init(count: $0.count, window: $0.window, ban: $0.ban) }
    }
}
