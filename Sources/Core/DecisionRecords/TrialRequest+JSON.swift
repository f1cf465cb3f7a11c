import JSONText
import MailTypes
import RelayPolicy

/// Why a request cannot be read. For people, lower case, no full stop.
public struct RequestProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}

extension TrialRequest {
    /// Every key of `docs/json/try-request.schema.json`.
    public static let keys = [
        "client", "sender", "to", "name", "nameStatus", "helo", "heloStatus", "login", "mechanism", "pop",
        "certificate", "tls", "at", "listener", "local", "toBase64", "senderBase64",
    ]

    /// One line of `try --batch`.
    public init(parsing line: [UInt8], now: Instant) throws(RequestProblem) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: line)
        } catch {
            throw RequestProblem("not JSON: \(error)")
        }
        try self.init(value, now: now)
    }

    /// A key that is null is the same as one that is not there. An unknown key is an error: a fact that is
    /// misspelt and so left out would make the answer one about another request.
    public init(_ value: JSONValue, now: Instant) throws(RequestProblem) {
        let keys = try RequestKeys(value)
        guard let client = try keys.address("client") else { throw RequestProblem("`client` is missing") }
        let time = try keys.instant("at") ?? now
        var facts = RelayRequest(client: client.unmapped, forwardPath: WrittenPath(.postmaster), now: time)
        facts.clientName = try keys.clientName()
        facts.localAddress = try keys.address("local")?.unmapped
        facts.listener = try keys.word("listener")
        facts.helo = try keys.word("helo").map { Array($0.utf8) }
        facts.heloStatus = try keys.heloStatus()
        facts.login = try keys.login()
        facts.certificates = try keys.certificates()
        // Nobody shows a certificate without TLS.
        facts.tlsVersion = try keys.word("tls") ?? (facts.certificates.isEmpty ? nil : "TLSv1.3")
        facts.popLogin = try keys.popLogin()
        guard let sender = try keys.bytes("sender") else {
            throw RequestProblem("`sender` is missing; the null reverse-path is \"<>\"")
        }
        guard let to = try keys.bytes("to") else { throw RequestProblem("`to` is missing") }
        self.init(facts: facts, sender: sender, to: to)
    }
}

/// The members of a request, each taken as what it must be.
private struct RequestKeys {
    private let members: [String: JSONValue]

    init(_ value: JSONValue) throws(RequestProblem) {
        guard case .object(let object) = value else { throw RequestProblem("a request is a JSON object") }
        var members: [String: JSONValue] = [:]
        for member in object {
            guard TrialRequest.keys.contains(member.name) else {
                throw RequestProblem("unknown key `\(EscapedText.forTerminal(member.name))`")
            }
            if member.value != .null { members[member.name] = member.value }
        }
        self.members = members
    }

    func text(_ key: String) throws(RequestProblem) -> String? {
        switch members[key] {
        case nil: return nil
        case .string(let text)?: return text
        case _?: throw RequestProblem("`\(key)` is a string")
        }
    }

    /// Text that says something: an empty login is not "no login".
    func word(_ key: String) throws(RequestProblem) -> String? {
        let text = try text(key)
        if text?.isEmpty == true { throw RequestProblem("`\(key)` is empty; leave it out or write null") }
        return text
    }

    func address(_ key: String) throws(RequestProblem) -> IPAddress? {
        guard let text = try text(key) else { return nil }
        guard let address = IPAddress(text) else { throw refusal(of: text, key, "an IP address") }
        return address
    }

    func instant(_ key: String) throws(RequestProblem) -> Instant? {
        guard let text = try text(key) else { return nil }
        guard let instant = Instant(text) else {
            throw refusal(of: text, key, "a time such as 2026-11-24T12:35:52Z")
        }
        return instant
    }

    /// The bytes of `key`, or of its twin `…Base64` for what is not text.
    func bytes(_ key: String) throws(RequestProblem) -> [UInt8]? {
        let encodedKey = key + "Base64"
        let plain = try text(key)
        guard let encoded = try text(encodedKey) else { return plain.map { Array($0.utf8) } }
        if plain != nil { throw RequestProblem("`\(key)` and `\(encodedKey)` exclude each other") }
        guard let bytes = Base64.decoded(Array(encoded.utf8)) else {
            throw RequestProblem("`\(encodedKey)` is not Base64")
        }
        return bytes
    }

    private func refusal(of text: String, _ key: String, _ wanted: String) -> RequestProblem {
        RequestProblem("`\(EscapedText.forTerminal(String(text.prefix(80))))` is not \(wanted) (`\(key)`)")
    }
}

// Facts with a status beside them.
extension RequestKeys {
    /// A name alone is confirmed, no name is absent.
    func clientName() throws(RequestProblem) -> RelayRequest.ClientName {
        var name: Domain?
        if let text = try text("name") {
            guard let domain = Domain(text) else { throw refusal(of: text, "name", "a host name") }
            name = domain
        }
        switch (try text("nameStatus"), name) {
        case (nil, nil): return .absent
        case (nil, let name?), ("confirmed", let name?): return .confirmed(name)
        case ("confirmed", nil): throw RequestProblem("`nameStatus` confirmed needs a `name`")
        case ("absent", nil): return .absent
        case ("absent", _?): throw RequestProblem("`nameStatus` absent contradicts `name`")
        case ("forged", _): return .forged
        case ("temporary", let name): return .temporary(name)
        case (let word?, _): throw refusal(of: word, "nameStatus", "confirmed, absent, forged or temporary")
        }
    }

    func heloStatus() throws(RequestProblem) -> RelayRequest.HeloStatus {
        switch try text("heloStatus") {
        case nil: return .unasked
        case "verified": return .verified
        case "unverified": return .unverified
        case "temporary": return .temporary
        case let word?: throw refusal(of: word, "heloStatus", "verified, unverified or temporary")
        }
    }

    func login() throws(RequestProblem) -> RelayRequest.Fact<RelayRequest.Login> {
        let mechanism = try word("mechanism")
        guard let name = try word("login") else {
            if mechanism != nil { throw RequestProblem("`mechanism` is that of a login, and `login` is missing") }
            return .absent
        }
        return .known(RelayRequest.Login(name: name, mechanism: mechanism.map(ASCIICase.upper)))
    }

    /// `true`, or the login's name.
    func popLogin() throws(RequestProblem) -> RelayRequest.Fact<RelayRequest.POPLogin> {
        switch members["pop"] {
        case nil, .bool(false)?: return .absent
        case .bool(true)?: return .known(RelayRequest.POPLogin(name: nil))
        case .string(let name)? where !name.isEmpty: return .known(RelayRequest.POPLogin(name: name))
        case _?: throw RequestProblem("`pop` is true or a login")
        }
    }

    func certificates() throws(RequestProblem) -> [String] {
        var words: [String] = []
        switch members["certificate"] {
        case nil: return []
        case .string(let word)?: words = [word]
        case .array(let elements)?:
            for element in elements {
                guard case .string(let word) = element else {
                    throw RequestProblem("`certificate` is a string or a list of strings")
                }
                words.append(word)
            }
        case _?: throw RequestProblem("`certificate` is a string or a list of strings")
        }
        if words.contains("") { throw RequestProblem("`certificate` is empty; leave it out or write null") }
        return words.map { CertificateWord.canonical($0) ?? ASCIICase.lower($0) }
    }
}

/// Case of ASCII letters alone: the library's own would turn a dotless i into an `I` and a Kelvin sign into a `k`.
private enum ASCIICase {
    static func upper(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x61...0x7a).contains($0) ? $0 - 32 : $0 }, as: UTF8.self)
    }

    static func lower(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x41...0x5a).contains($0) ? $0 + 32 : $0 }, as: UTF8.self)
    }
}
