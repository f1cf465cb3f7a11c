import MailProtocols
import MailTypes
import NIOCore
import NIOPosix
import Sessions

/// The protected servers of one upstream, as one event loop sees them: idle connections, health, what they can do.
/// A server that fails is left alone for a while when another is up; backups are tried when no other server is.
final class UpstreamPool {
    private struct Health {
        var notBefore: NIODeadline?
        var lastError: String?
        var capabilities: ServerCapabilities?
        /// It has refused our login, and is left alone until then.
        var loginNotBefore: NIODeadline?
        /// Why it cannot be told of clients, though it should be.
        var cannotTell: String?
    }

    let name: String
    let tls: UpstreamTLS?
    /// How its servers are told of clients.
    let telling: ClientTelling?
    let login: ServerLogin?
    private let servers: [GatewaySettings.Server]
    private let hasBackups: Bool
    private unowned let worker: Worker
    private var health: [GatewaySettings.Server: Health] = [:]
    /// All that are being dialled, serve a transaction or lie idle.
    private var connections: [ObjectIdentifier: UpstreamConnection] = [:]
    /// Most recently used last.
    private var idle: [UpstreamConnection] = []
    /// Idle ones that were told of a client, by its session: nobody else gets them.
    private var told: [UInt64: UpstreamConnection] = [:]
    private var turn = 0

    init(_ upstream: GatewaySettings.Upstream, worker: Worker) {
        (name, servers, tls, self.worker) = (upstream.name, upstream.servers, upstream.tls, worker)
        hasBackups = servers.contains(where: \.isBackup)
        (telling, login) = (upstream.clientTelling, upstream.login)
    }

    var isInUse: Bool { !connections.isEmpty }

    // MARK: Taking and giving back

    /// Messages on a connection that is shared by several clients. Servers count them: Exim queues from the eleventh
    /// of a connection on without delivering at once (`smtp_accept_queue_per_connection`), which is what a client
    /// that sends many gets from it without us too, but must not be what another's messages cost it.
    private static let mostSharedMessages = 10

    /// An idle connection: the one that this session had last, else the most recently used that is not worn out. One to
    /// a backup is taken only while no other server is well.
    func takeIdle(for session: UInt64) -> UpstreamConnection? {
        let backupsCount = !hasBackups || !servers.contains { !$0.isBackup && isWell($0, .now()) }
        func serves(_ connection: UpstreamConnection) -> Bool { backupsCount || !connection.server.isBackup }
        let index =
            idle.lastIndex { $0.lastSession == session && !$0.isWornOut(Self.mostSharedMessages) && serves($0) }
            ?? idle.lastIndex { $0.transactions < Self.mostSharedMessages && serves($0) }
        guard let index else { return nil }
        let connection = idle.remove(at: index)
        connection.isReused = true
        return connection
    }

    /// Keeps a connection between transactions, or closes one that is in the middle of something.
    func giveBack(_ connection: UpstreamConnection) {
        connection.owner = nil
        guard connection.session.isReusable, connection.isReady, !worker.isStopping else { return connection.close() }
        connection.transactionAbandoned()
        connection.lieIdle()
        if connection.isTold { keep(connection) } else { idle.append(connection) }
    }

    /// For its session alone; one that never had a session is of no use.
    private func keep(_ connection: UpstreamConnection) {
        guard connection.transactions > 0 else { return connection.quit() }
        told.updateValue(connection, forKey: connection.lastSession)?.quit()
    }

    /// The idle connection on which a server was told of this client, by this session.
    func takeTold(for session: UInt64, _ client: ClientIntroduction) -> UpstreamConnection? {
        guard let connection = told.removeValue(forKey: session) else { return nil }
        guard connection.session.client == client else {
            connection.quit()
            return nil
        }
        connection.isReused = true
        return connection
    }

    /// Closes a connection that is in the middle of mail data: no byte more reaches the server.
    func discard(_ connection: UpstreamConnection) { connection.close() }

    /// No connection came about.
    func dialFailed(_ connection: UpstreamConnection, _ reason: String) {
        connections[ObjectIdentifier(connection)] = nil
        failed(connection.server, reason)
    }

    /// The server does not take the client of this connection, or does not let itself be told.
    func clientRefused(on connection: UpstreamConnection) {
        connections[ObjectIdentifier(connection)] = nil
        learnedTelling(connection.session.capabilities, of: connection.server)
    }

    /// A connection ended. That says nothing of the server's health if it had worked: servers close idle ones.
    func lost(_ connection: UpstreamConnection, _ reason: String) {
        connections[ObjectIdentifier(connection)] = nil
        idle.removeAll { $0 === connection }
        if told[connection.lastSession] === connection { told[connection.lastSession] = nil }
        if !connection.isReady { failed(connection.server, reason) }
    }

    func sweep(_ now: NIODeadline) {
        // Ending one calls back into this pool, so the list is not held meanwhile.
        for connection in Array(connections.values) { connection.sweep(now) }
    }

    func closeIdle() {
        let all = idle + told.values
        idle.removeAll()
        told.removeAll()
        for connection in all { connection.quit() }
    }

    // MARK: Dialing

    /// Dials the servers in their order of trial until one takes the connection and answers EHLO; nil if none does.
    /// One that does not take the client that it is told of stands for all where no other takes him.
    func connect(telling client: ClientIntroduction? = nil, _ completion: @escaping (UpstreamConnection?) -> Void) {
        connect(order()[...], client, completion)
    }

    private func connect(
        _ order: ArraySlice<GatewaySettings.Server>, _ client: ClientIntroduction?, refused: UpstreamConnection? = nil,
        _ completion: @escaping (UpstreamConnection?) -> Void
    ) {
        // That none is left for us says nothing of the server.
        guard let server = order.first, worker.shared.descriptors.sufficeForServer else { return completion(refused) }
        let connection = UpstreamConnection(worker: worker, pool: self, server: server, client: client)
        connections[ObjectIdentifier(connection)] = connection
        connection.whenSettled = { isReady in
            if isReady { return completion(connection) }
            let refused = connection.refusal == nil ? refused : connection
            self.connect(order.dropFirst(), client, refused: refused, completion)
        }
        worker.connect(to: server, with: connection).assumeIsolated().whenFailure { connection.dialFailed($0) }
    }

    /// Asks a server by EHLO what it can do, in the background.
    func learn(_ server: GatewaySettings.Server) {
        connect([server][...], nil) { connection in
            if let connection { self.giveBack(connection) }
        }
    }

    /// Primaries that are well, by turns; then backups that are well; then all the others, since a guess that they
    /// are down must not cost mail. Those that have refused our login are none of them for a while.
    private func order() -> [GatewaySettings.Server] {
        let now = NIODeadline.now()
        let servers = servers.filter { mayLogIn($0, now) }
        let primaries = servers.filter { !$0.isBackup && isWell($0, now) }
        turn = primaries.isEmpty ? 0 : (turn + 1) % primaries.count
        let rotated = primaries[turn...] + primaries[..<turn]
        let well = rotated + servers.filter { $0.isBackup && isWell($0, now) }
        return well + servers.filter { !isWell($0, now) }
    }

    private func isWell(_ server: GatewaySettings.Server, _ now: NIODeadline) -> Bool {
        health[server]?.notBefore.map { $0 <= now } ?? true
    }

    private func mayLogIn(_ server: GatewaySettings.Server, _ now: NIODeadline) -> Bool {
        health[server]?.loginNotBefore.map { $0 <= now } ?? true
    }

    // MARK: Health

    /// Its loss says why.
    func loginRefused(by server: GatewaySettings.Server) {
        health[server, default: Health()].loginNotBefore = .now() + worker.deadlines.upstreamLogin
    }

    private func failed(_ server: GatewaySettings.Server, _ reason: String) {
        let isNews = health[server]?.lastError != reason
        health[server, default: Health()].notBefore = .now() + worker.deadlines.upstreamRetry
        health[server, default: Health()].lastError = reason
        if isNews { worker.log.upstreamFailed(name, server, reason) }
    }

    func learned(_ capabilities: ServerCapabilities, of server: GatewaySettings.Server) {
        if health[server]?.notBefore != nil { worker.log.upstreamRecovered(name, server) }
        health[server] = Health(capabilities: capabilities, cannotTell: health[server]?.cannotTell)
        learnedTelling(capabilities, of: server)
    }

    /// A server that should be told of clients, and does not offer to be.
    private func learnedTelling(_ capabilities: ServerCapabilities, of server: GatewaySettings.Server) {
        guard telling == .xclient else { return }
        let cannotTell = capabilities.xclient?.contains(.addr) == true ? nil : "offers us no XCLIENT with ADDR"
        if let cannotTell, health[server]?.cannotTell == nil { worker.log.upstreamFailed(name, server, cannotTell) }
        if cannotTell == nil, health[server]?.cannotTell != nil { worker.log.upstreamRecovered(name, server) }
        health[server, default: Health()].cannotTell = cannotTell
    }

    /// What every server of this upstream that has answered can do; nil before one has.
    var capabilities: ServerCapabilities? {
        let known = servers.compactMap { health[$0]?.capabilities }
        return known.dropFirst().reduce(known.first) { $0?.intersection($1) }
    }

    /// Some server of it takes the client's name, as far as is known.
    var tellsNames: Bool {
        telling == .xclient && servers.contains { health[$0]?.capabilities.map { $0.xclient?.contains(.name) ?? false } ?? true }
    }

    /// Servers of which it is not known what they can do, and that nobody is asking.
    var unknownServers: [GatewaySettings.Server] {
        let asked = Set(connections.values.filter { !$0.isReady }.map(\.server))
        let now = NIODeadline.now()
        return servers.filter { health[$0]?.capabilities == nil && !asked.contains($0) && mayLogIn($0, now) }
    }

    var status: [ServerStatus] {
        servers.map { server in
            let health = health[server]
            let state: ServerStatus.State =
                health == nil ? .untried : health?.notBefore == nil && health?.capabilities != nil ? .up : .down
            return ServerStatus(
                upstream: name, server: server, state: health?.cannotTell == nil ? state : .down,
                lastError: health?.lastError ?? health?.cannotTell)
        }
    }
}

/// One protected server, as an event loop last saw it.
public struct ServerStatus: Sendable, Hashable {
    /// Raw values are the words of the JSON.
    public enum State: String, Sendable, Hashable {
        case up, down
        /// It has neither answered nor failed yet.
        case untried
    }

    public var upstream: String
    public var server: GatewaySettings.Server
    public var state: State
    public var lastError: String?
}
