import MailProtocols
import MailTypes
import NIOCore
import NIOTLS
import RelayPolicy
import Sessions

/// Carries out what a `GatewaySession` says, for one client; it decides nothing itself. Only its event loop touches
/// it.
final class GatewayHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let listener: String
    let client: IPAddress
    let clientPort: UInt16
    let localPort: UInt16
    let worker: Worker
    /// The protected servers as they were when the session began: it keeps them over a reload.
    let pools: [String: UpstreamPool]
    /// Tells the sessions of this event loop apart.
    let number: UInt64
    var session: GatewaySession
    private(set) var context: ChannelHandlerContext?
    /// Whether the client takes what is said. Told by the channel, since asking it costs more.
    private var isWritable = true
    /// Bytes of the client that wait for their turn; nil when there are none, so that an idle session holds no buffer.
    private var input: ByteBuffer?
    /// Replies that go out together at the end of an event.
    private var output: ByteBuffer?
    private var isProcessing = false
    /// A read was asked for and nothing has come: asking again would cost as much as the read.
    var isReading = false
    var hasGreeted = false
    /// A rule that may refuse the connection waits for the DNS.
    var isJudgingConnection = false
    private(set) var pauseIsOver = false
    private var inputHasEnded = false
    private var isAdmitted = false
    /// We have said our last word and only wait for the client to close.
    private var isLingering = false
    /// There may be many behind its address.
    let isWatched: Bool
    private var lingeredBytes = 0
    private let began = NIODeadline.now()
    var deadline: NIODeadline
    private var mailDataDeadline = NIODeadline.distantFuture
    /// Its listener is gone: from then on it ends between two transactions.
    var leavesAt = NIODeadline.distantFuture

    // TLS with the client; see GatewayHandler+TLS.swift.
    /// The certificate to show, where there is TLS or may be.
    let frontTLS: FrontTLS?
    var tls: SessionTLS?

    // The protected server's side; see GatewayHandler+Upstream.swift.
    var upstream: UpstreamConnection?
    var upstreamName = ""
    /// The pool of that name.
    var pool: UpstreamPool?
    var pendingOffer: RecipientOffer?

    init(worker: Worker, door: Door, ends: ClientEnds) {
        (self.worker, listener, number, pools) = (worker, door.listener, worker.nextNumber(), worker.pools)
        frontTLS = door.hasTLS || door.offersTLS ? worker.settings.tls : nil
        client = ends.client?.address ?? IPAddress(v6: 0)
        clientPort = ends.client?.port ?? 0
        localPort = ends.local?.port ?? 0
        deadline = .now() + worker.deadlines.command
        isWatched = worker.settings.terms.watchedAddresses.contains(client)
        let path = WrittenPath(.postmaster)
        var request =
            ends.client == nil
            ? RelayRequest(ofUnknownClientTo: path, now: worker.clock())
            : RelayRequest(client: client, forwardPath: path, now: worker.clock())
        request.listener = listener
        request.localAddress = ends.local?.address
        session = GatewaySession(
            terms: worker.settings.terms, request: request, announced: worker.announced,
            offersTLS: door.offersTLS && frontTLS != nil)
    }

    /// The client's connection is closed, and nobody waits for an answer any more.
    var isGone: Bool { context == nil }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func channelActive(context: ChannelHandlerContext) {
        isAdmitted = worker.shared.admit(client, worker.settings.connections)
        worker.began(self)
        guard isAdmitted else {
            return refuseConnection(Reply(421, "4.7.0", "Too many connections"), "too many connections")
        }
        judgeConnection()
        if !session.isClosed { read() }
    }

    /// Instead of a greeting.
    func refuseConnection(_ reply: Reply, _ why: String) {
        worker.log.connectionRefused(listener: listener, client: client, why)
        hasGreeted = true
        end(reply)
    }

    /// After the pause in which nothing may be said yet.
    func greet() {
        pauseIsOver = true
        guard !hasGreeted, !isJudgingConnection, context != nil, !session.isClosed, !isHandshaking else { return }
        hasGreeted = true
        if worker.isStopping { return stop() }
        say(session.greeting)
        flush()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = false
        var bytes = unwrapInboundIn(data)
        if isLingering {
            lingeredBytes += bytes.readableBytes
            if tls == nil { worker.receiveBuffer.giveBack(bytes) }
            if lingeredBytes > 1 << 20 { abort() }
            return
        }
        guard hasGreeted else {
            return refuseConnection(Reply(554, "5.5.0", "You talk before the greeting"), "talked before the greeting")
        }
        if input == nil {
            process(&bytes)
            if bytes.readableBytes > 0 { input = context.channel.allocator.buffer(buffer: bytes) }
        } else {
            input?.writeBuffer(&bytes)
            processInput()
        }
        // Under TLS it is not the one that was lent.
        if tls == nil { worker.receiveBuffer.giveBack(bytes) }
        flush()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if wantsRead { read() }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        if isWritable { resume() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            inputHasEnded = true
            closeIfDone()
        case TLSUserEvent.handshakeCompleted: handshakeCompleted()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { failed(error) }

    func channelInactive(context: ChannelHandlerContext) {
        self.context = nil
        cutUpstream()
        if isAdmitted { worker.shared.leave(client) }
        worker.ended(self)
    }

    // MARK: The worker's word

    func sweep(_ now: NIODeadline) {
        let isLate = now >= deadline || session.wantsData && now >= mailDataDeadline
        guard isLate || now >= began + worker.deadlines.session else {
            if now >= leavesAt { stop() }
            return
        }
        if isLingering || session.isClosed { return abort() }
        if isHandshaking { return handshakeFailed("no handshake in time") }
        end(Reply(421, "4.4.2", "Timeout; closing"))
    }

    /// 421 now, or when the transaction is over.
    func stop() {
        guard hasGreeted, !session.isClosed, session.isBetweenTransactions else { return }
        end(Reply(421, "4.3.2", "Closing down"))
    }

    /// Closes at once; under TLS too, where a close is else a farewell that waits for another.
    func abort() {
        if let tls { tls.abort() } else { context?.close(promise: nil) }
    }

    /// The protected server's own deadlines end a wait for it; ours comes behind them.
    private static let patience = TimeAmount.minutes(1)

    // MARK: Bytes in

    /// Bytes held for a client whose turn has not come; more are not read.
    private static let mostWaiting = 64 * 1024

    private var wantsRead: Bool {
        guard context != nil, !inputHasEnded else { return false }
        if isLingering { return true }
        if session.wantsData { return upstream?.isWritable ?? true }
        return isWritable && (input?.readableBytes ?? 0) < Self.mostWaiting
    }

    func read() {
        guard !isReading else { return }
        isReading = true
        context?.read()
    }

    /// Goes on with what waits, and reads again.
    func resume() {
        // An answer that came at once: whoever handed the bytes over goes on with the rest.
        guard !isProcessing else { return }
        processInput()
        flush()
        if wantsRead { read() }
        closeIfDone()
    }

    private func processInput() {
        guard var waiting = input.take() else { return }
        process(&waiting)
        if waiting.readableBytes > 0 {
            waiting.discardReadBytes()
            input = waiting
        }
    }

    private func process(_ bytes: inout ByteBuffer) {
        isProcessing = true
        defer { isProcessing = false }
        while bytes.readableBytes > 0, !isLingering, context != nil, session.wantsData || isWritable {
            if session.wantsData {
                receiveData(&bytes)
            } else if !session.wantsLine || !receiveLine(&bytes) {
                return
            }
        }
    }

    /// False when there is no whole line yet.
    private func receiveLine(_ bytes: inout ByteBuffer) -> Bool {
        switch bytes.withUnsafeReadableBytes(CommandFraming.scan) {
        case .incomplete:
            if bytes.readableBytes >= Self.mostWaiting { end(Reply(500, "5.5.2", "Line too long")) }
            return false
        case .line(let count):
            let line = bytes.readBytes(length: count) ?? []
            bytes.moveReaderIndex(forwardBy: 2)
            deadline = .now() + worker.deadlines.command
            perform(session.received(line, isLast: bytes.readableBytes == 0, at: worker.moment(for: client)))
        case .refused(let count, let problem):
            bytes.moveReaderIndex(forwardBy: count)
            perform(session.receivedBrokenLine(problem))
        case .broken(let problem):
            perform(session.receivedBrokenLine(problem))
        }
        return true
    }

    private func receiveData(_ bytes: inout ByteBuffer) {
        let step = bytes.withUnsafeReadableBytes { session.receivedData($0) }
        reportEvents()
        switch step {
        case .forward(let first, let count):
            forward(first, count, of: bytes)
            upstream?.flush()
            bytes.moveReaderIndex(to: bytes.writerIndex)
            deadline = .now() + worker.deadlines.dataBlock
        case .forwardLast(let first, let count):
            forward(first, count, of: bytes)
            bytes.moveReaderIndex(forwardBy: count)
            deadline = .now() + worker.deadlines.upstreamOutcome + Self.patience
            guard let upstream else { return perform(session.outcome(nil)) }
            upstream.flush()
            upstream.mailDataEnded()
        case .discard:
            cutUpstream()
            bytes.moveReaderIndex(to: bytes.writerIndex)
            deadline = .now() + worker.deadlines.dataBlock
        case .discardLast(let count, let reply):
            cutUpstream()
            bytes.moveReaderIndex(forwardBy: count)
            say(reply)
            deadline = .now() + worker.deadlines.command
        case .discardAndClose(let reply):
            cutUpstream()
            say(reply)
            linger()
        }
    }

    private func forward(_ first: [UInt8], _ count: Int, of bytes: ByteBuffer) {
        guard let upstream else { return }
        if !first.isEmpty { upstream.write(ByteBuffer(bytes: first)) }
        if count > 0, let slice = bytes.getSlice(at: bytes.readerIndex, length: count) { upstream.write(slice) }
    }

    // MARK: Actions

    func perform(_ action: GatewaySession.Action) {
        reportEvents()
        switch action {
        case .reply(let reply): say(reply)
        case .replyAndClose(let reply):
            say(reply)
            reply.code == 221 ? closeAfterFlush() : linger()
        case .endTransaction(let reply):
            releaseUpstream()
            say(reply)
            if worker.isStopping { stop() }
        case .resolveNames(let questions): resolveNames(questions)
        case .startTLS(let reply):
            say(reply)
            flush()
            beginTLS()
        case .charge(let limits): charge(limits)
        case .offer(let offer):
            deadline = .now() + worker.deadlines.upstreamReply + Self.patience
            self.offer(offer)
        case .askForData:
            deadline = .now() + worker.deadlines.upstreamReply + Self.patience
            mailDataDeadline = .now() + worker.deadlines.mailData
            askForData()
        }
    }

    /// After an answer of the protected server: act, then go on with what the client has sent meanwhile.
    func performAndResume(_ action: GatewaySession.Action) {
        deadline = .now() + (session.wantsData ? worker.deadlines.dataBlock : worker.deadlines.command)
        perform(action)
        resume()
    }

    /// Whether the client has sent something that it had to hold back.
    var hasInputWaiting: Bool { (input?.readableBytes ?? 0) > 0 }

    func end(_ reply: Reply) {
        // There is nobody yet who could read it.
        if isHandshaking { return abort() }
        perform(session.end(reply))
        flush()
    }

    private func say(_ reply: Reply) {
        guard context != nil else { return }
        var bytes = output.take() ?? worker.sendBuffer.take()
        bytes.write(reply)
        output = bytes
    }

    func flush() {
        guard let context, let bytes = output.take() else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        worker.sendBuffer.giveBack(bytes)
    }

    private func closeAfterFlush() {
        cutUpstream()
        flush()
        context?.close(promise: nil)
    }

    /// Says no more, and drops what the client still sends for a while: a close with bytes unread would take the
    /// reply away from it.
    private func linger() {
        cutUpstream()
        guard let context, !isLingering else { return }
        isLingering = true
        input = nil
        deadline = .now() + worker.deadlines.linger
        flush()
        context.close(mode: .output, promise: nil)
        if inputHasEnded { return abort() }
        read()
    }

    /// A client that has closed its side gets what it asked for before that, and no more.
    private func closeIfDone() {
        guard inputHasEnded, context != nil else { return }
        if isLingering || session.isClosed || session.wantsData || session.wantsLine && !hasWholeLine {
            context?.close(promise: nil)
        }
    }

    private var hasWholeLine: Bool {
        input?.withUnsafeReadableBytes { CommandFraming.scan($0) != .incomplete } ?? false
    }
}
