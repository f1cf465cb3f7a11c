import JSONText
import MailTypes
import RelayPolicy

extension TrialRequest {
    /// The request that a session came to, with its paths as they are sent on.
    public init(_ request: RelayRequest) {
        self.init(facts: request, sender: request.reversePath.wireForm, to: request.forwardPath.path.wireForm)
    }

    /// The request of a decision, with its paths as they were given.
    public init(_ record: DecisionRecord) {
        self.init(
            facts: record.request, sender: record.unreadableReversePath ?? record.request.reversePath.wireForm,
            to: record.forwardPathGiven)
    }

    /// The request as `docs/json/try-request.schema.json` describes it, without keys that say nothing. It is read as
    /// itself, but for a fact that the store could not say.
    public var json: JSONValue {
        var members: [JSONValue.Member] = [.init("client", .string(facts.client.description))]
        func add(_ key: String, _ text: String?) { if let text { members.append(.init(key, .string(text))) } }
        members.append(Self.path("sender", sender))
        members.append(Self.path("to", to))
        let (name, status) = nameAndStatus
        add("name", name)
        add("nameStatus", status)
        add("helo", facts.helo.flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) })
        add("heloStatus", heloStatus)
        if case .known(let login) = facts.login {
            add("login", login.name)
            add("mechanism", login.mechanism)
        }
        if case .known(let login) = facts.popLogin {
            members.append(.init("pop", login.name.map(JSONValue.string) ?? .bool(true)))
        }
        if facts.certificates.count == 1 { add("certificate", facts.certificates[0]) }
        if facts.certificates.count > 1 {
            members.append(.init("certificate", .array(facts.certificates.map(JSONValue.string))))
        }
        add("tls", facts.tlsVersion)
        add("at", facts.now.rfc3339(milliseconds: facts.now.nanoseconds != 0))
        add("listener", facts.listener)
        add("local", facts.localAddress?.description)
        return .object(members)
    }

    private static func path(_ key: String, _ bytes: [UInt8]) -> JSONValue.Member {
        if let text = String(validating: bytes, as: UTF8.self) { return .init(key, .string(text)) }
        return .init(key + "Base64", .string(Base64.encoded(bytes)))
    }

    private var nameAndStatus: (String?, String?) {
        switch facts.clientName {
        case .confirmed(let name): (name.description, nil)
        case .absent: (nil, nil)
        case .forged: (nil, "forged")
        case .temporary(let name): (name?.description, "temporary")
        }
    }

    private var heloStatus: String? {
        switch facts.heloStatus {
        case .verified: "verified"
        case .unverified: "unverified"
        case .temporary: "temporary"
        case .unasked: nil
        }
    }
}
