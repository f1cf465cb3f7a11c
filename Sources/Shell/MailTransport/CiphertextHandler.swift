import NIOCore

/// Stands between the socket and TLS. It gives the event loop's receive buffer back, which TLS has read when it returns,
/// and it is the way to close without a farewell.
final class CiphertextHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let lender: LentBuffer
    private var context: ChannelHandlerContext?

    init(_ lender: LentBuffer) { self.lender = lender }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.fireChannelRead(data)
        lender.giveBack(unwrapInboundIn(data))
    }

    /// Closes the connection now; the other side is not told by TLS, and not waited for.
    func abort() { context?.close(promise: nil) }
}
