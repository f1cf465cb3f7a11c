import Glibc
import MailProtocols
import MailTypes
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import Sessions

/// One connection to a protected server: carries out what its `UpstreamSession` says. It belongs to one session at
/// a time, or to none while it lies in its pool. Only its event loop touches it.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private(set) var session: UpstreamSession
    private var context: ChannelHandlerContext?
    private let worker: Worker
    let pool: UpstreamPool
    let server: GatewaySettings.Server
    /// The session that it serves. Each way to let go of one sets this to nil; a weak reference would make every retain
    /// of the session slow.
    var owner: GatewayHandler?
    private(set) var isReady = false
    /// Number of the session that had it last.
    private(set) var lastSession: UInt64 = 0
    /// Transactions begun on it.
    private(set) var transactions = 0
    private var isShared = false
    /// It has served another transaction before: it may be stale.
    var isReused = false
    /// Told once whether the server took the connection and answered EHLO.
    var whenSettled: ((Bool) -> Void)?
    /// It is one client's alone, and the server knows whose.
    let isTold: Bool
    /// What the server says to the client that it was told of, in place of serving it.
    private(set) var refusal: Reply?
    /// The moment by which the awaited reply must come, or the idle connection is closed.
    private(set) var deadline: NIODeadline

    init(worker: Worker, pool: UpstreamPool, server: GatewaySettings.Server, client: ClientIntroduction? = nil) {
        (self.worker, self.pool, self.server, isTold) = (worker, pool, server, client != nil)
        session = UpstreamSession(
            hostname: worker.settings.terms.hostname,
            startTLS: server.implicitTLS ? .no : pool.tls?.startTLS ?? .no, login: pool.login,
            isConfidential: server.isConfidential, telling: pool.telling, client: client)
        deadline = .now() + worker.deadlines.upstreamGreeting
    }

    /// Whether the server takes what is written. Told by the channel, since asking it costs more.
    private(set) var isWritable = true

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    /// Serves a transaction of `owner`.
    func begin(for owner: GatewayHandler) {
        self.owner = owner
        traceLine = nil
        isShared = isShared || transactions > 0 && lastSession != owner.number
        lastSession = owner.number
        transactions += 1
    }

    /// Several sessions have sent `most` messages on it.
    func isWornOut(_ most: Int) -> Bool { isShared && transactions >= most }

    func offer(_ offer: RecipientOffer) { perform(session.offer(offer)) }
    func askForData() { perform(session.askForData()) }
    func transactionAbandoned() { session.transactionAbandoned() }

    /// Goes before the client's mail data, with the first of it: a short message is one write.
    private var traceLine: [UInt8]?
    /// So much is copied behind the trace line at most.
    private static let mostCopied = 16 * 1024

    /// The server has said 354.
    func beginMailData(with traceLine: [UInt8]) { self.traceLine = traceLine }

    /// Mail data, as far as it has been judged whole lines of it or not; `flush` sends it.
    func write(_ bytes: ByteBuffer) {
        guard let context else { return }
        guard let traceLine = traceLine.take() else { return context.write(wrapOutboundOut(bytes), promise: nil) }
        var first = worker.sendBuffer.take()
        first.writeBytes(traceLine)
        if bytes.readableBytes <= Self.mostCopied {
            first.writeImmutableBuffer(bytes)
            context.write(wrapOutboundOut(first), promise: nil)
        } else {
            context.write(wrapOutboundOut(first), promise: nil)
            context.write(wrapOutboundOut(bytes), promise: nil)
        }
        worker.sendBuffer.giveBack(first)
    }

    func flush() { context?.flush() }

    func mailDataEnded() {
        let actions = session.mailDataEnded()
        resetDeadline()
        perform(actions)
    }

    func close() {
        owner = nil
        if let context { closeChannel(context) }
    }

    /// Says goodbye and closes.
    func quit() {
        perform(session.quit())
        owner = nil
        context?.close(promise: nil)
    }

    /// At once; under TLS without a farewell, which would wait for the server's.
    private func closeChannel(_ context: ChannelHandlerContext) {
        if let ciphertext { ciphertext.abort() } else { context.close(promise: nil) }
    }

    func lieIdle() { deadline = .now() + worker.deadlines.upstreamIdle }

    /// Called now and then: ends a connection whose deadline has passed.
    func sweep(_ now: NIODeadline) {
        guard now >= deadline, owner == nil || session.awaitsReply else { return }
        if owner == nil, session.isReusable { quit() } else { lost("did not answer in time") }
    }

    private func resetDeadline() {
        deadline = .now()
            + (session.awaitsOutcome
                ? worker.deadlines.upstreamOutcome
                : isReady ? worker.deadlines.upstreamReply : worker.deadlines.upstreamGreeting)
    }

    // MARK: Events

    func channelActive(context: ChannelHandlerContext) { context.read() }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        // Under TLS it is not the one that was lent.
        defer { if ciphertext == nil { worker.receiveBuffer.giveBack(bytes) } }
        perform(bytes.withUnsafeReadableBytes { session.received($0) })
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.read() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        owner?.upstreamWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        lost("closed the connection")
        self.context = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { lost(TLSError.words(for: error) ?? "\(error)") }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted = event else { return context.fireUserInboundEventTriggered(event) }
        guard pool.tls?.accepts(tlsHandler?.peerCertificate, of: server) ?? false else {
            return lost("its certificate is for another name than `verify` asks for")
        }
        if !server.implicitTLS { perform(session.tlsStarted()) }
    }

    // MARK: TLS

    /// Between the socket and TLS, where there is TLS.
    private var ciphertext: CiphertextHandler?
    private var tlsHandler: NIOSSLClientHandler?

    /// In front of everything in the pipeline.
    func beginTLS(in pipeline: ChannelPipeline) throws {
        guard let tls = pool.tls else { throw ChannelError.operationUnsupported }
        let ciphertext = CiphertextHandler(worker.receiveBuffer)
        let handler = try tls.makeHandler(for: server)
        (self.ciphertext, tlsHandler) = (ciphertext, handler)
        try pipeline.syncOperations.addHandlers([ciphertext, handler] as [any ChannelHandler], position: .first)
    }

    private func beginTLS() {
        guard let context else { return }
        do { try beginTLS(in: context.pipeline) } catch { return lost(TLSError.words(for: error) ?? "\(error)") }
        context.read()
    }

    private func perform(_ actions: [UpstreamSession.Action]) {
        for action in actions where context != nil {
            switch action {
            case .send(let bytes): send(bytes)
            case .ready:
                isReady = true
                pool.learned(session.capabilities, of: server)
                settle(true)
            case .recipientAnswered(let answer): owner?.recipientAnswered(answer)
            case .dataAnswered(let reply): owner?.dataAnswered(reply)
            case .interrupted(let reply): owner?.mailDataInterrupted(by: reply)
            case .outcome(let reply): owner?.outcome(reply)
            case .startTLS: beginTLS()
            case .clientRefused(let reply): return clientRefused(reply)
            case .loginRefused(let reason):
                pool.loginRefused(by: server)
                return lost(reason)
            case .broken(let reason): return lost(reason)
            }
        }
    }

    private func send(_ bytes: [UInt8]) {
        guard let context else { return }
        resetDeadline()
        var buffer = worker.sendBuffer.take()
        buffer.writeBytes(bytes)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        worker.sendBuffer.giveBack(buffer)
    }

    /// The connection is of no more use.
    private func lost(_ reason: String) {
        guard let context else { return }
        // Closing is told to this handler at once, which must not take it for the server's.
        self.context = nil
        closeChannel(context)
        let owner = owner
        self.owner = nil
        pool.lost(self, reason)
        owner?.upstreamLost(self)
        settle(false)
    }

    private func clientRefused(_ reply: Reply) {
        guard let context else { return }
        (self.context, refusal) = (nil, reply)
        context.close(promise: nil)
        pool.clientRefused(on: self)
        settle(false)
    }

    func dialFailed(_ error: any Error) {
        pool.dialFailed(self, Self.words(for: error))
        settle(false)
    }

    /// The system's word, out of what NIO wraps it in.
    private static func words(for error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { words(for: $0.error) } ?? "no address of \(error.host) was found"
        case let error as IOError: String(cString: strerror(error.errnoCode))
        case ChannelError.connectTimeout: "did not answer in time"
        default: "\(error)"
        }
    }

    private func settle(_ isReady: Bool) {
        let whenSettled = whenSettled.take()
        whenSettled?(isReady)
    }
}
