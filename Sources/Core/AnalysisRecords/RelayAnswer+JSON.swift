import JSONText
import MailTypes
import RelayAnalysis
import RelayPolicy

extension RelayAnswer {
    /// As `docs/json/who-can-relay.schema.json` describes it.
    public func json(of policy: Policy, at time: Instant, isNarrowed: Bool) -> JSONValue {
        let records = grants.map { Self.records($0, of: policy) }
        let sets = WrittenSets()
        return .object([
            .init("at", .string(time.rfc3339())),
            .init("narrowed", .bool(isNarrowed)),
            .init("strangersCanRelay", strangersCanRelay.json),
            .init("complete", .bool(records != nil)),
            .init("grants", records.map { .array($0.map { $0.json(sharing: sets) }) } ?? .null),
            .init("requestClasses", records.map { .number($0.count) } ?? .null),
            .init("effortSpentOn", effortSpent?.json(of: policy) ?? .null),
        ])
    }

    /// As `docs/json/worst.schema.json` describes it.
    public func json(worst: [ReachRecord]?, at time: Instant) -> JSONValue {
        .object([
            .init("at", .string(time.rfc3339())), .init("strangersCanRelay", strangersCanRelay.json),
            .init("complete", .bool(worst != nil)), .init("worst", worst.map { .array($0.map(\.json)) } ?? .null),
        ])
    }

    /// Users times patterns, of all classes together, up to which each login's senders are written out.
    private static let mostWrittenOut = 4_000_000

    /// With each login's senders written out, where that stays readable for a program.
    static func records(_ grants: [Grant], of policy: Policy) -> [GrantRecord] {
        var left = mostWrittenOut
        return grants.flatMap { grant -> [GrantRecord] in
            let recipients = grant.requests.recipients
            let size = recipients.exceptions.count + (recipients.patterns?.count ?? 0) + 1
            let cost = grant.requests.ownership.isEmpty ? 0 : policy.ownership.count * size
            let written = cost > left ? [grant] : grant.byOwner(under: [policy])
            if cost <= left { left -= cost }
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
        case .cannotTell: .string("cannot-tell")
        }
    }
}

extension EffortSpent {
    /// The rule at which the effort was spent, and how many that stand before it and meet it.
    public func json(of policy: Policy) -> JSONValue {
        guard let rule else { return .null }
        return .object([
            .init("name", .string(policy.relay[rule].name)), .init("at", .string(policy.relay[rule].at.lineReference)),
            .init("rulesBefore", .number(others.count)),
        ])
    }
}

extension RightsDifference {
    /// As `docs/json/diff.schema.json` describes it.
    public func json(from old: Policy, to new: Policy) -> JSONValue {
        let sets = WrittenSets()
        func changes(_ changes: [Change], _ policy: Policy) -> JSONValue {
            .array(changes.map { $0.json(of: policy, sharing: sets) })
        }
        return .object([
            .init("gained", changes(gained, new)), .init("lost", changes(lost, old)),
            .init("limits", .array(limits.map { $0.json(from: old, to: new) })),
            .init("deliveries", .array(deliveries.map(\.json))),
            .init("addressFormsDiffer", .bool(treatsAddressFormsOtherwise)), .init("complete", .bool(true)),
            .init("effortSpentOn", .null),
        ])
    }

    /// The same shape where the effort was spent.
    public static func unknown(_ spent: EffortSpent, from old: Policy, to new: Policy) -> JSONValue {
        .object([
            .init("gained", .null), .init("lost", .null), .init("limits", .null), .init("deliveries", .null),
            .init("addressFormsDiffer", .bool(old.tricks != new.tricks)), .init("complete", .bool(false)),
            .init("effortSpentOn", spent.json(of: spent.policy == 0 ? old : new)),
        ])
    }
}

extension LimitChange {
    /// The grant by the new policy, with the limits of both.
    func json(from old: Policy, to new: Policy) -> JSONValue {
        guard case .object(var members) = GrantRecord(grant, of: new).json else { return .null }
        let before = old.relay[oldRule]
        members += [
            .init("effect", .string(effect.rawValue)), .init("limits", .array(new.relay[grant.rule].limits.map(\.json))),
            .init(
                "before",
                .object([
                    .init("rule", .object([.init("name", .string(before.name)), .init("at", .string(before.at.lineReference))])),
                    .init("limits", .array(before.limits.map(\.json))),
                ])),
        ]
        return .object(members)
    }
}

extension Limit {
    fileprivate var json: JSONValue {
        .object([
            .init("count", .number(Int(clamping: count))), .init("unit", .string(unit.rawValue)),
            .init("seconds", .number(Int(window.components.seconds))), .init("each", .string(subject.rawValue)),
            .init("thenReject", .bool(thenReject)),
        ])
    }
}

extension DeliveryChange {
    fileprivate var json: JSONValue {
        .object([
            .init("gained", .bool(isGained)), .init("to", .string(domains.description)),
            .init("mailboxes", mailboxes.map { GrantRecord.strings($0.map { "\($0)" }) } ?? .null),
            .init("at", .string(entry.at.lineReference)),
        ])
    }
}

extension RightsDifference.Change {
    /// The grant, with what the other policy says to its witness. `policy` is the one that grants.
    public func json(of policy: Policy, sharing sets: WrittenSets = WrittenSets()) -> JSONValue {
        guard case .object(var members) = GrantRecord(grant, of: policy).json(sharing: sets) else { return .null }
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
