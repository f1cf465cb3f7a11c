import MailTypes
import NIOCore

/// Connections from balancers (`proxy-protocol from LIST`).
extension Worker {
    /// Connections of one event loop that wait for their header at once.
    static let mostAwaitingHeader = 1_000

    /// A session behind the header that a listed balancer has to send first, or, from anybody else, one at once: a header
    /// from him is garbage to it.
    func addHandlers(to channel: any Channel, _ door: Door) throws {
        let ends = ClientEnds(of: channel)
        if ends.client == nil {
            // It was reset before it was accepted: nobody is there, and nobody can tell who was.
            try channel.pipeline.syncOperations.addHandler(ClosingHandler())
        } else if !balancers.isEmpty, let peer = ends.client?.address, balancers[door.listener]?.contains(peer) ?? false {
            try channel.pipeline.syncOperations.addHandler(ProxyHeaderReader(worker: self, door: door, balancer: peer))
        } else {
            try beginSession(on: channel.pipeline, door, ends)
        }
    }

    /// Without a certificate nobody is answered where TLS is from the first byte on, and never in the clear.
    func beginSession(on pipeline: ChannelPipeline, _ door: Door, _ ends: ClientEnds) throws {
        let handler = GatewayHandler(worker: self, door: door, ends: ends)
        if door.hasTLS {
            guard let tls = handler.frontTLS else { throw ChannelError.operationUnsupported }
            try handler.begin(tls, in: pipeline)
        }
        try pipeline.syncOperations.addHandler(handler)
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
