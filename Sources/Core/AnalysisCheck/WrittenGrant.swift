import JSONText
import MailTypes
import RelayPolicy

/// Why an answer of `who-can-relay --json` cannot be read. For people, lower case, no full stop.
public struct AnswerProblem: Error, Hashable, Sendable, CustomStringConvertible {
    public let message: String
    public init(_ message: String) { self.message = message }
    public var description: String { message }
}

/// One grant as the JSON has it, read by itself: nothing here is shared with the analysis that wrote it. A class, since
/// to ask a value with so many parts is to copy it.
final class WrittenGrant {
    let rule: String
    private let clients: AddressSet
    private let name: WrittenPaths?
    private let nameIsNone: Bool
    private let login: WrittenWords?
    private let needsLogin: Bool
    private let mechanism: WrittenWords?
    private let needsPOP: Bool
    private let popLogin: WrittenWords?
    /// Of each list one.
    private let certificates: [Set<String>]
    private let noCertificates: Set<String>
    private let sender: WrittenPaths
    private let to: WrittenPaths
    private let toPostmaster: Bool
    private let listeners: [String?]?
    private let without: Set<String>
    private let needsTLS: Bool
    private let helo: WrittenPaths?
    private let heloStatuses: Set<String>?
    private let localAddresses: (set: AddressSet, none: Bool)?
    private let owned: [(isPOP: Bool, holds: Bool)]

    private static let keys: Set<String> = [
        "rule", "client", "name", "login", "pop", "certificate", "sender", "to", "listener", "risks", "witness",
        "onlyWithout", "exceptLogins", "mechanism", "popLogin", "certificates", "tls", "helo", "heloStatus",
        "localAddress", "senderLocalParts", "toLocalParts", "toPostmaster", "senderOwnedByLogin", "senderOwnedByPOPLogin",
    ]

    init(_ json: JSONValue) throws(AnswerProblem) {
        guard case .object(let members) = json else { throw AnswerProblem("a grant is an object") }
        for member in members where !Self.keys.contains(member.name) {
            // A condition that is not understood would be taken for none.
            throw AnswerProblem("unknown key `\(member.name)` in a grant")
        }
        guard case .string(let rule)? = json["rule"]?["name"] else { throw AnswerProblem("a grant without the name of its rule") }
        self.rule = rule
        clients = try Self.addresses(json["client"], "client")
        nameIsNone = json["name"] == .string("none")
        name = nameIsNone ? nil : try Self.optional(json["name"]) { value throws(AnswerProblem) in try WrittenPaths(value, nil) }
        switch json["login"] {
        case .string("none")?:
            needsLogin = false
            login = try Self.optional(json["exceptLogins"]) { value throws(AnswerProblem) in
                WrittenWords(words: nil, except: try Self.strings(value))
            }
        case .string("any")?: (needsLogin, login) = (true, nil)
        case let value?: (needsLogin, login) = (true, try WrittenWords(value))
        case nil: throw AnswerProblem("a grant without `login`")
        }
        mechanism = try Self.optional(json["mechanism"]) { value throws(AnswerProblem) in try WrittenWords(value) }
        needsPOP = json["pop"] == .bool(true)
        popLogin = try Self.optional(json["popLogin"]) { value throws(AnswerProblem) in try WrittenWords(value) }
        var each: [Set<String>] = []
        if let list = json["certificate"], list != .null { each.append(Set(try Self.strings(list))) }
        if case .array(let lists)? = json["certificates"]?["each"] {
            each = []
            for list in lists { each.append(Set(try Self.strings(list))) }
        }
        certificates = each
        noCertificates = Set(try Self.strings(json["certificates"]?["none"] ?? .array([])))
        sender = try WrittenPaths(json["sender"] ?? .null, json["senderLocalParts"])
        to = try WrittenPaths(json["to"] ?? .null, json["toLocalParts"])
        toPostmaster = json["toPostmaster"].map { $0 == .bool(true) } ?? to.isEverything
        if case .array(let names)? = json["listener"] {
            listeners = names.map { if case .string(let name) = $0 { name } else { nil } }
        } else {
            listeners = nil
        }
        without = Set(try Self.strings(json["onlyWithout"] ?? .array([])))
        needsTLS = json["tls"] == .bool(true)
        helo = try Self.optional(json["helo"]) { value throws(AnswerProblem) in try WrittenPaths(value, nil) }
        heloStatuses = try Self.optional(json["heloStatus"]) { value throws(AnswerProblem) in Set(try Self.strings(value)) }
        localAddresses = try Self.optional(json["localAddress"]) { value throws(AnswerProblem) in
            (try Self.addresses(value["in"], "localAddress"), value["none"] == .bool(true))
        }
        owned = [("senderOwnedByLogin", false), ("senderOwnedByPOPLogin", true)].compactMap { key, isPOP in
            json[key].map { (isPOP, $0 == .bool(true)) }
        }
    }

    /// Whether the request, whose recipient is `path` in canonical form, is one of those that the grant speaks of.
    func holds(_ request: RelayRequest, to path: ForwardPath, listener: String?, under policy: Policy) -> Bool {
        guard clients.contains(request.client) else { return false }
        if let listeners, !listeners.contains(listener) { return false }
        if needsTLS && request.tlsVersion == nil || without.contains("tls") && request.tlsVersion != nil { return false }
        guard certificates.allSatisfy({ !$0.isDisjoint(with: request.certificates) }),
            noCertificates.isDisjoint(with: request.certificates)
        else { return false }
        return holdsNames(request) && holdsLogins(request, policy) && sender.hold(request.reversePath)
            && (path == .postmaster ? toPostmaster : to.hold(path))
    }

    private func holdsNames(_ request: RelayRequest) -> Bool {
        var confirmed: Domain?
        if case .confirmed(let name) = request.clientName { confirmed = name }
        if nameIsNone, confirmed != nil { return false }
        if let name, !name.hold(name: confirmed) { return false }
        if let helo, !helo.hold(name: request.helo.flatMap { try? Domain(parsing: $0) }) { return false }
        let status: String =
            switch request.heloStatus {
            case .verified: "verified"
            case .unverified: "unverified"
            case .temporary: "temporary"
            case .unasked: "unasked"
            }
        if let heloStatuses, !heloStatuses.contains(status) { return false }
        guard let localAddresses else { return true }
        return request.localAddress.map(localAddresses.set.contains) ?? localAddresses.none
    }

    private func holdsLogins(_ request: RelayRequest, _ policy: Policy) -> Bool {
        var (name, popName): (String?, String?)
        if case .known(let known) = request.login {
            name = known.name
            if without.contains("login") || !(login?.hold(known.name) ?? true) { return false }
            if let mechanism, !mechanism.hold(known.mechanism) { return false }
        } else if needsLogin {
            return false
        }
        if case .known(let known) = request.popLogin {
            popName = known.name
            if without.contains("pop") || !(popLogin?.hold(known.name) ?? true) { return false }
        } else if needsPOP {
            return false
        }
        return owned.allSatisfy { isPOP, holds in
            let isLoggedIn = isPOP ? request.popLogin != .absent : request.login != .absent
            return (isLoggedIn && policy.login(isPOP ? popName : name, owns: request.reversePath)) == holds
        }
    }

    // MARK: Reading

    static func strings(_ json: JSONValue) throws(AnswerProblem) -> [String] {
        guard case .array(let elements) = json else { throw AnswerProblem("a list of strings is something else") }
        var strings: [String] = []
        for element in elements {
            guard case .string(let text) = element else { throw AnswerProblem("a list of strings holds something else") }
            strings.append(text)
        }
        return strings
    }

    private static func addresses(_ json: JSONValue?, _ key: String) throws(AnswerProblem) -> AddressSet {
        var ranges: [IPRange] = []
        for text in try strings(json ?? .null) {
            guard let range = try? AddressSet.parse(text) else { throw AnswerProblem("`\(text)` is no network (`\(key)`)") }
            ranges.append(range)
        }
        return AddressSet(ranges)
    }

    private static func optional<Value>(
        _ json: JSONValue?, _ read: (JSONValue) throws(AnswerProblem) -> Value
    ) throws(AnswerProblem) -> Value? {
        guard let json, json != .null else { return nil }
        return try read(json)
    }
}
