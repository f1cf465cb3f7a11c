import Diagnostics
import JSONText
import MailTransport
import MailTypes
import NIOCore
import NameResolution
import PolicyLanguage
import RelayPolicy

/// The running program: a gateway, the configuration it runs by, and what the control socket may ask of it.
actor Daemon {
    private let file: ConfigurationFile
    /// Where it was at the start; it may have been taken away since.
    private let startPath: String?
    private let demands: LoadedConfiguration.Demands
    private let log: DaemonLog
    private let gateway: Gateway
    private let names: NameResolver
    private let clock: ClockRecord
    private let certificate: CertificateWatch
    private var active: LoadedConfiguration
    private let startedAt = Instant.now

    init(
        _ loaded: LoadedConfiguration, file: ConfigurationFile, demands: LoadedConfiguration.Demands,
        settings: GatewaySettings, log: DaemonLog, clock: ClockRecord
    ) {
        (active, self.file, self.demands, startPath) = (loaded, file, demands, file.realPath)
        (self.log, self.clock) = (log, clock)
        let names = NameResolver(loaded.configuration.node.nameServers) { works in
            log.note(works ? ["resolver": "working"] : ["resolver": "failing", "effect": "what a name could decide gets 451"])
        }
        self.names = names
        certificate = CertificateWatch { log.note($0) }
        gateway = Gateway(
            settings, log: log, names: names, newIdentifier: { DecisionIdentifier.next() }, clock: { .now },
            clockIsBehind: { clock.isBehind($0) })
    }

    func start(_ settings: GatewaySettings) async throws(ListeningProblem) {
        try await gateway.start(settings)
        certificate.watch(active.opened.front)
        for (listener, address) in await gateway.boundAddresses() {
            log.note(["listening": .string(listener), "address": "\(address)"])
        }
        if clock.isUnreadable {
            log.note(["clock": "unreadable", "file": "STATE/clock", "effect": "permits with a date are undecided"])
        }
        log.note([
            "state": "running", "config": .string(active.file), "hash": .string(active.fingerprint),
            "version": .string(Version.text),
        ])
    }

    /// The last reload that was asked for; the next one waits for it.
    private var lastReload: Task<JSONValue, Never>?

    /// All or nothing: a file with errors, or a listener that cannot be bound, changes nothing. One at a time. `asked` is
    /// the file that is to be read; another than ours is refused, since its owner would think that it runs.
    func reload(_ asked: String? = nil) async -> JSONValue {
        if let asked, let own = file.realPath ?? startPath, ConfigurationFile(asked).realPath ?? asked != own {
            return ReloadAnswer.anotherFile(asked, running: own)
        }
        let previous = lastReload
        let task = Task {
            _ = await previous?.value
            return await takeConfiguration()
        }
        lastReload = task
        return await task.value
    }

    private func takeConfiguration() async -> JSONValue {
        do throws(LoadedConfiguration.Refusal) {
            let loaded = try LoadedConfiguration(file, demands)
            if let problem = await notListening(by: loaded) { throw problem }
            let former = active
            active = loaded
            names.use(loaded.configuration.node.nameServers)
            certificate.watch(loaded.opened.front)
            log.use(loaded)
            log.use(log.shadow, beside: loaded.configuration.policy)
            log.note(["state": "reloaded", "config": .string(loaded.file), "hash": .string(loaded.fingerprint)])
            let change = await change(from: former, to: loaded)
            return ReloadAnswer(isGood: true, problems: loaded.warnings.map(\.json), text: "", change: change).json
        } catch {
            let problems = error.unreadable.map { [JSONValue.problem("cannot read this file: \($0.message)", file: file.name)] }
                ?? error.problems.map(\.json)
            log.note([
                "state": "reload-refused", "config": .string(file.name), "problems": .number(problems.count),
            ])
            return ReloadAnswer(
                isGood: false, problems: problems, text: error.text(TerminalStyle(wanted: false), file: file)
            ).json
        }
    }

    /// Compared behind the reload, and not on this actor: it may take seconds, and nobody's mail waits for it.
    private func change(from old: LoadedConfiguration, to new: LoadedConfiguration) async -> ReloadChange {
        let change = await Task.detached { [demands] in
            ReloadChange(from: old, to: new, effort: demands.effort)
        }.value
        log.note(change.note(new.fingerprint))
        return change
    }

    /// Why its listeners cannot be had; nil when they are.
    private func notListening(by loaded: LoadedConfiguration) async -> LoadedConfiguration.Refusal? {
        do throws(ListeningProblem) {
            try await gateway.apply(GatewaySettings(loaded))
            return nil
        } catch {
            return loaded.refusal(for: error)
        }
    }

    /// `subject`: the candidate's path, `off`, or `?` for the counts alone.
    func shadow(_ subject: String) -> JSONValue {
        let current = log.shadow
        if subject == "off" { log.use(nil, beside: active.configuration.policy) }
        guard subject.hasPrefix("/") else {
            return current?.json ?? .object([.init("text", "there is no candidate; name one: gatepost shadow FILE")])
        }
        let candidate = ConfigurationFile(subject)
        let result: ReadResult
        switch candidate.bytes() {
        case .success(let bytes): result = candidate.read(bytes, purpose: .policyOnly)
        case .failure(let problem): return .object([.init("text", "cannot read \(subject): \(problem.message)")])
        }
        guard let policy = result.configuration?.policy else {
            let errors = result.diagnostics.filter { $0.severity >= .error }
            let style = TerminalStyle(wanted: false)
            let text = errors.map { style.rendered($0, source: result.sources[$0.at.file]) }.joined(separator: "\n\n")
            return .object([.init("problems", .array(errors.map(\.json))), .init("text", .string(text))])
        }
        let shadow = Shadow(
            policy, file: subject, fingerprint: LoadedConfiguration.fingerprint(of: result.sources))
        log.use(shadow, beside: active.configuration.policy)
        log.note(["shadow": "begins", "config": .string(subject), "hash": .string(shadow.fingerprint)])
        return shadow.json
    }

    func status() async -> JSONValue {
        await DaemonStatus(
            startedAt: startedAt, configuration: active, hits: log.hitsByRule,
            sessions: gateway.sessionsByListener(), bound: gateway.boundAddresses(), servers: gateway.serverStatus(),
            sharedAddresses: gateway.sharedAddresses(at: .now), certificate: certificate.status,
            decisions: log.decisions, shadow: log.shadow
        ).json
    }

    func stop() async {
        log.note(["state": "stopping"])
        await gateway.stop(drain: Deadlines().drain)
        clock.write()
        log.note(["state": "stopped"])
        log.close()
    }
}

/// What `reload` answers over the control socket, as `docs/json/reload.schema.json` describes it.
struct ReloadAnswer {
    let isGood: Bool
    let problems: [JSONValue]
    /// For people.
    let text: String
    /// Nil where nothing was taken.
    var change: ReloadChange?

    /// Asked for a file that the daemon does not run by.
    static func anotherFile(_ asked: String, running: String) -> JSONValue {
        let message = "the daemon runs by \(running), not by this file"
        let fix = "`gatepost reload -c \(running)`, or start a daemon of its own with another state directory"
        return .object([
            .init("ok", .bool(false)), .init("problems", .array([.problem(message, file: asked, fix: fix)])),
            .init("text", .string("\(asked): \(message); \(fix)")), .init("runningFile", .string(running)),
        ])
    }

    var json: JSONValue {
        let text = change.map { $0.lines.joined(separator: "\n") } ?? text
        let members: [JSONValue.Member] = [
            .init("ok", .bool(isGood)), .init("problems", .array(problems)), .init("text", .string(text)),
        ]
        return .object(members + (change.map { [.init("change", $0.json)] } ?? []))
    }
}
