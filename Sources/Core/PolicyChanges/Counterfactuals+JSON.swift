import JSONText
import RelayPolicy

extension Counterfactuals {
    /// As `docs/json/allow.schema.json` describes it.
    public var json: JSONValue {
        .object([
            .init("noRuleHelps", .optional(noRuleHelps)), .init("suggestions", .array(suggestions.map(\.json))),
        ])
    }
}

extension Counterfactual {
    fileprivate var json: JSONValue {
        let tests = failedTests.map { JSONValue.string($0.at.lineReference) }
        return .object([
            .init("kind", .string(kind.rawValue)), .init("what", .string(what)),
            .init(
                "rule", .object([.init("name", .string(rule.name)), .init("at", .string(rule.at.lineReference))])),
            .init("lines", .array(text?.text.map(JSONValue.string) ?? [])),
            .init("command", command.map { .array($0.map(JSONValue.string)) } ?? .null),
            .init("nobodyElse", .bool(isForThisRequestAlone)),
            .init("dangerous", .bool(gain?.isDangerous ?? false)), .init("headline", .optional(gain?.headline)),
            .init("gained", gain?.json ?? .array([])), .init("failedTests", .array(tests)),
        ])
    }
}

extension RightsGain {
    /// The grants as `docs/json/diff.schema.json` describes what is gained, the widest first.
    public var json: JSONValue { .array(changes.map { $0.json(of: policy) }) }
}
