import MailTypes
import NIOCore
import Sessions

/// TLS with the client.
extension GatewayHandler {
    var isHandshaking: Bool { tls?.isHandshaking ?? false }

    /// Behind STARTTLS: the reply to it has been flushed in the clear, and whatever comes next is TLS.
    func beginTLS() {
        guard let context, let frontTLS else { return abort() }
        do { try begin(frontTLS, in: context.pipeline) } catch { return abort() }
        // Whatever was asked for before: what comes next is TLS's, which may have nothing to hand on.
        isReading = false
        read()
    }

    /// On a channel with TLS from its first byte on, before the handler itself is in the pipeline.
    func begin(_ front: FrontTLS, in pipeline: ChannelPipeline) throws {
        let tls = SessionTLS(front, lender: worker.receiveBuffer)
        self.tls = tls
        deadline = .now() + worker.deadlines.handshake
        try tls.begin(in: pipeline)
    }

    func handshakeCompleted() {
        guard let tls, tls.isHandshaking, !session.isClosed else { return }
        let (version, certificates) = tls.handshakeCompleted(at: worker.clock())
        session.tlsStarted(version, certificates: certificates)
        deadline = .now() + worker.deadlines.command
        if !hasGreeted {
            worker.greetSoon(self)
        } else if worker.isStopping {
            stop()
        }
    }

    /// An error of the channel.
    func failed(_ error: any Error) {
        if isHandshaking { return handshakeFailed(TLSError.words(for: error) ?? "\(error)") }
        abort()
    }

    func handshakeFailed(_ why: String) {
        if tls?.fail() ?? false { worker.log.tlsFailed(listener: listener, client: client, why) }
        abort()
    }
}
