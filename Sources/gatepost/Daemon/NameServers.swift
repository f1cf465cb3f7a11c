import MailTransport
import NameResolution
import PolicyLanguage

extension NameResolver: ClientNames {}

extension Configuration.Node {
    /// Empty: those of the system.
    var nameServers: [NameResolver.Server] { resolvers.map { .init(address: $0.address, port: $0.port) } }
}
