import MailTypes

/// The access map: keys in lower case with their tag, as makemap stores them, and what each means.
public struct SendmailAccessMap: Hashable, Sendable {
    public enum Value: Hashable, Sendable {
        case ok, relay, reject, discard, skip, friend, hater
        /// Of `CertIssuer:`: ask for the subject too.
        case subject
        /// Taken and held for a person to look at.
        case quarantine
        /// Any other text is the refusal's own: 4xx or 5xx.
        case refusal(isTemporary: Bool)

        /// `OK` and `RELAY` end a check with yes.
        public var isAccepting: Bool { self == .ok || self == .relay }
        /// Says no, for now.
        public var isTemporary: Bool { self == .refusal(isTemporary: true) }
    }

    public struct Entry: Hashable, Sendable {
        public var key: String
        public var value: Value
        /// As written.
        public var text: String
        public var origin: Origin
    }

    /// In file order; of a key that comes twice the first, as makemap keeps it.
    public private(set) var entries: [Entry] = []
    /// What the key of each entry is, read once.
    private(set) var keys: [Key] = []
    private var positions: [String: Int] = [:]

    /// A key in its parts.
    struct Key: Hashable {
        /// Nil where it has none.
        var tag: String?
        /// Nil for text that no lookup ever asks for.
        var body: SendmailKey?
    }

    public init() {}

    /// False if the key is there already.
    @discardableResult
    public mutating func add(_ entry: Entry) -> Bool {
        guard positions[entry.key] == nil else { return false }
        positions[entry.key] = entries.count
        entries.append(entry)
        let (tag, body) = Self.split(entry.key)
        keys.append(Key(tag: tag, body: SendmailKey(body)))
        return true
    }

    public subscript(key: String) -> Entry? { positions[key].map { entries[$0] } }
    /// `Tag:body`, then `body` alone.
    public func lookup(_ tag: Tag, _ body: String) -> Entry? { self["\(tag.rawValue):\(body)"] ?? self[body] }

    /// What a key is asked for; raw values as they stand before the colon, in lower case.
    public enum Tag: String, Hashable, Sendable, CaseIterable {
        case connect, from, to, spam
        case issuer = "certissuer"
        case subject = "certsubject"
    }

    /// Tags that cannot change who may relay.
    static let irrelevantTags: Set<String> = [
        "tls_srv", "tls_clt", "tls_rcpt", "try_tls", "srv_features", "clt_features", "tls_srv_features",
        "tls_clt_features", "clientrate", "clientconn", "greetpause", "authinfo", "compat",
    ]

    /// The tag and what follows it. Nil for the tag where there is none: the first word of `ipv6:2001:db8` is part
    /// of an address.
    static func split(_ key: String) -> (tag: String?, body: Substring) {
        guard let colon = key.utf8.firstIndex(of: UInt8(ascii: ":")), key[..<colon] != "ipv6", !key.hasPrefix("[")
        else { return (nil, key[...]) }
        return (String(key[..<colon]), key[key.index(after: colon)...])
    }
}
