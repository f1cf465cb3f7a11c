import DecisionRecords
import JSONText
import MailTransport
import MailTypes
import NIOConcurrencyHelpers
import PolicyLanguage
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

    init(_ writer: LogWriter, format: Configuration.Log.Format, store: DecisionStore? = nil) {
        self.writer = writer
        self.store = store
        self.format = NIOLockedValueBox(format)
    }

    func use(_ loaded: LoadedConfiguration) {
        format.withLockedValue { $0 = loaded.configuration.log.format }
        store?.use(loaded)
    }

    /// Nil where decisions are not kept.
    var decisions: DecisionLogStatus? { store?.status }

    /// Decisions by rule since the start.
    var hitsByRule: [String: Int] { hits.withLockedValue { $0 } }

    func recipient(_ record: RecipientRecord, listener: String, client: IPAddress, port: UInt16) {
        if let rule = record.decision.rule { hits.withLockedValue { $0[rule.name, default: 0] += 1 } }
        let record = DecisionRecord(
            id: record.id, time: record.request.now, via: .gateway, clientPort: port, request: record.request,
            forwardPathGiven: record.givenForwardPath, decision: record.decision, outcome: record.outcome)
        store?.append(record)
        switch format.withLockedValue({ $0 }) {
        case .text: writer.append(LogLine(record).bytes)
        case .json: writer.append(record.json.text)
        }
    }

    func transaction(_ record: TransactionRecord, listener: String, client: IPAddress) {
        writer.append(
            MessageLine(
                id: record.id, client: client, listener: listener, upstream: record.upstream, size: record.bytes,
                decisions: record.decisions, outcome: record.outcome, reply: record.reply
            ).bytes)
    }

    func connectionRefused(listener: String, client: IPAddress, _ why: String) {
        note("connection=refused client=\(client) listener=\(listener) why=\"\(plain(why))\"")
    }

    func upstreamFailed(_ upstream: String, _ server: GatewaySettings.Server, _ why: String) {
        note("upstream=\(upstream) server=\(server) state=down why=\"\(plain(why))\"")
    }

    func upstreamRecovered(_ upstream: String, _ server: GatewaySettings.Server) {
        note("upstream=\(upstream) server=\(server) state=up")
    }

    /// What the daemon has to say of itself.
    func note(_ text: String) { writer.append(text) }

    func close() {
        store?.close()
        writer.close()
    }

    /// Without what would leave the quotation or the line.
    private func plain(_ text: String) -> String {
        String(text.unicodeScalars.map { $0 == "\"" || $0 == "\\" || $0.value < 0x20 ? "'" : Character($0) })
    }
}
