import CLibCrypto
import NIOCore
import NIOSSL
import Sessions

/// TLS with the servers of one upstream: when, and whom we believe.
public struct UpstreamTLS: Sendable {
    public enum Verification: Hashable, Sendable {
        /// Whoever answers is taken for the server that is meant.
        case none
        /// PEM of the authorities; nil: those that the system trusts.
        case authority(pem: [UInt8]?, ServerName)
        /// 64 digits of SHA-256.
        case fingerprints([String])
    }

    public enum ServerName: Hashable, Sendable {
        case anybodys
        /// The one behind `server`, or that address.
        case ofServer
        case written(String)
    }

    let startTLS: UpstreamSession.StartTLS
    let verification: Verification
    private let context: NIOSSLContext

    public init(startTLS: UpstreamSession.StartTLS, verification: Verification) throws(TLSProblem) {
        (self.startTLS, self.verification) = (startTLS, verification)
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.cipherSuiteValues = .gatepost
        configuration.shutdownTimeout = .tlsGoodbye
        switch verification {
        case .none: configuration.certificateVerification = .none
        case .fingerprints:
            // By `verify`, in place of the library.
            configuration.certificateVerification = .noHostnameVerification
            configuration.trustRoots = .certificates([])
        case .authority(let pem, _):
            // The name by `accepts`: NIOSSL would take the address in place of it.
            configuration.certificateVerification = .noHostnameVerification
            if let pem {
                guard let authorities = try? NIOSSLCertificate.fromPEMBytes(pem), !authorities.isEmpty else {
                    throw .certificate("no certificate can be read in it (it has to be PEM)")
                }
                configuration.trustRoots = .certificates(authorities)
            }
        }
        do { context = try NIOSSLContext(configuration: configuration) } catch {
            throw .certificate("TLS cannot be had with it: \(error)")
        }
    }

    func makeHandler(for server: GatewaySettings.Server) throws -> NIOSSLClientHandler {
        var name = server.hasName ? server.host : nil
        switch verification {
        case .authority(_, .written(let written)): name = written
        case .fingerprints(let fingerprints):
            return try NIOSSLClientHandler(context: context, serverHostname: name) { chain, promise in
                let digits = chain.first.flatMap { try? $0.toDERBytes() }.map(Fingerprint.digits)
                let isMeant = digits.map { fingerprints.contains(String(decoding: $0, as: UTF8.self)) } ?? false
                promise.succeed(isMeant ? .certificateVerified : .failed)
            }
        case .none, .authority: break
        }
        return try NIOSSLClientHandler(context: context, serverHostname: name)
    }

    /// Whether the certificate that was shown is for the name that is asked for. It has led to an authority already.
    func accepts(_ certificate: NIOSSLCertificate?, of server: GatewaySettings.Server) -> Bool {
        guard case .authority(_, let name) = verification else { return true }
        let (text, isAddress): (String, Bool)
        switch name {
        case .anybodys: return true
        case .ofServer: (text, isAddress) = (server.host, !server.hasName)
        case .written(let written): (text, isAddress) = (written, false)
        }
        guard let certificate, let der = try? certificate.toDERBytes() else { return false }
        return gatepost_is_for(der, der.count, text, isAddress ? 1 : 0) == 1
    }
}

/// What was asked for, not what came of it: a reload that changes nothing keeps connections.
extension UpstreamTLS: Hashable {
    public static func == (one: UpstreamTLS, other: UpstreamTLS) -> Bool {
        one.startTLS == other.startTLS && one.verification == other.verification
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(startTLS)
        hasher.combine(verification)
    }
}

/// What TLS said, for an operator.
enum TLSError {
    /// Nil for an error that is not of TLS.
    static func words(for error: any Error) -> String? {
        switch error {
        case NIOSSLError.handshakeFailed(.sslError(let stack)):
            let reason = stack.first.map(reason) ?? "no reason given"
            if reason == "certificate verify failed" { return "its certificate is not the one that `verify` asks for" }
            return "no TLS: \(reason)"
        case NIOSSLError.handshakeFailed: return "no TLS: it closed the connection"
        case NIOSSLError.uncleanShutdown: return "closed the connection"
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            return "its certificate is not the one that `verify` asks for"
        case let error as NIOSSLExtraError where error == .serverHostnameImpossibleToMatch:
            return "its name can stand in no certificate"
        default: return nil
        }
    }

    /// `wrong version number`, of `Error: 268435703 error:100000f7:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER
    /// at FILE:LINE`.
    private static func reason(_ error: BoringSSLInternalError) -> String {
        let text = error.description
        guard let internals = text.range(of: "OPENSSL_internal:") else { return text.hasPrefix("Error:  ") ? String(text.dropFirst(8)) : text }
        let reason = text[internals.upperBound...].prefix { $0 != " " }
        return reason.lowercased().split(separator: "_").joined(separator: " ")
    }
}

extension String {
    /// The first place of `text`, without Foundation.
    fileprivate func range(of text: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
