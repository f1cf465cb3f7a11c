import CMalloc
import Glibc
import MailProtocols
import MailTypes
import NIOCore
import NIOPosix
import RelayPolicy
import Sessions

/// Everything that belongs to one event loop: its sessions, its connections to the protected servers, its listening
/// sockets. Nothing here is shared, so nothing here is locked; only its event loop touches it.
final class Worker: @unchecked Sendable {
    let loop: any EventLoop
    let shared: SharedState
    let log: any GatewayLog
    /// Nil: no name can be found out.
    let names: (any ClientNames)?
    let deadlines: Deadlines
    let newIdentifier: @Sendable () -> String
    let clock: @Sendable () -> Instant
    let clockIsBehind: @Sendable (Instant) -> Bool
    let receiveBuffer = LentBuffer(size: LentBuffer.sizeForReceiving)
    let sendBuffer = LentBuffer(size: LentBuffer.sizeForSending)

    private(set) var settings: GatewaySettings
    private(set) var pools: [String: UpstreamPool] = [:]
    /// Pools of upstreams that a reload removed or changed, for the sessions that began with them.
    private var formerPools: [UpstreamPool] = []
    private var sessions: [ObjectIdentifier: GatewayHandler] = [:]
    private var greeting: [GatewayHandler] = []
    /// By listener; of those that have some.
    private(set) var balancers: [String: AddressSet] = [:]
    var awaitingHeader: [ObjectIdentifier: ProxyHeaderReader] = [:]
    private(set) var isStopping = false
    private var whenEmpty: EventLoopPromise<Void>?

    init(
        loop: any EventLoop, settings: GatewaySettings, shared: SharedState, log: any GatewayLog,
        names: (any ClientNames)?, deadlines: Deadlines, newIdentifier: @escaping @Sendable () -> String,
        clock: @escaping @Sendable () -> Instant, clockIsBehind: @escaping @Sendable (Instant) -> Bool
    ) {
        (self.loop, self.settings, self.shared, self.log, self.names) = (loop, settings, shared, log, names)
        (self.deadlines, self.newIdentifier) = (deadlines, newIdentifier)
        (self.clock, self.clockIsBehind) = (clock, clockIsBehind)
    }

    /// On the event loop, once.
    func start() {
        apply(settings)
        let tick = TimeAmount.milliseconds(200)
        loop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { [weak self] task in
            guard let self else { return task.cancel() }
            self.sweep(.now())
        }
    }

    /// Takes new settings; sessions keep the terms that they began with.
    func apply(_ settings: GatewaySettings) {
        let unchanged = Set(self.settings.upstreams).intersection(settings.upstreams).map(\.name)
        let kept = pools.filter { unchanged.contains($0.key) }
        let removed = pools.filter { !unchanged.contains($0.key) }.values
        for pool in removed { pool.closeIdle() }
        formerPools += removed
        pools = kept
        for upstream in settings.upstreams where pools[upstream.name] == nil {
            pools[upstream.name] = UpstreamPool(upstream, worker: self)
        }
        leave(Set(self.settings.listeners.map(\.name)).subtracting(settings.listeners.map(\.name)))
        self.settings = settings
        let listeners = settings.listeners.filter { !$0.balancers.isEmpty }
        balancers = Dictionary(listeners.map { ($0.name, $0.balancers) }) { first, _ in first }
        learnCapabilities()
    }

    /// Sessions of listeners that are gone have a while to come to their end.
    private func leave(_ gone: Set<String>) {
        for session in sessions.values where gone.contains(session.listener) { session.leavesAt = .now() + deadlines.drain }
    }

    private func learnCapabilities() {
        for pool in pools.values {
            for server in pool.unknownServers { pool.learn(server) }
        }
    }

    /// Whether every routed upstream has a server that has answered EHLO.
    var knowsServers: Bool { settings.routedUpstreams.allSatisfy { pools[$0]?.capabilities != nil } }

    /// What all routed servers can do; the least until each has been asked.
    var announced: ServerCapabilities {
        var all: ServerCapabilities?
        for name in settings.routedUpstreams {
            guard let capabilities = pools[name]?.capabilities else { return .least }
            all = all?.intersection(capabilities) ?? capabilities
        }
        return all ?? .least
    }

    func moment(for client: IPAddress) -> Moment {
        let now = clock()
        let banned = settings.connections.refusedRelays != nil && shared.isBanned(client, at: now)
        if now.seconds != second { (second, date, isBehind) = (now.seconds, now.rfc5322, clockIsBehind(now)) }
        return Moment(
            now: now, date: date, clockIsBehind: isBehind, clientIsBanned: banned,
            addressIsShared: shared.isShared(client, at: now), newIdentifier: newIdentifier)
    }

    // MARK: Sessions

    func began(_ session: GatewayHandler) {
        sessions[ObjectIdentifier(session)] = session
        greetSoon(session)
    }

    /// After the pause.
    func greetSoon(_ session: GatewayHandler) {
        greeting.append(session)
        // One timer for all that connect within the pause.
        guard greeting.count == 1 else { return }
        loop.assumeIsolated().scheduleTask(in: deadlines.greetingPause) {
            let waiting = self.greeting
            self.greeting.removeAll(keepingCapacity: true)
            for session in waiting { session.greet() }
        }
    }

    func ended(_ session: GatewayHandler) {
        sessions[ObjectIdentifier(session)] = nil
        if isStopping, sessions.isEmpty { whenEmpty?.succeed() }
    }

    /// What changes with the second: the date of Received lines, and whether the clock is behind.
    private var second = Int64.min
    private var date = ""
    private var isBehind = false
    private var lastNumber: UInt64 = 0

    func nextNumber() -> UInt64 {
        lastNumber += 1
        return lastNumber
    }

    private var sweeps = 0

    private func sweep(_ now: NIODeadline) {
        for pool in pools.values { pool.sweep(now) }
        for pool in formerPools { pool.sweep(now) }
        sweeps += 1
        guard sweeps % 5 == 0 else { return }
        for session in sessions.values { session.sweep(now) }
        sweepHeaders(now)
        // Else the allocator keeps for itself what a crowd had.
        if shared.manyHaveLeft() { malloc_trim(0) }
        if sweeps % 25 == 0 { learnCapabilities() }
        if !formerPools.isEmpty, sessions.values.allSatisfy({ $0.session.terms === settings.terms }) {
            // One that is still greeted or served keeps its pool, and so its deadline.
            for pool in formerPools { pool.closeIdle() }
            formerPools.removeAll { !$0.isInUse }
        }
    }

    /// Sessions between transactions get 421 now, the others after their transaction. The future is done when none is
    /// left.
    func stop() -> EventLoopFuture<Void> {
        isStopping = true
        let promise = loop.makePromise(of: Void.self)
        whenEmpty = promise
        for pool in pools.values { pool.closeIdle() }
        abortHeaders()
        for session in sessions.values { session.stop() }
        if sessions.isEmpty { promise.succeed() }
        return promise.futureResult
    }

    /// Ends what is still there.
    func closeAll() {
        for session in sessions.values { session.abort() }
    }

    var sessionsByListener: [String: Int] {
        sessions.values.reduce(into: [:]) { $0[$1.listener, default: 0] += 1 }
    }

    var serverStatus: [ServerStatus] { pools.values.flatMap(\.status) }

    // MARK: Channels

    func connect(to server: GatewaySettings.Server, with handler: UpstreamConnection) -> EventLoopFuture<any Channel> {
        let handler = NIOLoopBound(handler, eventLoop: loop)
        return ClientBootstrap(group: loop)
            .connectTimeout(deadlines.connect)
            .channelOption(.autoRead, value: false)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: BorrowedReceiveBuffer(from: receiveBuffer))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if server.implicitTLS { try handler.value.beginTLS(in: channel.pipeline) }
                    if handler.value.session.beginsWithHeader {
                        try channel.pipeline.syncOperations.addHandler(
                            ProxyHeaderWriter(for: handler.value), position: .first)
                    }
                    try channel.pipeline.syncOperations.addHandler(handler.value)
                }
            }
            .connect(host: server.host, port: Int(server.port))
    }

    /// A socket of this event loop's own on `address`, beside those of the others (SO_REUSEPORT). It accepts nobody until
    /// it is told to read.
    func listen(_ address: GatewaySettings.Address, _ door: CurrentDoor) -> EventLoopFuture<any Channel> {
        ServerBootstrap(group: loop)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(NIOBSDSocket.Option(rawValue: SO_REUSEPORT)), value: 1)
            .serverChannelOption(.backlog, value: 1024)
            // A pause comes in time for the next one.
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelOption(.autoRead, value: false)
            .onlyIPv6(on: address)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptPause(worker: self))
                }
            }
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // Here and not as options of the bootstrap, which would make a future of each for each session.
                    // TCP_NODELAY is the listening socket's.
                    if let options = channel.syncOptions {
                        try options.setOption(.autoRead, value: false)
                        try options.setOption(.maxMessagesPerRead, value: 1)
                        try options.setOption(.allowRemoteHalfClosure, value: true)
                        try options.setOption(.recvAllocator, value: BorrowedReceiveBuffer(from: self.receiveBuffer))
                    }
                    try self.addHandlers(to: channel, door.current)
                }
            }
            .bind(host: address.host.description, port: Int(address.port))
    }
}
