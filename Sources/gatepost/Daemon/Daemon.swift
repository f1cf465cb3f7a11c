import Diagnostics
import JSONText
import MailTransport
import MailTypes
import NIOCore
import PolicyLanguage
import RelayPolicy

/// The running program: a gateway, the configuration it runs by, and what the control socket may ask of it.
actor Daemon {
    private let file: ConfigurationFile
    private let strangersMayRelay: Bool
    private let log: DaemonLog
    private let gateway: Gateway
    private let clock: ClockRecord
    private var active: LoadedConfiguration
    private let startedAt = Instant.now

    init(
        _ loaded: LoadedConfiguration, file: ConfigurationFile, strangersMayRelay: Bool, settings: GatewaySettings,
        log: DaemonLog, clock: ClockRecord
    ) {
        (active, self.file, self.strangersMayRelay) = (loaded, file, strangersMayRelay)
        (self.log, self.clock) = (log, clock)
        gateway = Gateway(
            settings, log: log, newIdentifier: { DecisionIdentifier.next() }, clock: { .now },
            clockIsBehind: { clock.isBehind($0) })
    }

    func start(_ settings: GatewaySettings) async throws(ListeningProblem) {
        try await gateway.start(settings)
        for (listener, address) in await gateway.boundAddresses() {
            log.note("listening=\(listener) address=\(address)")
        }
        if clock.isUnreadable { log.note("clock=unreadable file=STATE/clock effect=\"permits with a date are undecided\"") }
        log.note("state=running config=\(active.file) hash=\(active.fingerprint) version=\(Version.text)")
    }

    /// The last reload that was asked for; the next one waits for it.
    private var lastReload: Task<JSONValue, Never>?

    /// All or nothing: a file with errors, or a listener that cannot be bound, changes nothing. One at a time.
    func reload() async -> JSONValue {
        let previous = lastReload
        let task = Task {
            _ = await previous?.value
            return await takeConfiguration()
        }
        lastReload = task
        return await task.value
    }

    private func takeConfiguration() async -> JSONValue {
        do {
            let loaded = try LoadedConfiguration(file, strangersMayRelay: strangersMayRelay)
            try await gateway.apply(GatewaySettings(loaded.configuration))
            active = loaded
            log.use(loaded)
            log.note("state=reloaded config=\(loaded.file) hash=\(loaded.fingerprint)")
            return ReloadAnswer(isGood: true, problems: loaded.warnings.map(\.json), text: "").json
        } catch let refusal as LoadedConfiguration.Refusal {
            log.note("state=reload-refused config=\(file.name) problems=\(max(1, refusal.problems.count))")
            return ReloadAnswer(
                isGood: false, problems: refusal.problems.map(\.json), text: refusal.text(TerminalStyle(wanted: false))
            ).json
        } catch {
            log.note("state=reload-refused config=\(file.name) problems=1")
            return ReloadAnswer(isGood: false, problems: [], text: describe(error)).json
        }
    }

    private func describe(_ error: any Error) -> String {
        guard let problem = error as? ListeningProblem else { return "\(error)" }
        return "cannot listen on \(problem.address) (\(problem.listener)): \(problem.message)"
    }

    func status() async -> JSONValue {
        await DaemonStatus(
            startedAt: startedAt, configuration: active, hits: log.hitsByRule,
            sessions: gateway.sessionsByListener(), bound: gateway.boundAddresses(), servers: gateway.serverStatus(),
            decisions: log.decisions
        ).json
    }

    func stop() async {
        log.note("state=stopping")
        await gateway.stop(drain: Deadlines().drain)
        clock.write()
        log.note("state=stopped")
        log.close()
    }
}

/// What `reload` answers over the control socket, as `docs/json/reload.schema.json` describes it.
struct ReloadAnswer {
    let isGood: Bool
    let problems: [JSONValue]
    /// For people.
    let text: String

    var json: JSONValue {
        .object([.init("ok", .bool(isGood)), .init("problems", .array(problems)), .init("text", .string(text))])
    }
}
