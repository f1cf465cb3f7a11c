import MailTypes

/// What the access map holds for one tag, by the way in which it is looked up. A tagged key hides the same one without
/// a tag.
struct SendmailAccessTable {
    typealias Entry = SendmailAccessMap.Entry

    /// Whole names, then parents, one label at a time.
    private(set) var hosts: [HostPattern: Entry] = [:]
    /// Whole addresses, then one octet or group less.
    private(set) var networks: [SendmailNetwork: Entry] = [:]
    /// `[192.0.2.1]`: the name that a client without a confirmed one has.
    private(set) var bracketed: [SendmailNetwork: Entry] = [:]
    /// `user@domain`
    private(set) var mailboxes: [Mailbox: Entry] = [:]
    /// `user@`
    private(set) var users: [[UInt8]: Entry] = [:]
    private var ranks: [HostPattern: Int] = [:]

    init(_ model: Sendmail89Model, _ tag: SendmailAccessMap.Tag, taggedOnly: Bool = false) {
        guard model.has(.accessDB) else { return }
        let isDotted = model.has(.lookupDotDomain)
        for (entry, key) in zip(model.access.entries, model.access.keys) {
            guard key.tag == tag.rawValue || key.tag == nil && !taggedOnly else { continue }
            add(entry, key.body, isTagged: key.tag != nil, isDotted: isDotted)
        }
    }

    private mutating func add(_ entry: Entry, _ body: SendmailKey?, isTagged: Bool, isDotted: Bool) {
        switch body {
        case .host(let domain):
            put(entry, HostPattern(domain: domain, isBelow: false), rank: isTagged ? 0 : 1)
            put(entry, HostPattern(domain: domain, isBelow: true), rank: isTagged ? 2 : 3)
        case .below(let domain):
            if isDotted { put(entry, HostPattern(domain: domain, isBelow: true), rank: isTagged ? 0 : 1) }
        case .network(let network):
            if isTagged || networks[network] == nil { networks[network] = entry }
        case .bracketed(let network):
            if isTagged || bracketed[network] == nil { bracketed[network] = entry }
        case .mailbox(let mailbox):
            if isTagged || mailboxes[mailbox] == nil { mailboxes[mailbox] = entry }
        case .user(let user):
            if isTagged || users[user] == nil { users[user] = entry }
        case nil: break
        }
    }

    private mutating func put(_ entry: Entry, _ pattern: HostPattern, rank: Int) {
        guard rank < ranks[pattern] ?? .max else { return }
        ranks[pattern] = rank
        hosts[pattern] = entry
    }

    /// Entries for names that `pattern` lies below, nearest first.
    func ancestors(of pattern: HostPattern) -> [Entry] {
        var found: [Entry] = []
        var domain = pattern.domain.parent
        while let next = domain {
            if let entry = hosts[HostPattern(domain: next, isBelow: true)] { found.append(entry) }
            domain = next.parent
        }
        return found
    }

    /// Entries for the name itself and what it lies below, nearest first.
    func walk(_ domain: Domain) -> [Entry] {
        let pattern = HostPattern(domain: domain, isBelow: false)
        return (hosts[pattern].map { [$0] } ?? []) + ancestors(of: pattern)
    }

    func ancestors(of network: SendmailNetwork) -> [(network: SendmailNetwork, entry: Entry)] {
        var found: [(SendmailNetwork, Entry)] = []
        var wider = network.parent
        while let next = wider {
            if let entry = networks[next] { found.append((next, entry)) }
            wider = next.parent
        }
        return found
    }
}

/// The forms of a key's body, in lower case.
enum SendmailKey: Hashable {
    case host(Domain)
    /// `.domain`, of use with lookupdotdomain only.
    case below(Domain)
    case network(SendmailNetwork)
    case bracketed(SendmailNetwork)
    case mailbox(Mailbox)
    case user([UInt8])

    /// Nil for text that no lookup ever asks for.
    init?(_ body: Substring) {
        let bytes = body.utf8
        if let at = bytes.lastIndex(of: UInt8(ascii: "@")) {
            let (user, domain) = (bytes[..<at], body[bytes.index(after: at)...])
            // No path on the wire has a longer local part, and the language writes no other characters.
            guard !user.isEmpty, user.count <= 62, user.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
            if domain.utf8.isEmpty {
                self = .user(Array(user))
            } else {
                guard let domain = Domain(String(domain)) else { return nil }
                self = .mailbox(Mailbox(localPart: Array(user), domain: domain))
            }
        } else if bytes.first == UInt8(ascii: "["), bytes.last == UInt8(ascii: "]") {
            guard let network = SendmailNetwork(bytes: bytes.dropFirst().dropLast()) else { return nil }
            self = .bracketed(network)
        } else if let network = SendmailNetwork(bytes: bytes) {
            self = .network(network)
        } else if bytes.first == UInt8(ascii: ".") {
            guard let domain = Domain(String(body.dropFirst())) else { return nil }
            self = .below(domain)
        } else {
            guard let domain = Domain(String(body)) else { return nil }
            self = .host(domain)
        }
    }
}
