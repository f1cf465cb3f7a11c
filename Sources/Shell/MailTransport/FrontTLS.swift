import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import NIOSSL

/// TLS towards clients: the certificate that is shown to them, which may be replaced while sessions go on, and what
/// theirs are worth.
public final class FrontTLS: Sendable {
    private let minimum: TLSVersion
    private let clientCertificates: ClientCertificates
    private let current: NIOLockedValueBox<Shown>

    /// `certificate` and `key` are PEM.
    public init(
        certificate: [UInt8], key: [UInt8], minimum: Minimum, clientCertificates: ClientCertificates = ClientCertificates()
    ) throws(TLSProblem) {
        self.minimum = minimum == .tls13 ? .tlsv13 : .tlsv12
        self.clientCertificates = clientCertificates
        current = NIOLockedValueBox(try Shown(certificate, key, self.minimum, clientCertificates))
    }

    public enum Minimum: Sendable { case tls12, tls13 }

    /// Shows another certificate from now on. Handshakes under way end with the one that they began with.
    public func show(certificate: [UInt8], key: [UInt8]) throws(TLSProblem) {
        let shown = try Shown(certificate, key, minimum, clientCertificates)
        current.withLockedValue { $0 = shown }
    }

    /// The last moment of the certificate that is shown.
    public var expiry: Instant { current.withLockedValue { $0.expiry } }

    var shown: Shown { current.withLockedValue { $0 } }

    /// One certificate with its key, and all that came of it.
    final class Shown: Sendable {
        let context: NIOSSLContext
        let expiry: Instant
        private let clientCertificates: ClientCertificates
        /// Words by fingerprint. A session that is resumed shows no certificate again, and only this context, which has
        /// seen the whole chain, can resume it.
        private let known = NIOLockedValueBox<[[UInt8]: [String]]>([:])
        private static let mostKnown = 10_000

        init(
            _ certificate: [UInt8], _ key: [UInt8], _ minimum: TLSVersion, _ clientCertificates: ClientCertificates
        ) throws(TLSProblem) {
            let chain: [NIOSSLCertificate]
            do { chain = try NIOSSLCertificate.fromPEMBytes(certificate) } catch {
                throw .certificate("no certificate can be read in it (it has to be PEM)")
            }
            guard let own = chain.first else { throw .certificate("there is no certificate in it") }
            let privateKey: NIOSSLPrivateKey
            do { privateKey = try NIOSSLPrivateKey(bytes: key, format: .pem) } catch {
                throw .key("no private key can be read in it (it has to be PEM, without a passphrase)")
            }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
            configuration.minimumTLSVersion = minimum
            configuration.cipherSuiteValues = .gatepost
            configuration.shutdownTimeout = .tlsGoodbye
            if clientCertificates.areWanted {
                // Asked for and taken whatever it is; `ClientCertificates` says what it is worth.
                configuration.certificateVerification = .optionalVerification
                configuration.trustRoots = .certificates([])
            }
            do { context = try NIOSSLContext(configuration: configuration) } catch {
                throw .pair
            }
            expiry = Instant(seconds: Int64(own.notValidAfter))
            self.clientCertificates = clientCertificates
        }

        var asksForCertificates: Bool { clientCertificates.areWanted }

        /// Of a whole chain that has just been shown.
        func words(for chain: [NIOSSLCertificate]) -> [String] {
            let chain = chain.compactMap { try? $0.toDERBytes() }
            let words = clientCertificates.words(for: chain)
            guard !words.isEmpty, let own = chain.first else { return [] }
            let digits = Fingerprint.digits(of: own)
            known.withLockedValue { known in
                if known.count >= Self.mostKnown { known.removeAll() }
                known[digits] = words
            }
            return words
        }

        /// Of a certificate that was shown in an earlier session, whose end this one goes on from.
        func words(forResumed certificate: NIOSSLCertificate, at now: Instant) -> [String] {
            guard Int64(certificate.notValidAfter) > now.seconds, let der = try? certificate.toDERBytes() else { return [] }
            return known.withLockedValue { $0[Fingerprint.digits(of: der)] ?? [] }
        }
    }
}

/// Why there is no TLS by these files.
public enum TLSProblem: Error, Hashable, Sendable {
    case certificate(String), key(String)
    /// Each can be read; the one is not the other's.
    case pair
}

extension [NIOTLSCipher] {
    /// Forward secrecy and authenticated encryption alone. Those of TLS 1.3 are always there.
    static let gatepost: [NIOTLSCipher] = [
        .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ]
}

extension TimeAmount {
    /// How long the other side may take to say that it closes TLS too.
    static let tlsGoodbye = TimeAmount.seconds(3)
}

extension TLSVersion {
    /// As decisions and Received lines say it.
    var text: String {
        switch self {
        case .tlsv1: "TLSv1"
        case .tlsv11: "TLSv1.1"
        case .tlsv12: "TLSv1.2"
        case .tlsv13: "TLSv1.3"
        }
    }
}
