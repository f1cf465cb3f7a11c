import JSONText
import MailTypes
import RelayPolicy

extension TrialRequest {
    /// A request as a line of `try --batch`, which reads it back as the same.
    public static func json(of request: RelayRequest) -> JSONValue {
        var members: [JSONValue.Member] = [.init("client", .string(request.client.description))]
        func add(_ key: String, _ text: String?) {
            if let text { members.append(.init(key, .string(text))) }
        }
        switch request.clientName {
        case .confirmed(let name): add("name", name.description)
        case .absent: break
        case .forged: add("nameStatus", "forged")
        case .temporary(let name):
            add("name", name?.description)
            add("nameStatus", "temporary")
        }
        add("helo", request.helo.map { String(decoding: $0, as: UTF8.self) })
        switch request.heloStatus {
        case .verified: add("heloStatus", "verified")
        case .unverified: add("heloStatus", "unverified")
        case .temporary: add("heloStatus", "temporary")
        case .unasked: break
        }
        if case .known(let login) = request.login {
            add("login", login.name)
            add("mechanism", login.mechanism)
        }
        if case .known(let login) = request.popLogin {
            members.append(.init("pop", login.name.map(JSONValue.string) ?? .bool(true)))
        }
        if request.certificates.count == 1 {
            add("certificate", request.certificates[0])
        } else if !request.certificates.isEmpty {
            members.append(.init("certificate", .array(request.certificates.map(JSONValue.string))))
        }
        add("tls", request.tlsVersion)
        add("listener", request.listener)
        add("local", request.localAddress?.description)
        add("sender", request.reversePath.description)
        add("to", request.forwardPath.path.description)
        add("at", request.now.rfc3339())
        return .object(members)
    }
}
