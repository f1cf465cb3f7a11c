import JSONText
import MailTypes
import RelayPolicy

extension DecisionRecord {
    /// Facts that few requests have, under the names that a trial request has for them; none that says nothing. With
    /// them the record can be judged again.
    var rareFacts: [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        func add(_ key: String, _ value: JSONValue) { members.append(.init(key, value)) }
        switch request.clientName {
        case .confirmed, .absent: break
        case .forged: add("nameStatus", .string("forged"))
        case .temporary: add("nameStatus", .string("temporary"))
        }
        switch request.heloStatus {
        case .unasked: break
        case .verified: add("heloStatus", .string("verified"))
        case .unverified: add("heloStatus", .string("unverified"))
        case .temporary: add("heloStatus", .string("temporary"))
        }
        if case .known(let login) = request.login, let mechanism = login.mechanism {
            add("mechanism", .string(mechanism))
        }
        if case .known(let login) = request.popLogin { add("pop", login.name.map(JSONValue.string) ?? .bool(true)) }
        if let local = request.localAddress { add("local", .string(local.description)) }
        if !Self.isText(forwardPathGiven) { add("toBase64", .string(Base64.encoded(forwardPathGiven))) }
        let sender = unreadableReversePath ?? request.reversePath.wireForm
        if !Self.isText(sender) { add("senderBase64", .string(Base64.encoded(sender))) }
        return members
    }

    private static func isText(_ bytes: [UInt8]) -> Bool { String(validating: bytes, as: UTF8.self) != nil }
}
