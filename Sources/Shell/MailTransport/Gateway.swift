import LoginLedger
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
        log: any GatewayLog, names: (any ClientNames)? = nil, newIdentifier: @escaping @Sendable () -> String,
        clock: @escaping @Sendable () -> Instant,
        clockIsBehind: @escaping @Sendable (Instant) -> Bool = { _ in false }
    ) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let shared = shared
        workers = group.makeIterator().map { loop in
            Worker(
                loop: loop, settings: settings, shared: shared, log: log, names: names, deadlines: deadlines,
                newIdentifier: newIdentifier, clock: clock, clockIsBehind: clockIsBehind)
        }
    }

    /// Binds every listener, or none, and begins to accept.
    public func start(_ settings: GatewaySettings) async throws(ListeningProblem) {
        let change = try await listeners.prepare(settings.listeners, workers)
        shared.descriptors.gatewayStarts()
        for worker in workers { try? await worker.loop.submit { worker.start() }.get() }
        await untilServersAreKnown()
        await listeners.commit(change)
    }

    /// Waits a moment for the first EHLO to the protected servers, so that the first client is offered what they can do.
    private func untilServersAreKnown() async {
        for worker in workers {
            for _ in 0..<25 {
                if (try? await worker.loop.submit({ worker.knowsServers }).get()) ?? true { break }
                try? await worker.loop.scheduleTask(in: .milliseconds(20)) {}.futureResult.get()
            }
        }
    }

    /// All or nothing: when a new listener cannot be bound, everything stays as it was. Nobody is accepted on a new one
    /// before every event loop judges by the new rules.
    public func apply(_ settings: GatewaySettings) async throws(ListeningProblem) {
        let change = try await listeners.prepare(settings.listeners, workers)
        for worker in workers { try? await worker.loop.submit { worker.apply(settings) }.get() }
        await listeners.commit(change)
    }

    /// The addresses that are listened on.
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

    /// Permitted private addresses that permit nothing for now, since there are many behind them.
    public func sharedAddresses(at now: Instant) -> [SharedAddressWatch.Suspicion] { shared.suspicions(at: now) }

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
