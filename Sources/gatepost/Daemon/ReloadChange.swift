import AnalysisRecords
import DecisionRecords
import Diagnostics
import JSONText
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

/// What a reload changed: texts, rules, listeners, upstreams, and who may relay now and might not before.
struct ReloadChange: Sendable {
    /// Things with names, in the order of the file.
    struct Names: Equatable, Sendable {
        var added: [String] = []
        var removed: [String] = []
        var changed: [String] = []

        /// What has the same name and another value has changed.
        init<Value: Equatable>(from old: [(name: String, value: Value)], to new: [(name: String, value: Value)]) {
            let before = Dictionary(old, uniquingKeysWith: { first, _ in first })
            let after = Dictionary(new, uniquingKeysWith: { first, _ in first })
            added = new.map(\.name).filter { before[$0] == nil }
            removed = old.map(\.name).filter { after[$0] == nil }
            changed = new.filter { before[$0.name] != nil && before[$0.name] != after[$0.name] }.map(\.name)
        }
    }

    /// Files that read differently, came or went.
    let files: [String]
    let rules: Names
    /// By name and address.
    let listeners: Names
    let upstreams: Names
    private let old: Policy
    private let new: Policy
    /// Failure: the effort was spent before it was known.
    let rights: Result<RightsDifference, EffortSpent>

    /// Takes as long as `gatepost diff` of both files.
    init(from old: LoadedConfiguration, to new: LoadedConfiguration, effort: Int) {
        files = new.changedFiles(since: old)
        let (before, after) = (old.configuration, new.configuration)
        rules = Names(from: Self.rules(of: before.policy), to: Self.rules(of: after.policy))
        listeners = Names(from: Self.listeners(of: before), to: Self.listeners(of: after))
        upstreams = Names(
            from: before.upstreams.map { ($0.name, UpstreamValue($0)) },
            to: after.upstreams.map { ($0.name, UpstreamValue($0)) })
        (self.old, self.new) = (before.policy, after.policy)
        rights = Result { () throws(EffortSpent) in
            try RightsDifference(from: before.policy, to: after.policy, at: new.loadedAt, effort: effort)
        }
    }

    private static func rules(of policy: Policy) -> [(name: String, value: Rule)] {
        policy.allRules.map { rule in
            var value = rule
            value.at = nowhere
            return (rule.name, value)
        }
    }

    private struct UpstreamValue: Equatable {
        let servers: [Configuration.Upstream.Server]
        let startTLS: Configuration.Upstream.StartTLS
        let verification: Configuration.Upstream.Verification?
        let clientTelling: Configuration.Upstream.ClientTelling?
        let loginName: String?
        let password: Configuration.NamedFile.Place?

        init(_ upstream: Configuration.Upstream) {
            (servers, startTLS, clientTelling) = (upstream.servers, upstream.startTLS, upstream.clientTelling)
            (loginName, password) = (upstream.login?.name, upstream.login?.password.place)
            guard case .authority(let file, let name)? = upstream.verification else {
                verification = upstream.verification
                return
            }
            verification = .authority(file.map { .init($0.place, at: ReloadChange.nowhere) }, name)
        }
    }

    /// Where something stands in the file is no part of it.
    private static let nowhere = SourceLocation(file: "", line: 0, column: 0)

    private struct ListenerValue: Equatable {
        let implicitTLS: Bool
        let offersTLS: Bool
        let balancers: AddressSet
        let observes: Bool
    }

    private static func listeners(of configuration: Configuration) -> [(name: String, value: ListenerValue)] {
        configuration.listeners.flatMap { listener in
            listener.addresses.map { address in
                (
                    "\(listener.name) \(address.host.description(withPort: address.port))",
                    ListenerValue(
                        implicitTLS: address.implicitTLS, offersTLS: listener.startTLSAt != nil,
                        balancers: listener.balancers, observes: configuration.policy.observes(listener: listener.name))
                )
            }
        }
    }

    // MARK: Showing

    /// For people.
    var lines: [String] {
        guard !files.isEmpty else { return ["reloaded; the text is as it was"] }
        var lines = ["reloaded; changed: " + files.joined(separator: ", ")]
        lines += Self.lines("rule", rules, quoted: true) + Self.lines("listener", listeners) + Self.lines("upstream", upstreams)
        if !listeners.removed.isEmpty {
            lines.append(
                "  sessions of removed listeners go on under the rules that they began with, for 5 minutes or to the end of their "
                    + "transaction")
        }
        switch rights {
        case .success(let rights):
            lines.append("who may relay:")
            lines += RightsDifferenceText(rights, from: old, to: new).lines.map { "  " + $0 }
        case .failure:
            lines.append("who may relay: not known, the rules overlap so much that the effort was spent")
        }
        return lines.map(EscapedText.forTerminal)
    }

    private static func lines(_ kind: String, _ names: Names, quoted: Bool = false) -> [String] {
        func line(_ sign: String, _ name: String) -> String { "  \(sign) \(kind) " + (quoted ? "\"\(name)\"" : name) }
        return names.added.map { line("+", $0) } + names.removed.map { line("-", $0) }
            + names.changed.map { line("~", $0) }
    }

    /// As `docs/json/reload.schema.json` describes it.
    var json: JSONValue {
        .object([
            .init("files", .array(files.map(JSONValue.string))), .init("rules", rules.json),
            .init("listeners", listeners.json), .init("upstreams", upstreams.json),
            .init("rights", rightsJSON),
        ])
    }

    private var rightsJSON: JSONValue {
        switch rights {
        case .success(let rights): rights.json(from: old, to: new)
        case .failure(let spent): RightsDifference.unknown(spent, from: old, to: new)
        }
    }

    /// For the log: how many classes each list of `rights` has; `unknown` where the effort was spent. `hash` is that of the
    /// new configuration.
    func note(_ hash: String) -> KeyValuePairs<String, JSONValue> {
        let rights = try? rights.get()
        func count(_ number: (RightsDifference) -> Int) -> JSONValue { rights.map { .number(number($0)) } ?? "unknown" }
        func limits(_ effect: LimitEffect) -> JSONValue { count { $0.limits.count { $0.effect == effect } } }
        return [
            "state": "rights-compared", "hash": .string(hash),
            "gained": count(\.gained.count), "lost": count(\.lost.count),
            "limits-raised": limits(.more), "limits-lowered": limits(.fewer), "limits-other": limits(.otherwise),
            "deliveries-gained": count { $0.deliveries.count { $0.isGained } },
            "deliveries-lost": count { $0.deliveries.count { !$0.isGained } },
            "address-forms": old.tricks == new.tricks ? "same" : "differ",
        ]
    }
}

extension ReloadChange.Names {
    fileprivate var json: JSONValue {
        func list(_ names: [String]) -> JSONValue { .array(names.map(JSONValue.string)) }
        return .object([.init("added", list(added)), .init("removed", list(removed)), .init("changed", list(changed))])
    }
}
