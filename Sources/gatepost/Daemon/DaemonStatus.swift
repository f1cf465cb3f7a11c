import Glibc
import JSONText
import LoginLedger
import MailTransport
import MailTypes
import Storage

/// What `status` answers, as `docs/json/status.schema.json` describes it.
struct DaemonStatus {
    let startedAt: Instant
    let configuration: LoadedConfiguration
    let hits: [String: Int]
    let sessions: [String: Int]
    let bound: [(listener: String, address: GatewaySettings.Address)]
    /// As each event loop sees them.
    let servers: [ServerStatus]
    let sharedAddresses: [SharedAddressWatch.Suspicion]
    /// Nil without TLS in front.
    let certificate: CertificateWatch.Status?
    /// Nil where decisions are not kept.
    let decisions: DecisionLogStatus?
    let shadow: Shadow?

    var json: JSONValue {
        let changed = configuration.changedOnDisk
        return .object([
            .init("version", .string(Version.text)),
            .init("pid", .number(Int(getpid()))),
            .init("startedAt", .string(startedAt.rfc3339())),
            .init(
                "config",
                .object([
                    .init("file", .string(configuration.file)), .init("hash", .string(configuration.fingerprint)),
                    .init("loadedAt", .string(configuration.loadedAt.rfc3339())),
                    .init("fileDiffers", .bool(!changed.isEmpty)),
                    .init("changedOnDisk", .array(changed.map(JSONValue.string))),
                ])),
            .init("sessions", .number(sessions.values.reduce(0, +))),
            .init("listeners", .array(bound.map(listener))),
            .init("upstreams", .array(configuration.configuration.upstreams.map { upstream in self.upstream(upstream.name) })),
            .init("rules", .array(rules)),
            .init("sharedAddresses", .array(sharedAddresses.map(sharedAddress))),
            .init("tls", tls),
            .init("decisionLog", decisionLog),
            .init("shadow", shadow?.json ?? .null),
        ])
    }

    private func sharedAddress(_ suspicion: SharedAddressWatch.Suspicion) -> JSONValue {
        .object([
            .init("address", .string("\(suspicion.address)")), .init("why", .string(suspicion.reason)),
            .init("until", .string(suspicion.until.rfc3339())),
        ])
    }

    private var tls: JSONValue {
        guard let certificate else { return .null }
        return .object([
            .init("certificate", .string(certificate.certificate)), .init("until", .string(certificate.expiry.rfc3339())),
            .init("state", .string(certificate.trouble == nil ? "working" : "failing")),
            .init("why", .optional(certificate.trouble)),
        ])
    }

    private var decisionLog: JSONValue {
        let state = decisions.map { $0.trouble == nil ? "working" : "failing" } ?? "off"
        return .object([
            .init("state", .string(state)), .init("why", .optional(decisions?.trouble)),
            .init("written", .number(decisions?.written ?? 0)), .init("waiting", .number(decisions?.waiting ?? 0)),
            .init("dropped", .number(decisions?.dropped ?? 0)),
        ])
    }

    private func listener(_ name: String, _ address: GatewaySettings.Address) -> JSONValue {
        .object([
            .init("name", .string(name)), .init("address", .string(address.description)),
            .init("sessions", .number(sessions[name] ?? 0)),
            .init("observes", .bool(configuration.configuration.policy.observes(listener: name))),
        ])
    }

    private func upstream(_ name: String) -> JSONValue {
        let mine = servers.filter { $0.upstream == name }
        var seen: [GatewaySettings.Server] = []
        for status in mine where !seen.contains(status.server) { seen.append(status.server) }
        let list = seen.map { server in
            let views = mine.filter { $0.server == server }
            return JSONValue.object([
                .init("address", .string(server.description)), .init("up", .bool(state(of: views) == .up)),
                .init("state", .string(state(of: views).rawValue)),
                .init("backup", .bool(server.isBackup)),
                .init("lastError", views.compactMap(\.lastError).first.map(JSONValue.string) ?? .null),
            ])
        }
        return .object([.init("name", .string(name)), .init("servers", .array(list))])
    }

    /// Up where one event loop has found it up, untried where none knows anything.
    private func state(of views: [ServerStatus]) -> ServerStatus.State {
        if views.contains(where: { $0.state == .up }) { return .up }
        return views.allSatisfy { $0.state == .untried } ? .untried : .down
    }

    private var rules: [JSONValue] {
        let policy = configuration.configuration.policy
        return policy.allRules.map { rule in
            .object([
                .init("name", .string(rule.name)), .init("at", .string(rule.at.lineReference)),
                .init("hits", .number(hits[rule.name] ?? 0)),
            ])
        }
    }
}
