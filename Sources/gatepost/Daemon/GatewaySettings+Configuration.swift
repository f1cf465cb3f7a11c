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
                    servers: upstream.servers.map { Server(host: $0.host, port: $0.port, isBackup: $0.isBackup) },
                    clientTelling: upstream.clientTelling.flatMap { ClientTelling(rawValue: $0.rawValue) })
            },
            listeners: configuration.listeners.map { listener in
                Listener(
                    name: listener.name,
                    addresses: listener.addresses.map { Address(host: $0.host, port: $0.port) },
                    balancers: listener.balancers)
            })
        connections = ConnectionLimits(configuration.limits)
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
