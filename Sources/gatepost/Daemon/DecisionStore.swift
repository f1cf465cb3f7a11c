import DecisionRecords
import MailTypes
import NIOConcurrencyHelpers
import PolicyLanguage
import Storage

/// The daemon's decisions on disk, as long as the configuration wants them kept.
final class DecisionStore: Sendable {
    private let path: String
    private let report: @Sendable (LogNote) -> Void
    private let log = NIOLockedValueBox<DecisionLog?>(nil)

    /// `state` is the state directory.
    init(_ loaded: LoadedConfiguration, state: String, report: @escaping @Sendable (LogNote) -> Void) {
        path = Self.path(in: state)
        self.report = report
        use(loaded)
    }

    static func path(in state: String) -> String { "\(state)/decisions.db" }

    func use(_ loaded: LoadedConfiguration) {
        let retention = loaded.configuration.log.keptDecisions.map { DecisionRetention(age: $0.age, size: $0.size) }
        let former = log.withLockedValue { log -> DecisionLog? in
            guard let retention else {
                defer { log = nil }
                return log
            }
            if let log {
                log.use(retention)
            } else {
                log = DecisionLog(path: path, retention: retention, clock: { .now }, report: report)
            }
            return nil
        }
        former?.close()
    }

    /// Of any event loop; it does not wait. `policy` is the hash of the configuration that decided.
    func append(_ record: DecisionRecord, policy: String) {
        log.withLockedValue { $0 }?.append(record, policy: policy)
    }

    var status: DecisionLogStatus? { log.withLockedValue { $0 }?.status }

    func close() { log.withLockedValue { $0 }?.close() }
}
