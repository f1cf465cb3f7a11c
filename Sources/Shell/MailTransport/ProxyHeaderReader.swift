import MailProtocols
import MailTypes
import NIOCore

/// Stands where a session will be, on a connection from a listed balancer, until the balancer has said whose it is. The
/// session begins behind the header, so that nothing is decided, counted or said for the balancer's address.
///
/// What is no header, or does not come in time, ends the connection. Only its event loop touches it.
final class ProxyHeaderReader: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let worker: Worker
    private let door: Door
    private let balancer: IPAddress
    private let deadline: NIODeadline
    private var context: ChannelHandlerContext?
    private var received: ByteBuffer?

    init(worker: Worker, door: Door, balancer: IPAddress) {
        (self.worker, self.door, self.balancer) = (worker, door, balancer)
        deadline = .now() + worker.deadlines.proxyHeader
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        guard worker.awaitHeader(self) else { return refuse("too many connections without a PROXY header") }
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        var all = received.take() ?? context.channel.allocator.buffer(capacity: bytes.readableBytes)
        all.writeBuffer(&bytes)
        worker.receiveBuffer.giveBack(bytes)
        switch all.withUnsafeReadableBytes(ProxyHeader.scan) {
        case .incomplete: received = all
        case .refused(let problem): refuse(problem.message)
        case .header(let header, let length):
            all.moveReaderIndex(forwardBy: length)
            begin(ClientEnds(header), all, context)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { context.read() }

    /// What the client has sent behind the header is early talk, for the session to find; or it is TLS, whose handlers stand
    /// before this one now.
    private func begin(_ ends: ClientEnds, _ rest: ByteBuffer, _ context: ChannelHandlerContext) {
        worker.awaitsHeaderNoMore(self)
        let pipeline = context.pipeline
        do { try worker.beginSession(on: pipeline, door, ends) } catch { return context.close(promise: nil) }
        context.fireChannelActive()
        pipeline.syncOperations.removeHandler(context: context, promise: nil)
        if rest.readableBytes > 0 { pipeline.syncOperations.fireChannelRead(NIOAny(rest)) }
    }

    /// Called now and then.
    func sweep(_ now: NIODeadline) {
        if now >= deadline { refuse("no PROXY header in time") }
    }

    private func refuse(_ why: String) {
        worker.log.connectionRefused(listener: door.listener, client: balancer, why)
        abort()
    }

    func abort() {
        worker.awaitsHeaderNoMore(self)
        let context = context.take()
        context?.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed = event else { return context.fireUserInboundEventTriggered(event) }
        leave()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { leave() }

    func channelInactive(context: ChannelHandlerContext) { leave() }

    /// A balancer that only looks whether somebody answers says nothing at all, every few seconds: no news.
    private func leave() {
        guard context != nil else { return }
        if received != nil { refuse("closed within its PROXY header") } else { abort() }
    }
}

/// Sends a header before all others in the pipeline have their say, so also before TLS.
final class ProxyHeaderWriter: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: UpstreamConnection
    init(for connection: UpstreamConnection) { self.connection = connection }

    func channelActive(context: ChannelHandlerContext) {
        let ends = ClientEnds(of: context.channel)
        let header = connection.session.proxyHeader(from: ends.local, to: ends.client)
        context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: header)), promise: nil)
        context.fireChannelActive()
    }
}
