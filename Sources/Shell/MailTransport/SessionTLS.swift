import MailTypes
import NIOCore
import NIOSSL

/// TLS of one session in front.
final class SessionTLS {
    private let shown: FrontTLS.Shown
    private let ciphertext: CiphertextHandler
    private var handler: NIOSSLServerHandler?
    /// What the client shows in this handshake; nil where it shows nothing or resumes.
    private var chain: [NIOSSLCertificate]?
    private(set) var isHandshaking = true
    private var hasFailed = false

    init(_ front: FrontTLS, lender: LentBuffer) {
        shown = front.shown
        ciphertext = CiphertextHandler(lender)
    }

    /// In front of everything in the pipeline. What was written before goes out in the clear, and nothing after it.
    func begin(in pipeline: ChannelPipeline) throws {
        var settings = NIOSSLServerHandler.Configuration()
        // A session's own replies are short.
        settings.maximumPreservedOutboundBufferCapacity = 32 * 1024
        let handler =
            shown.asksForCertificates
            ? NIOSSLServerHandler(
                context: shown.context,
                customVerificationCallback: { [weak self] chain, promise in
                    self?.chain = chain
                    promise.succeed(.certificateVerified)
                }, configuration: settings)
            : NIOSSLServerHandler(context: shown.context, configuration: settings)
        self.handler = handler
        try pipeline.syncOperations.addHandlers([ciphertext, handler] as [any ChannelHandler], position: .first)
    }

    /// The handshake is over: the version, and the words of rules that the client's certificate satisfies.
    func handshakeCompleted(at now: Instant) -> (version: String, certificates: [String]) {
        isHandshaking = false
        defer { chain = nil }
        let words: [String]
        if let chain {
            words = shown.words(for: chain)
        } else if shown.asksForCertificates, let certificate = handler?.peerCertificate {
            words = shown.words(forResumed: certificate, at: now)
        } else {
            words = []
        }
        return (handler?.tlsVersion?.text ?? "TLS", words)
    }

    /// False when it had failed before: the end of the connection is an error of the handshake too.
    func fail() -> Bool {
        defer { hasFailed = true }
        return !hasFailed
    }

    func abort() { ciphertext.abort() }
}
