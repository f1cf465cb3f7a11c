import DecisionRecords
import JSONText
import MailTypes
import RelayPolicy

extension DecisionRecord {
    /// Whether `RareFacts` has anything to say: cheap to ask, since the answer is nearly always no.
    var hasRareFacts: Bool {
        // By patterns: to compare generic values costs more than to write a row.
        if case .absent = request.clientName {} else { return true }
        if case .unasked = request.heloStatus {} else { return true }
        if case .absent = request.popLogin {} else { return true }
        switch request.login {
        case .absent: break
        case .known(let login): if login.mechanism != nil { return true }
        case .unknown: return true
        }
        return !request.certificates.isEmpty || request.clockIsBehind || unreadableReversePath != nil
            || decision.observed || decision.wouldHaveBeen != nil
    }
}

/// Facts that most decisions do not have: the column `more`.
struct RareFacts {
    private var members: [JSONValue.Member] = []

    /// Nil when there are none.
    var json: JSONValue? { members.isEmpty ? nil : .object(members) }

    init(_ record: DecisionRecord) {
        let (request, decision) = (record.request, record.decision)
        switch request.clientName {
        case .absent: break
        case .confirmed(let name): add("name", .string(name.description))
        case .forged: add("nameStatus", .string("forged"))
        case .temporary(let name):
            add("nameStatus", .string("temporary"))
            if let name { add("name", .string(name.description)) }
        }
        switch request.heloStatus {
        case .unasked: break
        case .verified: add("heloStatus", .string("verified"))
        case .unverified: add("heloStatus", .string("unverified"))
        case .temporary: add("heloStatus", .string("temporary"))
        }
        switch request.login {
        case .known(let login): if let mechanism = login.mechanism { add("mechanism", .string(mechanism)) }
        case .absent: break
        case .unknown: add("loginUnknown", .bool(true))
        }
        switch request.popLogin {
        case .known(let login): add("pop", login.name.map(JSONValue.string) ?? .bool(true))
        case .absent: break
        case .unknown: add("popUnknown", .bool(true))
        }
        if !request.certificates.isEmpty {
            add("certificates", .array(request.certificates.map(JSONValue.string)))
        }
        if request.clockIsBehind { add("clockIsBehind", .bool(true)) }
        if record.unreadableReversePath != nil { add("senderIsNoPath", .bool(true)) }
        if decision.observed { add("observed", .bool(true)) }
        if let would = decision.wouldHaveBeen {
            add("wouldReason", .string(would.reason.rawValue))
            if let rule = would.rule {
                add("wouldRule", .string(rule.name))
                add("wouldPlace", .string(rule.at.lineReference))
            }
        }
    }

    private mutating func add(_ name: String, _ value: JSONValue) { members.append(.init(name, value)) }
}
