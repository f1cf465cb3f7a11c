import MailTypes
import NIOCore

/// Connections from balancers (`proxy-protocol from LIST`).
extension Worker {
    /// Connections of one event loop that wait for their header at once.
    static let mostAwaitingHeader = 1_000

    /// A session behind the header that a listed balancer has to send first, or, from anybody else, one at once: a header
    /// from him is garbage to it.
    func addHandlers(to channel: any Channel, _ listener: String) throws {
        let pipeline = channel.pipeline.syncOperations
        let ends = ClientEnds(of: channel)
        if ends.client == nil {
            // It was reset before it was accepted: nobody is there, and nobody can tell who was.
            try pipeline.addHandler(ClosingHandler())
        } else if let balancers = balancers[listener], let peer = ends.client?.address, balancers.contains(peer) {
            try pipeline.addHandler(ProxyHeaderReader(worker: self, listener: listener, balancer: peer))
        } else {
            try beginSession(on: pipeline, listener, ends)
        }
    }

    func beginSession(
        on pipeline: ChannelPipeline.SynchronousOperations, _ listener: String, _ ends: ClientEnds
    ) throws {
        try pipeline.addHandler(GatewayHandler(worker: self, listener: listener, ends: ends))
    }

    /// False where as many as may be wait already.
    func awaitHeader(_ reader: ProxyHeaderReader) -> Bool {
        guard !isStopping, awaitingHeader.count < Self.mostAwaitingHeader else { return false }
        awaitingHeader[ObjectIdentifier(reader)] = reader
        return true
    }

    func awaitsHeaderNoMore(_ reader: ProxyHeaderReader) { awaitingHeader[ObjectIdentifier(reader)] = nil }

    func sweepHeaders(_ now: NIODeadline) {
        for reader in awaitingHeader.values { reader.sweep(now) }
    }

    func abortHeaders() {
        for reader in awaitingHeader.values { reader.abort() }
    }
}

/// Closes a connection as soon as it can be closed.
private final class ClosingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelActive(context: ChannelHandlerContext) { context.close(promise: nil) }
}
