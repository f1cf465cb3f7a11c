import JSONText
import MailTypes

/// What no configuration file holds and a decision needs: names of the host, its domains and users, and what the DNS
/// would say. Given by hand (`--facts`); nil and empty mean that it was not said.
public struct ImportFacts: Hashable, Sendable {
    /// The product's version, as people write it: `4.01`, `8.17`.
    public var release: String?
    public var hostName: Domain?
    public var tcpipHostName: Domain?
    public var ownDomain: Domain?
    public var localDomains: [Domain]?
    /// Local parts, ASCII lower case.
    public var users: Set<String>?
    /// ASCII lower case mailbox → mailbox.
    public var aliases: [String: String] = [:]
    public var dns: DNS?

    /// What the DNS answers; a name that is not listed does not exist.
    public struct DNS: Hashable, Sendable {
        public var addresses: [Domain: [IPAddress]] = [:]
        public var names: [IPAddress: Domain] = [:]
        public var exchangers: [Domain: MX] = [:]
        public init() {}
    }

    public enum MX: Hashable, Sendable {
        case hosts([Domain])
        /// The lookup fails for now.
        case temporaryFailure
    }

    public init() {}

    /// Numbers at the front of `release`: `4.01b` is [4, 1]. Empty when it was not said.
    public var releaseNumbers: [Int] {
        guard let release else { return [] }
        var numbers: [Int] = []
        for part in release.drop(while: { !$0.isNumber }).split(separator: ".", omittingEmptySubsequences: false) {
            let digits = part.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits) else { break }
            numbers.append(number)
            if digits.count < part.count { break }
        }
        return numbers
    }

    /// Whether the release is at least `numbers`; nil when it was not said.
    public func isAtLeast(_ numbers: Int...) -> Bool? {
        let own = releaseNumbers
        guard !own.isEmpty else { return nil }
        for (index, number) in numbers.enumerated() {
            let ours = index < own.count ? own[index] : 0
            if ours != number { return ours > number }
        }
        return true
    }

    /// The domains whose mail the DNS brings to one of `hosts`, which is what MX-based relaying asks for.
    public func domainsServed(by hosts: Set<Domain>) -> [Domain] {
        guard let dns else { return [] }
        return dns.exchangers.compactMap { domain, answer in
            if case .hosts(let names) = answer, names.contains(where: hosts.contains) { domain } else { nil }
        }.sorted { "\($0)" < "\($1)" }
    }
}

extension ImportFacts {
    /// Reads the file of `--facts`. A key that is not known is an error, so that a misspelt one is noticed.
    public init(json: JSONValue) throws(ImportTrouble) {
        self.init()
        guard case .object(let members) = json else { throw ImportTrouble("facts: not a JSON object") }
        for member in members where member.value != .null {
            try read(member)
        }
    }

    private mutating func read(_ member: JSONValue.Member) throws(ImportTrouble) {
        let (name, value) = (member.name, member.value)
        switch name {
        case "release": release = try Self.string(value, name)
        case "hostName": hostName = try Self.domain(value, name)
        case "tcpipHostName": tcpipHostName = try Self.domain(value, name)
        case "ownDomain": ownDomain = try Self.domain(value, name)
        case "localDomains": localDomains = try Self.list(value, name, Self.domain)
        case "users": users = Set(try Self.list(value, name, Self.string).map { $0.lowercased() })
        case "aliases":
            for alias in try Self.members(value, name) {
                aliases[alias.name.lowercased()] = try Self.string(alias.value, "aliases.\(alias.name)")
            }
        case "dns": dns = try Self.dns(value)
        default:
            throw ImportTrouble(
                "facts: unknown key `\(name)`; known are release, hostName, tcpipHostName, ownDomain, localDomains, users, aliases, dns")
        }
    }

    private static func dns(_ value: JSONValue) throws(ImportTrouble) -> DNS {
        var dns = DNS()
        for part in try members(value, "dns") where part.value != .null {
            for entry in try members(part.value, "dns.\(part.name)") {
                let key = "dns.\(part.name).\(entry.name)"
                switch part.name {
                case "a": dns.addresses[try domain(.string(entry.name), key)] = try list(entry.value, key, address)
                case "ptr": dns.names[try address(.string(entry.name), key)] = try domain(entry.value, key)
                case "mx":
                    dns.exchangers[try domain(.string(entry.name), key)] =
                        entry.value == "tempfail" ? .temporaryFailure : .hosts(try list(entry.value, key, domain))
                default: throw ImportTrouble("facts: unknown key `dns.\(part.name)`; known are a, ptr, mx")
                }
            }
        }
        return dns
    }

    private static func members(_ value: JSONValue, _ key: String) throws(ImportTrouble) -> [JSONValue.Member] {
        guard case .object(let members) = value else { throw ImportTrouble("facts: `\(key)` is not an object") }
        return members
    }

    private static func string(_ value: JSONValue, _ key: String) throws(ImportTrouble) -> String {
        guard case .string(let text) = value else { throw ImportTrouble("facts: `\(key)` is not a string") }
        return text
    }

    private static func domain(_ value: JSONValue, _ key: String) throws(ImportTrouble) -> Domain {
        var text = try string(value, key)
        if text.hasSuffix(".") { text.removeLast() }
        guard let domain = Domain(text) else { throw ImportTrouble("facts: `\(text)` in `\(key)` is not a domain") }
        return domain
    }

    private static func address(_ value: JSONValue, _ key: String) throws(ImportTrouble) -> IPAddress {
        let text = try string(value, key)
        guard let address = IPAddress(text) else { throw ImportTrouble("facts: `\(text)` in `\(key)` is not an address") }
        return address.unmapped
    }

    private static func list<Element>(
        _ value: JSONValue, _ key: String, _ read: (JSONValue, String) throws(ImportTrouble) -> Element
    ) throws(ImportTrouble) -> [Element] {
        guard case .array(let values) = value else { throw ImportTrouble("facts: `\(key)` is not an array") }
        var elements: [Element] = []
        for value in values { elements.append(try read(value, key)) }
        return elements
    }
}
