import CLibCrypto
import NIOConcurrencyHelpers

/// What clients' certificates are worth: the words of the rules that they satisfy. A certificate that satisfies none is
/// no proof and no harm; mail servers show theirs to everybody who asks.
public struct ClientCertificates: Sendable {
    /// Longer chains are nobody's; each certificate in it costs a signature to check.
    private static let longestChain = 8

    /// The words of rules, by the fingerprint in them.
    private var fingerprints: [[UInt8]: [String]] = [:]
    private var files: [(word: String, trusted: TrustedCertificates)] = []

    public init() {}

    /// Whether a rule asks for certificates, so that clients are.
    public var areWanted: Bool { !fingerprints.isEmpty || !files.isEmpty }

    /// `digits` are 64 hexadecimal ones of SHA-256.
    public mutating func accept(fingerprint digits: String, as word: String) {
        fingerprints[Array(digits.utf8), default: []].append(word)
    }

    /// The certificates in `pem`, and those that they have issued. False where it has none or a broken one.
    public mutating func accept(pem: [UInt8], as word: String) -> Bool {
        guard let trusted = TrustedCertificates(pem: pem) else { return false }
        files.append((word, trusted))
        return true
    }

    /// `chain` is DER, the client's own certificate first, which it has proved to hold.
    func words(for chain: [[UInt8]]) -> [String] {
        guard let own = chain.first, chain.count <= Self.longestChain else { return [] }
        let ofFingerprint = fingerprints.isEmpty ? [] : fingerprints[Fingerprint.digits(of: own)] ?? []
        return ofFingerprint + files.filter { $0.trusted.contain(chain) }.map(\.word)
    }
}

/// Certificates that are trusted to be a client's, or to issue them.
private final class TrustedCertificates: @unchecked Sendable {
    /// OpenSSL's store; it locks itself.
    private let store: OpaquePointer

    init?(pem: [UInt8]) {
        guard let length = Int32(exactly: pem.count), let store = gatepost_trusted(pem, length) else { return nil }
        self.store = store
    }

    deinit { X509_STORE_free(store) }

    func contain(_ chain: [[UInt8]]) -> Bool {
        guard let stack = gatepost_chain() else { return false }
        defer { gatepost_chain_free(stack) }
        for certificate in chain where gatepost_chain_add(stack, certificate, certificate.count) == 0 { return false }
        return gatepost_chain_leads_to(stack, store) == 1
    }
}

enum Fingerprint {
    /// SHA-256 as 64 digits in lower case.
    static func digits(of der: [UInt8]) -> [UInt8] {
        let digest = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            SHA256(der, der.count, buffer.baseAddress)
            count = 32
        }
        let hexadecimal = Array("0123456789abcdef".utf8)
        return digest.flatMap { [hexadecimal[Int($0 >> 4)], hexadecimal[Int($0 & 15)]] }
    }
}
