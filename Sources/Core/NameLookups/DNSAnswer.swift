import MailTypes

/// What is asked of the DNS: the records of one type at one name.
public struct DNSQuestion: Hashable, Sendable {
    /// RFC 1035 §3.2.2, RFC 3596 §2.1.
    public enum RecordType: UInt16, Hashable, Sendable {
        case a = 1, ptr = 12, aaaa = 28

        /// The type that holds addresses of a family.
        init(_ family: IPAddress.Family) {
            switch family {
            case .v4: self = .a
            case .v6: self = .aaaa
            }
        }
    }

    public let name: DNSName
    public let type: RecordType
    public init(name: DNSName, type: RecordType) { (self.name, self.type) = (name, type) }
}

/// What the DNS says to a question.
public enum DNSAnswer: Hashable, Sendable {
    /// Addresses, or the names of PTR records, for so many seconds.
    case records([Record], seconds: UInt32)
    /// Certainly none: there is no such name (NXDOMAIN), or it has no such record.
    case none(seconds: UInt32)
    /// No answer that can be relied on: none in time, SERVFAIL, or something broken.
    case failed

    public enum Record: Hashable, Sendable {
        case address(IPAddress)
        case name(DNSName)
    }
}
