import MailTypes

/// What a balancer sends before anything else on a connection: whose it is (PROXY protocol of HAProxy, §2).
///
/// It is believed only where an administrator has listed the balancer; from anybody else the same bytes are garbage.
public struct ProxyHeader: Hashable, Sendable {
    public enum Version: Hashable, Sendable, CaseIterable { case one, two }

    /// Whose connection it is.
    public enum Subject: Hashable, Sendable {
        /// A client's: from where it came, and to where it connected. Of one family.
        case client(TransportAddress, to: TransportAddress)
        /// Somebody's whose address the balancer does not know, or does not say (UNKNOWN, AF_UNSPEC, AF_UNIX).
        case unknown
        /// The balancer's own: a health check (LOCAL).
        case balancer
    }

    public var subject: Subject

    public init(_ subject: Subject) { self.subject = subject }

    /// Bytes of a header of version 1 with its CRLF.
    public static let longestLine = 107
    /// Bytes of a header of version 2. It may say 65,551 of itself; what balancers add to the addresses is small.
    public static let longest = 4_096
}

/// One end of a TCP connection.
public struct TransportAddress: Hashable, Sendable {
    public var address: IPAddress
    public var port: UInt16

    public init(_ address: IPAddress, port: UInt16) { (self.address, self.port) = (address, port) }
}

extension ProxyHeader {
    /// What the first bytes of a connection are.
    public enum Finding: Equatable, Sendable {
        /// They may become a header.
        case incomplete
        /// A header of so many bytes; what stands behind them is the client's.
        case header(ProxyHeader, length: Int)
        case refused(Problem)
    }

    /// Why bytes are no header.
    public enum Problem: Hashable, Sendable, CaseIterable {
        case noHeader, tooLong, malformed, unknownVersion, unknownCommand, unknownFamily, addressesCutOff, badExtension
        case badChecksum

        public var message: String {
            switch self {
            case .noHeader: "no PROXY header"
            case .tooLong: "a PROXY header without end"
            case .malformed: "a PROXY line that is malformed"
            case .unknownVersion: "a PROXY header of an unknown version"
            case .unknownCommand: "a PROXY header with an unknown command"
            case .unknownFamily: "a PROXY header of a family that is not TCP"
            case .addressesCutOff: "a PROXY header too short for its addresses"
            case .badExtension: "a PROXY header with a malformed extension"
            case .badChecksum: "a PROXY header whose checksum is wrong"
            }
        }
    }
}
