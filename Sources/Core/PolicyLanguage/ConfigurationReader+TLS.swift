import Diagnostics
import MailTypes
import RelayPolicy

/// `tls { }`, and the words of upstreams that say whom we believe.
extension ConfigurationReader {
    mutating func readTLSBlock() {
        guard let statement = single("tls") else { return }
        var certificate: Configuration.NamedFile?
        var key: Configuration.NamedFile?
        var minimum = Configuration.TLS.Version.tls12
        let before = problems.errorCount
        readBlock(of: statement, .tls) { _, inner throws(Diagnostic) in
            var values = ValueCursor(inner)
            switch inner.keyword.text {
            case "certificate": certificate = try values.require("a file or credential:NAME").namedFile()
            case "key": key = try values.require("a file or credential:NAME").namedFile()
            default: minimum = try values.require("TLSv1.2 or TLSv1.3").choice()
            }
            try values.expectEnd()
        }
        if let certificate, let key {
            configuration.tls = Configuration.TLS(
                certificate: certificate, key: key, minimum: minimum, at: statement.at)
        } else if problems.errorCount == before {
            let missing = certificate == nil ? "certificate" : "key"
            problems.add(
                Diagnostic(
                    .error, "`tls` has no `\(missing)`", at: statement.at,
                    fix: "write `\(missing) FILE` or `\(missing) credential:NAME` in its block"))
        }
    }

    /// Listeners that need a certificate where there is none.
    mutating func checkCertificateIsThere() {
        guard statements["tls"] == nil else { return }
        for listener in configuration.listeners {
            guard let place = listener.startTLSAt ?? listener.addresses.first(where: \.implicitTLS)?.at else { continue }
            problems.add(
                Diagnostic(
                    .error, "the listener `\(listener.name)` has TLS, and there is no certificate to show", at: place,
                    fix: "write `tls {` with `certificate FILE` and `key FILE`"))
        }
    }

    /// `verify [ca [FILE]] [name [NAME]]`, `verify fingerprint SHA256…`
    func readVerification(_ values: inout ValueCursor) throws(Diagnostic) -> Configuration.Upstream.Verification {
        enum Way: String, CaseIterable { case ca, name, fingerprint }
        let word = try values.require("ca, name or fingerprint")
        switch try word.choice(Way.self) {
        case .fingerprint:
            var fingerprints: [String] = []
            repeat {
                let word = try values.require("the fingerprint")
                guard let digits = CertificateWord.digits(word.text) else { throw word.noFingerprint }
                fingerprints.append(digits)
            } while !values.isAtEnd
            return .fingerprints(fingerprints)
        case .name: return .authority(nil, try readServerName(&values))
        case .ca:
            guard let next = values.peek, !next.says("name") else {
                // Any certificate of a public authority is anybody's, so a name is always asked for.
                return .authority(nil, values.take("name") ? try readServerName(&values) : .ofServer)
            }
            let file = try values.require("a file").namedFile()
            return .authority(file, values.take("name") ? try readServerName(&values) : .anybodys)
        }
    }

    private func readServerName(_ values: inout ValueCursor) throws(Diagnostic) -> Configuration.Upstream.ServerName {
        guard let word = values.next() else { return .ofServer }
        let domain = try word.domain()
        guard !domain.isLiteral else { throw word.problem("\(word.shown) is no host name", fix: "write the name in its certificate") }
        return .written("\(domain)")
    }

    /// A verification that nothing is verified by.
    func checkVerification(_ upstream: Configuration.Upstream, at place: SourceLocation) -> Diagnostic? {
        guard upstream.startTLS != .required, upstream.servers.contains(where: { !$0.implicitTLS }) else { return nil }
        return Diagnostic(
            .error, "`verify` without `starttls required`", at: place,
            why: "whoever can change what is sent can take the offer of TLS out of it, and then nothing is verified",
            fix: "write `starttls required`")
    }
}

extension Word {
    /// A path or `credential:NAME`.
    func namedFile() throws(Diagnostic) -> Configuration.NamedFile {
        let text = try nonEmptyText()
        guard text.hasPrefix("credential:") else {
            let path = text.hasPrefix("file:") ? String(text.dropFirst("file:".utf8.count)) : text
            return Configuration.NamedFile(.path(path), at: at)
        }
        let name = String(text.dropFirst("credential:".utf8.count))
        guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")), name != "..", name != "." else {
            throw problem("\(shown) names no credential", fix: "write credential:NAME, as in LoadCredential=NAME:PATH")
        }
        return Configuration.NamedFile(.credential(name), at: at)
    }
}
