import Diagnostics
import MailTypes

extension Configuration {
    /// Where clients come in.
    public struct Listener: Sendable {
        public var name: String
        public var addresses: [Address]
        /// Who must send a PROXY header first (`proxy-protocol from LIST`).
        public var balancers: AddressSet
        public var at: SourceLocation
        /// Where `starttls offered` or `required` stands; nil: it is not offered.
        public var startTLSAt: SourceLocation?
        /// Where `observe` stands; nil: it does not.
        public var observesAt: SourceLocation?

        public init(name: String, addresses: [Address], balancers: AddressSet = AddressSet(), at: SourceLocation) {
            (self.name, self.addresses, self.balancers, self.at) = (name, addresses, balancers, at)
        }

        public struct Address: Hashable, Sendable {
            public var host: IPAddress
            public var port: UInt16
            public var implicitTLS: Bool
            public var at: SourceLocation

            public init(host: IPAddress, port: UInt16, implicitTLS: Bool = false, at: SourceLocation) {
                (self.host, self.port, self.implicitTLS, self.at) = (host, port, implicitTLS, at)
            }
        }
    }
}
