import MailTypes

/// How a protected server is told whose message it is (`tell-client-address`).
public enum ClientTelling: String, Hashable, Sendable, CaseIterable {
    case xclient
    case proxyV1 = "proxy-v1"
    case proxyV2 = "proxy-v2"

    /// Nil for XCLIENT, which is a command.
    public var proxyVersion: ProxyHeader.Version? {
        switch self {
        case .xclient: nil
        case .proxyV1: .one
        case .proxyV2: .two
        }
    }
}

/// What a protected server is told of a client: by XCLIENT (Postfix, XCLIENT_README) or by the PROXY protocol.
///
/// No login is among it: the server would give rights to it, and a delivery needs none.
public struct ClientIntroduction: Hashable, Sendable {
    public enum Name: Hashable, Sendable {
        case known(Domain)
        /// No name that leads back to the address, or nobody asked.
        case unavailable
        case temporarilyUnavailable
    }

    /// Nil where it is not known.
    public var client: TransportAddress?
    /// To which it connected.
    public var local: TransportAddress?
    public var name = Name.unavailable
    /// Printable ASCII without spaces, 1...255 bytes.
    public var helo: [UInt8]?
    public var saidEHLO = true

    public init(helo: [UInt8]?) { self.helo = helo }

    /// By a PROXY header a client without an address would be us: servers take the connection's own address then, and
    /// that is one that they trust. XCLIENT has a word for it.
    public func canBeTold(by telling: ClientTelling) -> Bool { telling == .xclient || client != nil }

    /// What begins a connection on which the server expects a PROXY header.
    public var proxyHeader: ProxyHeader {
        guard let client else { return ProxyHeader(.unknown) }
        let nowhere = client.address.family == .v4 ? IPAddress(v4: 0) : IPAddress(v6: 0)
        return ProxyHeader(.client(client, to: local ?? TransportAddress(nowhere, port: 0)))
    }

    /// Bytes in a command without its CRLF.
    static let longestCommand = 510

    /// The command with what a server takes that announces `attributes`; nil where it does not take the address, since
    /// the rest says nothing without it. What is not known is said not to be, or it would be our own.
    public func xclient(for attributes: XClientAttributes) -> [UInt8]? {
        guard attributes.contains(.addr) else { return nil }
        var command = Array("XCLIENT".utf8)
        func add(_ attribute: XClientAttributes, _ value: [UInt8]) {
            guard attributes.contains(attribute), let name = attribute.name else { return }
            let word = Array(" \(name)=".utf8) + value
            if command.count + word.count <= Self.longestCommand { command += word }
        }
        add(.addr, client.map { Self.word(for: $0.address) } ?? Self.unavailable)
        add(.port, client.map { Array("\($0.port)".utf8) } ?? Self.unavailable)
        add(.name, nameWord)
        add(.reverseName, nameWord)
        add(.destAddr, local.map { Self.word(for: $0.address) } ?? Self.unavailable)
        add(.destPort, local.map { Array("\($0.port)".utf8) } ?? Self.unavailable)
        add(.proto, Array((saidEHLO ? "ESMTP" : "SMTP").utf8))
        // The last, since it may be too long; EHLO says the same behind it.
        add(.helo, helo.map(Self.xtext) ?? Self.unavailable)
        return command
    }

    private static let unavailable = Array("[UNAVAILABLE]".utf8)

    private var nameWord: [UInt8] {
        switch name {
        case .known(let name): Self.xtext(name.bytes)
        case .unavailable: Self.unavailable
        case .temporarilyUnavailable: Array("[TEMPUNAVAIL]".utf8)
        }
    }

    private static func word(for address: IPAddress) -> [UInt8] {
        Array((address.family == .v6 ? "IPV6:\(address)" : "\(address)").utf8)
    }

    /// RFC 3461 §4.
    private static func xtext(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return bytes.flatMap { byte in
            let isPlain = (0x21...0x7e).contains(byte) && byte != UInt8(ascii: "+") && byte != UInt8(ascii: "=")
            return isPlain ? [byte] : [UInt8(ascii: "+"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
}

/// Attributes of XCLIENT that a server announces behind its EHLO keyword.
public struct XClientAttributes: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let name = XClientAttributes(rawValue: 1)
    public static let addr = XClientAttributes(rawValue: 2)
    public static let port = XClientAttributes(rawValue: 4)
    public static let proto = XClientAttributes(rawValue: 8)
    public static let helo = XClientAttributes(rawValue: 16)
    public static let destAddr = XClientAttributes(rawValue: 32)
    public static let destPort = XClientAttributes(rawValue: 64)
    /// The name that nobody confirmed. Unsaid, it would stay ours.
    public static let reverseName = XClientAttributes(rawValue: 128)

    private static let names: [(StaticString, XClientAttributes)] = [
        ("NAME", .name), ("ADDR", .addr), ("PORT", .port), ("PROTO", .proto), ("HELO", .helo), ("DESTADDR", .destAddr),
        ("DESTPORT", .destPort), ("REVERSE_NAME", .reverseName),
    ]

    /// Those that we know, of the words behind the keyword.
    init(announced words: some Sequence<ArraySlice<UInt8>>) {
        self.init()
        for word in words {
            for (name, attribute) in Self.names where ASCII.equals(word, name) { insert(attribute) }
        }
    }

    /// Of a single one.
    fileprivate var name: StaticString? { Self.names.first { $0.1 == self }?.0 }
}
