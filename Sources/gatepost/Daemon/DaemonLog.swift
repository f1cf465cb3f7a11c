import DecisionRecords
import Diagnostics
import JSONText
import LoginLedger
import MailTransport
import MailTypes
import NIOConcurrencyHelpers
import PolicyLanguage
import RelayPolicy
import Sessions
import Storage

/// The daemon's log: one line for each decision and each message, and what it has to say of itself. It also counts how
/// often each rule decided.
final class DaemonLog: GatewayLog {
    private let writer: LogWriter
    private let hits = NIOLockedValueBox<[String: Int]>([:])
    private let format: NIOLockedValueBox<Configuration.Log.Format>
    /// Nil where decisions are not kept at all (the demo).
    private let store: DecisionStore?

    init(descriptor: Int32, format: Configuration.Log.Format) {
        let current = NIOLockedValueBox(format)
        self.format = current
        writer = LogWriter(descriptor: descriptor) { dropped in
            Self.line(LogNote(["log": "behind", "dropped": .number(dropped)]), current.withLockedValue { $0 })
        }
        store = nil
    }

    /// Keeps decisions in the state directory too.
    init(descriptor: Int32, _ loaded: LoadedConfiguration, state: String) {
        let current = NIOLockedValueBox(loaded.configuration.log.format)
        let writer = LogWriter(descriptor: descriptor) { dropped in
            Self.line(LogNote(["log": "behind", "dropped": .number(dropped)]), current.withLockedValue { $0 })
        }
        (format, self.writer) = (current, writer)
        store = DecisionStore(loaded, state: state) { note in
            writer.append(Self.line(note, current.withLockedValue { $0 }))
        }
    }

    func use(_ loaded: LoadedConfiguration) {
        format.withLockedValue { $0 = loaded.configuration.log.format }
        store?.use(loaded)
    }

    /// Nil where decisions are not kept.
    var decisions: DecisionLogStatus? { store?.status }

    /// The candidate beside the policy that runs, while there is one.
    private let shadowing = NIOLockedValueBox<(active: CompiledPolicy, shadow: Shadow)?>(nil)
    var shadow: Shadow? { shadowing.withLockedValue { $0?.shadow } }

    func use(_ shadow: Shadow?, beside active: Policy) {
        let both = shadow.map { (active: CompiledPolicy(active), shadow: $0) }
        shadowing.withLockedValue { $0 = both }
    }

    /// Decisions by rule since the start.
    var hitsByRule: [String: Int] { hits.withLockedValue { $0 } }

    func recipient(_ record: RecipientRecord, listener: String, client: IPAddress, port: UInt16) {
        if let rule = record.decision.rule { hits.withLockedValue { $0[rule.name, default: 0] += 1 } }
        noteDifference(record)
        let policyHash = record.policyHash
        let record = DecisionRecord(
            id: record.id, time: record.request.now, via: .gateway, clientPort: port, judged: record.judged,
            forwardPathGiven: record.givenForwardPath, outcome: record.outcome)
        store?.append(record, policy: policyHash)
        switch format.withLockedValue({ $0 }) {
        case .text: writer.append(LogLine(record).bytes)
        case .json: writer.append(record.json.text)
        }
    }

    func transaction(_ record: TransactionRecord, listener: String, client: IPAddress) {
        let line = MessageLine(
            id: record.id, client: client, listener: listener, upstream: record.upstream, size: record.bytes,
            decisions: record.decisions, outcome: record.outcome, reply: record.reply)
        switch format.withLockedValue({ $0 }) {
        case .text: writer.append(line.bytes)
        case .json: writer.append(line.json(at: "\(Instant.now)").text)
        }
    }

    private func noteDifference(_ record: RecipientRecord) {
        guard let (active, shadow) = shadowing.withLockedValue({ $0 }),
            let would = shadow.difference(from: active, record)
        else { return }
        note([
            "shadow": "differs", "id": .string(record.id), "client": "\(record.request.client)",
            "verdict": .string(record.decision.verdict.rawValue), "would": .string(would.verdict.rawValue),
            "would-reason": .string(would.reason.rawValue), "would-rule": .string(would.rule?.name ?? ""),
        ])
    }

    func connectionRefused(listener: String, client: IPAddress, _ why: String) {
        note(["connection": "refused", "client": "\(client)", "listener": .string(listener), "why": .string(why)])
    }

    func acceptingPaused(descriptors: Int) {
        note([
            "accepting": "paused", "why": .string("few of \(descriptors) file descriptors are left"),
            "effect": "new clients wait until some have gone",
        ])
    }

    func addressIsShared(_ suspicion: SharedAddressWatch.Suspicion, listener: String, isObserved: Bool) {
        note([
            "alarm": "shared-address", "client": "\(suspicion.address)", "listener": .string(listener),
            "why": .string(suspicion.reason), "until": .string(suspicion.until.rfc3339()),
            "effect": isObserved
                ? "its address permits nothing, but where `observe` stands" : "its address permits nothing; logins go on",
        ])
    }

    func tlsFailed(listener: String, client: IPAddress, _ why: String) {
        note(["tls": "failed", "client": "\(client)", "listener": .string(listener), "why": .string(why)])
    }

    func upstreamFailed(_ upstream: String, _ server: GatewaySettings.Server, _ why: String) {
        note(["upstream": .string(upstream), "server": "\(server)", "state": "down", "why": .string(why)])
    }

    func upstreamRecovered(_ upstream: String, _ server: GatewaySettings.Server) {
        note(["upstream": .string(upstream), "server": "\(server)", "state": "up"])
    }

    /// What the daemon has to say of itself.
    func note(_ fields: KeyValuePairs<String, JSONValue>) {
        writer.append(Self.line(LogNote(fields), format.withLockedValue { $0 }))
    }

    private static func line(_ note: LogNote, _ format: Configuration.Log.Format) -> String {
        format == .text ? note.text : note.json(at: "\(Instant.now)").text
    }

    /// A warning about the configuration, in the form in which editors find the place.
    func warn(_ warning: Diagnostic) {
        switch format.withLockedValue({ $0 }) {
        case .text: writer.append("\(warning.at.lineReference): \(warning.severity.rawValue): \(warning.message)")
        case .json: note(["warning": .string(warning.message), "at": .string(warning.at.lineReference)])
        }
    }

    func close() {
        store?.close()
        writer.close()
    }
}
