import MailTypes
import NIOCore
import NIOPosix

/// The gateway: an event loop for each core, each with listening sockets, sessions and server connections of its own.
public final class Gateway: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let workers: [Worker]
    private let listeners = Listeners()
    private let shared = SharedState()

    /// Nothing is bound yet.
    public init(
        _ settings: GatewaySettings, loops: Int = System.coreCount, deadlines: Deadlines = Deadlines(),
        log: any GatewayLog, newIdentifier: @escaping @Sendable () -> String,
        clock: @escaping @Sendable () -> Instant
    ) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let shared = shared
        workers = group.makeIterator().map { loop in
            Worker(
                loop: loop, settings: settings, shared: shared, log: log, deadlines: deadlines,
                newIdentifier: newIdentifier, clock: clock)
        }
    }

    /// Binds every listener, or none, and begins to accept.
    public func start(_ settings: GatewaySettings) async throws(ListeningProblem) {
        for worker in workers { try? await worker.loop.submit { worker.start() }.get() }
        try await listeners.change(to: settings.listeners, workers)
    }

    /// All or nothing: when a new listener cannot be bound, everything stays as it was.
    public func apply(_ settings: GatewaySettings) async throws(ListeningProblem) {
        try await listeners.change(to: settings.listeners, workers)
        for worker in workers { try? await worker.loop.submit { worker.apply(settings) }.get() }
    }

    /// The addresses that are listened on; where the port was 0, the one that the system chose.
    public func boundAddresses() async -> [(listener: String, address: GatewaySettings.Address)] {
        await listeners.bound
    }

    public func sessionsByListener() async -> [String: Int] {
        var sum: [String: Int] = [:]
        for worker in workers {
            let some = (try? await worker.loop.submit { worker.sessionsByListener }.get()) ?? [:]
            sum.merge(some, uniquingKeysWith: +)
        }
        return sum
    }

    /// A server is up when some event loop has found it up.
    public func serverStatus() async -> [ServerStatus] {
        var all: [ServerStatus] = []
        for worker in workers {
            all += (try? await worker.loop.submit { worker.serverStatus }.get()) ?? []
        }
        return all
    }

    /// Stops accepting, ends idle sessions with 421, lets transactions finish within `drain`, and returns.
    public func stop(drain: TimeAmount) async {
        await listeners.closeAll()
        let drained = workers.map { worker in worker.loop.flatSubmit { worker.stop() } }
        let timeout = group.next().scheduleTask(in: drain) {
            for worker in self.workers { worker.loop.execute { worker.closeAll() } }
        }
        for future in drained { try? await future.get() }
        timeout.cancel()
        try? await group.shutdownGracefully()
    }
}

/// A listener that cannot be bound.
public struct ListeningProblem: Error, Sendable {
    public let listener: String
    public let address: GatewaySettings.Address
    public let message: String
}

/// The listening sockets. Those whose address a reload keeps are not bound again.
private actor Listeners {
    private struct Bound {
        let name: String
        let address: GatewaySettings.Address
        let channels: [any Channel]
    }
    private var sockets: [Bound] = []

    var bound: [(listener: String, address: GatewaySettings.Address)] {
        sockets.map { socket in
            var address = socket.address
            if let port = socket.channels.first?.localAddress?.port { address.port = UInt16(port) }
            return (socket.name, address)
        }
    }

    func change(to listeners: [GatewaySettings.Listener], _ workers: [Worker]) async throws(ListeningProblem) {
        let wanted = listeners.flatMap { listener in listener.addresses.map { (listener.name, $0) } }
        var added: [Bound] = []
        for (name, address) in wanted where !sockets.contains(where: { $0.name == name && $0.address == address }) {
            do {
                added.append(Bound(name: name, address: address, channels: try await bind(address, name, workers)))
            } catch {
                for socket in added { await close(socket) }
                throw ListeningProblem(listener: name, address: address, message: "\(error)")
            }
        }
        for socket in sockets where !wanted.contains(where: { $0.0 == socket.name && $0.1 == socket.address }) {
            await close(socket)
        }
        sockets.removeAll { socket in !wanted.contains { $0.0 == socket.name && $0.1 == socket.address } }
        sockets += added
    }

    /// SO_REUSEPORT would let two daemons share a port without a word, so a plain socket has to get it first.
    private func bind(_ address: GatewaySettings.Address, _ name: String, _ workers: [Worker]) async throws -> [any Channel] {
        var address = address
        let probe = try await ServerBootstrap(group: workers[0].loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: address.host.description, port: Int(address.port)).get()
        if let port = probe.localAddress?.port { address.port = UInt16(port) }
        try await probe.close()
        var channels: [any Channel] = []
        do {
            for worker in workers { channels.append(try await worker.listen(address, listener: name).get()) }
        } catch {
            for channel in channels { try? await channel.close() }
            throw error
        }
        return channels
    }

    private func close(_ socket: Bound) async {
        for channel in socket.channels { try? await channel.close() }
    }

    func closeAll() async {
        for socket in sockets { await close(socket) }
        sockets.removeAll()
    }
}
