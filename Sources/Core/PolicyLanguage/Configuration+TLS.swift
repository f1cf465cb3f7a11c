import Diagnostics

extension Configuration {
    /// `tls { }`: what we show to clients.
    public struct TLS: Hashable, Sendable {
        public enum Version: String, Sendable, CaseIterable { case tls12 = "TLSv1.2", tls13 = "TLSv1.3" }

        /// PEM: our certificate first, then those that lead to its root.
        public var certificate: NamedFile
        public var key: NamedFile
        public var minimum: Version
        public var at: SourceLocation

        public init(certificate: NamedFile, key: NamedFile, minimum: Version = .tls12, at: SourceLocation) {
            (self.certificate, self.key, self.minimum, self.at) = (certificate, key, minimum, at)
        }
    }

    /// A file that is named by its path, or by the name under which the service manager hands it over.
    public struct NamedFile: Hashable, Sendable {
        public enum Place: Hashable, Sendable { case path(String), credential(String) }
        public var place: Place
        public var at: SourceLocation

        public init(_ place: Place, at: SourceLocation) { (self.place, self.at) = (place, at) }
    }
}

extension Configuration.Upstream {
    /// TLS with servers to which the connection is plain at its beginning.
    public enum StartTLS: String, Hashable, Sendable, CaseIterable { case no, ifOffered = "if-offered", required }

    /// How a server shows that it is the one that is meant.
    public enum Verification: Hashable, Sendable {
        /// Its certificate leads to one in the file, or to one that the system trusts.
        case authority(Configuration.NamedFile?, ServerName)
        /// Its certificate has one of these SHA-256 fingerprints, 64 digits in lower case.
        case fingerprints([String])
    }

    /// Whose name the certificate has to bear.
    public enum ServerName: Hashable, Sendable {
        case anybodys
        /// The one behind `server`, or that address.
        case ofServer
        case written(String)
    }
}
