import JSONText
import MailTypes
import RelayAnalysis
import RelayPolicy

/// The answer of `who-can-relay --worst`: as `docs/json/worst.schema.json` describes it, and for people.
public struct ReachRecord {
    private let reach: Reach
    private let policy: Policy
    public init(_ reach: Reach, of policy: Policy) { (self.reach, self.policy) = (reach, policy) }

    public var json: JSONValue {
        func number(_ count: UInt64?) -> JSONValue { count.map { .number(Int(clamping: $0)) } ?? .null }
        return .object([
            .init("holder", holder),
            .init(
                "rules",
                .array(
                    reach.rules.map { index in
                        let rule = policy.relay[index]
                        return .object([.init("name", .string(rule.name)), .init("at", .string(rule.at.lineReference))])
                    })),
            .init("recipientsAnHour", number(reach.anHour)), .init("recipientsADay", number(reach.aDay)),
        ])
    }

    private var holder: JSONValue {
        switch reach.holder {
        case .login(let names): .object([.init("login", names.map(GrantRecord.strings) ?? .string("any other"))])
        case .certificate(let words): .object([.init("certificate", GrantRecord.strings(words))])
        case .pop: .object([.init("pop", .bool(true))])
        case .client(let set): .object([.init("client", GrantRecord.addresses(set))])
        case .name: .object([.init("name", .bool(true))])
        }
    }

    /// `without limit   each login: anna bert   "staff"`
    public var line: String {
        let who: String =
            switch reach.holder {
            case .login(let names): names.map { ($0.count > 1 ? "each login: " : "login ") + GrantText.short($0) } ?? "any other login"
            case .certificate(let words): "certificate \(GrantText.short(words))"
            case .pop: "each recent POP login"
            case .client(let set): "each client in \(GrantText.addresses(set))"
            case .name: "each confirmed name"
            }
        let amount =
            reach.aDay.map { day in "\(reach.anHour.map(String.init) ?? "any number") an hour, \(day) a day" } ?? "without limit"
        let rules = GrantText.short(reach.rules.map { "\"\(policy.relay[$0].name)\"" })
        return "\(amount): \(who), by \(rules)"
    }
}
