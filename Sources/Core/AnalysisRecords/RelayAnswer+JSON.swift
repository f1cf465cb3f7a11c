import JSONText
import MailTypes
import RelayAnalysis
import RelayPolicy

extension RelayAnswer {
    /// As `docs/json/who-can-relay.schema.json` describes it.
    public func json(of policy: Policy, at time: Instant, isNarrowed: Bool) -> JSONValue {
        let records = Self.records(grants, of: policy)
        return .object([
            .init("at", .string(time.rfc3339())),
            .init("narrowed", .bool(isNarrowed)),
            .init("strangersCanRelay", strangersCanRelay.json),
            .init("grants", .array(records.map(\.json))),
            .init("requestClasses", .number(records.count)),
        ])
    }

    /// As `docs/json/worst.schema.json` describes it.
    public func json(worst: [ReachRecord], at time: Instant) -> JSONValue {
        .object([
            .init("at", .string(time.rfc3339())), .init("strangersCanRelay", strangersCanRelay.json),
            .init("worst", .array(worst.map(\.json))),
        ])
    }

    /// Users times patterns up to which each login's senders are written out.
    private static let mostWrittenOut = 2_000_000

    /// With each login's senders written out, where that stays readable for a program.
    static func records(_ grants: [Grant], of policy: Policy) -> [GrantRecord] {
        grants.flatMap { grant -> [GrantRecord] in
            let recipients = grant.requests.recipients
            let size = recipients.exceptions.count + (recipients.patterns?.count ?? 0) + 1
            let written =
                policy.ownership.count * size > mostWrittenOut ? [grant] : grant.byOwner(under: [policy])
            return written.map { GrantRecord($0, of: policy) }
        }
    }
}

extension StrangersAnswer {
    var json: JSONValue {
        switch self {
        case .no: .bool(false)
        case .yes: .bool(true)
        case .asTheServerBehind: .string("as-the-server-behind")
        }
    }
}

extension RightsDifference {
    /// As `docs/json/diff.schema.json` describes it.
    public func json(from old: Policy, to new: Policy) -> JSONValue {
        func changes(_ changes: [Change], _ policy: Policy) -> JSONValue { .array(changes.map { $0.json(of: policy) }) }
        return .object([
            .init("gained", changes(gained, new)), .init("lost", changes(lost, old)),
            .init("addressFormsDiffer", .bool(treatsAddressFormsOtherwise)),
        ])
    }
}

extension RightsDifference.Change {
    /// The grant, with what the other policy says to its witness. `policy` is the one that grants.
    public func json(of policy: Policy) -> JSONValue {
        guard case .object(var members) = GrantRecord(grant, of: policy).json else { return .null }
        let rule = otherwise.rule.map { rule in
            JSONValue.object([.init("name", .string(rule.name)), .init("at", .string(rule.at.lineReference))])
        }
        members.append(
            .init(
                "otherwise",
                .object([
                    .init("verdict", .string(otherwise.verdict.rawValue)),
                    .init("reason", .string(otherwise.reason.rawValue)), .init("rule", rule ?? .null),
                ])))
        return .object(members)
    }
}
