import AnalysisRecords
import ConfigImport
import JSONText
import RelayAnalysis

extension ConfigAudit {
    /// As `docs/json/audit.schema.json` describes it.
    public func json(ignoring ignored: [AuditFinding: IgnoreList.Entry]) -> JSONValue {
        let sets = WrittenSets()
        return .object([
            .init("system", .string(imported.system.rawValue)),
            .init("reading", .optional(imported.notes.reading)),
            .init("verdict", .string(verdict.rawValue)),
            .init("grants", answer.grants.map { .array($0.map { json($0, sets) }) } ?? .null),
            .init("findings", .array(findings.map { $0.json(ignored: ignored[$0]) })),
            .init("opaque", .array(imported.notes.opaque.map(\.json))),
        ])
    }

    /// A grant of `who-can-relay`, with what it is in the original.
    private func json(_ grant: Grant, _ sets: WrittenSets) -> JSONValue {
        let record = GrantRecord(grant, of: policy.policy).json(sharing: sets)
        guard case .object(let members) = record else { return record }
        let rule = policy.source(ofPermit: grant.rule)
        return .object(
            members + [
                .init("meaning", .optional(rule?.meaning)), .init("origin", .optional(rule.map { "\($0.origin)" })),
            ])
    }
}

extension AuditFinding {
    func json(ignored: IgnoreList.Entry?) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .string(id)), .init("severity", .string(severity.rawValue)), .init("message", .string(message)),
            .init("at", .string("\(at)")), .init("why", .string(why)), .init("fix", .optional(fix)),
            .init("confidence", .string(confidence.rawValue)),
        ]
        if let ignored {
            members.append(
                .init(
                    "ignored",
                    .object([
                        .init("until", .string("\(ignored.until)")), .init("because", .string(ignored.because)),
                    ])))
        }
        return .object(members)
    }
}

extension OpaquePart {
    public var json: JSONValue {
        .object([.init("at", .string("\(at)")), .init("text", .string(text)), .init("why", .string(why))])
    }
}
