import DecisionRecords
import JSONText
import MailTypes
import RelayAnalysis
import RelayPolicy

/// A grant as `docs/json/who-can-relay.schema.json` describes it.
public struct GrantRecord: Sendable {
    public var rule: Decision.RuleReference
    public var requests: RequestClass
    public var risks: [Risk]
    public var witness: RelayRequest

    public init(_ grant: Grant, of policy: Policy) {
        let rule = policy.relay[grant.rule]
        self.rule = Decision.RuleReference(name: rule.name, at: rule.at)
        (requests, risks, witness) = (grant.requests, grant.risks, grant.witness)
    }

    public var json: JSONValue { json(sharing: WrittenSets()) }

    /// With `sets` as they were written for other grants, where they have them in common.
    public func json(sharing sets: WrittenSets) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("rule", .object([.init("name", .string(rule.name)), .init("at", .string(rule.at.lineReference))])),
            .init("client", sets.clients(requests.clients)),
            .init("name", requests.names.map { Self.names($0, noneWord: true) } ?? .null),
            .init("login", login),
            .init("pop", .bool(requests.pop == true)),
            .init("certificate", requests.certificates.each.first.map(Self.strings) ?? .null),
            .init("sender", sets.senders(requests.senders)),
            .init("to", sets.recipients(requests.recipients)),
            .init("listener", requests.listeners.map { .array($0.map(JSONValue.optional)) } ?? .null),
            .init("risks", .array(risks.map { .string($0.rawValue) })),
            .init("witness", TrialRequest(witness).json),
        ]
        members += rareMembers
        return .object(members)
    }

    /// What is said only where the class depends on it.
    private var rareMembers: [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        var onlyWithout: [String] = []
        if requests.logins.hasNone && requests.logins.isNoneAlone { onlyWithout.append("login") }
        if requests.pop == false { onlyWithout.append("pop") }
        if requests.tls == false { onlyWithout.append("tls") }
        if !onlyWithout.isEmpty { members.append(.init("onlyWithout", Self.strings(onlyWithout))) }
        if requests.logins.hasNone, requests.logins.names == nil, !requests.logins.exceptions.isEmpty {
            members.append(.init("exceptLogins", Self.strings(requests.logins.exceptions)))
        }
        if let mechanisms = requests.mechanisms { members.append(.init("mechanism", Self.words(mechanisms))) }
        if let logins = requests.popLogins { members.append(.init("popLogin", Self.words(logins))) }
        let certificates = requests.certificates
        if certificates.each.count > 1 || !certificates.none.isEmpty {
            members.append(
                .init(
                    "certificates",
                    .object([
                        .init("each", .array(certificates.each.map(Self.strings))),
                        .init("none", Self.strings(certificates.none)),
                    ])))
        }
        if requests.tls == true { members.append(.init("tls", .bool(true))) }
        if let helo = requests.helo { members.append(.init("helo", Self.names(helo, noneWord: false))) }
        if let statuses = requests.heloStatuses {
            members.append(.init("heloStatus", Self.strings(statuses.map(Self.word))))
        }
        if let local = requests.localAddresses {
            members.append(
                .init("localAddress", .object([.init("in", Self.addresses(local.set)), .init("none", .bool(local.hasNone))])))
        }
        for (key, set) in [("senderLocalParts", requests.senders), ("toLocalParts", requests.recipients)] {
            guard let parts = set.localParts else { continue }
            members.append(.init(key, Self.strings(parts.map { String(decoding: $0, as: UTF8.self) })))
        }
        if requests.recipients.hasSpecial, requests.recipients.patterns != nil || !requests.recipients.exceptions.isEmpty {
            members.append(.init("toPostmaster", .bool(true)))
        } else if !requests.recipients.hasSpecial, requests.recipients.patterns == nil, requests.recipients.exceptions.isEmpty {
            members.append(.init("toPostmaster", .bool(false)))
        }
        for claim in requests.ownership {
            members.append(.init(claim.by == .login ? "senderOwnedByLogin" : "senderOwnedByPOPLogin", .bool(claim.holds)))
        }
        return members
    }

    private var login: JSONValue {
        let logins = requests.logins
        if logins.hasNone { return .string("none") }
        if let names = logins.names { return Self.strings(names) }
        return logins.exceptions.isEmpty ? .string("any") : Self.set(nil, logins.exceptions)
    }

    // MARK: Sets

    static func addresses(_ set: AddressSet) -> JSONValue {
        .array(
            set.ranges.map { range in
                let networks = range.networks
                return .string(networks.count == 1 ? networks[0].description : "\(range.first)-\(range.last)")
            })
    }

    private static func names(_ set: PathSet, noneWord: Bool) -> JSONValue {
        let patterns = set.patterns?.map(host)
        if set.hasSpecial, patterns?.isEmpty == true, noneWord { return .string("none") }
        if let patterns, set.exceptions.isEmpty, !set.hasSpecial { return strings(patterns) }
        return .object([
            .init("in", patterns.map(strings) ?? .null), .init("except", strings(set.exceptions.map(host))),
            .init("none", .bool(set.hasSpecial)),
        ])
    }

    private static func host(_ pattern: PathPattern) -> String {
        if case .domain(let domain) = pattern { return domain.description }
        return pattern.description
    }

    fileprivate static func paths(_ set: PathSet, special: String?) -> JSONValue {
        var patterns = set.patterns?.map(\.description)
        var exceptions = set.exceptions.map(\.description)
        if let special {
            if set.hasSpecial { patterns?.append(special) } else if patterns == nil { exceptions.append(special) }
        }
        if let patterns, exceptions.isEmpty { return strings(patterns) }
        return self.set(patterns, exceptions)
    }

    private static func words(_ words: RequestClass.Words) -> JSONValue {
        words.words.map(strings) ?? set(nil, words.exceptions)
    }

    private static func set(_ members: [String]?, _ exceptions: [String]) -> JSONValue {
        .object([.init("in", members.map(strings) ?? .null), .init("except", strings(exceptions))])
    }

    static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

    private static func word(_ status: RelayRequest.HeloStatus) -> String {
        switch status {
        case .verified: "verified"
        case .unverified: "unverified"
        case .temporary: "temporary"
        case .unasked: "unasked"
        }
    }
}

/// Sets as JSON, each written once: hundreds of grants can share one of thousands of addresses or domains.
public final class WrittenSets {
    private var knownClients = Remembered<AddressSet, JSONValue>()
    private var knownSenders = Remembered<PathSet, JSONValue>()
    private var knownRecipients = Remembered<PathSet, JSONValue>()

    public init() {}

    fileprivate func clients(_ set: AddressSet) -> JSONValue { knownClients.value(of: set) { GrantRecord.addresses(set) } }
    fileprivate func senders(_ set: PathSet) -> JSONValue { knownSenders.value(of: set) { GrantRecord.paths(set, special: "<>") } }
    fileprivate func recipients(_ set: PathSet) -> JSONValue {
        knownRecipients.value(of: set) { GrantRecord.paths(set, special: nil) }
    }
}
