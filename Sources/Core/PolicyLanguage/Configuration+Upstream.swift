import Diagnostics

extension Configuration {
    /// A protected server, or several that stand for one another.
    public struct Upstream: Sendable {
        public var name: String
        public var servers: [Server]
        public var startTLS = StartTLS.no
        /// Nil: whoever answers is taken for the server that is meant.
        public var verification: Verification?
        /// How its servers are told whose mail it is; nil: not at all.
        public var clientTelling: ClientTelling?
        /// With what we log in to its servers; nil: not at all.
        public var login: Login?
        public var at: SourceLocation

        public init(name: String, servers: [Server], at: SourceLocation) {
            (self.name, self.servers, self.at) = (name, servers, at)
        }

        /// `login NAME password credential:NAME`
        public struct Login: Sendable {
            public var name: String
            /// Holds the password.
            public var password: NamedFile
            public var at: SourceLocation

            public init(name: String, password: NamedFile, at: SourceLocation) {
                (self.name, self.password, self.at) = (name, password, at)
            }
        }

        /// `tell-client-address xclient|proxy-v1|proxy-v2`
        public enum ClientTelling: String, Hashable, Sendable, CaseIterable {
            case xclient
            case proxyV1 = "proxy-v1"
            case proxyV2 = "proxy-v2"
        }

        public struct Server: Hashable, Sendable {
            /// Address text or host name.
            public var host: String
            public var port: UInt16
            public var implicitTLS: Bool
            public var isBackup: Bool

            public init(host: String, port: UInt16, implicitTLS: Bool = false, isBackup: Bool = false) {
                (self.host, self.port, self.implicitTLS, self.isBackup) = (host, port, implicitTLS, isBackup)
            }
        }
    }
}
