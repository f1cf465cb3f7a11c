import DecisionRecords
import MailTypes
import NIOConcurrencyHelpers
import PolicyLanguage
import Storage

/// The daemon's decisions on disk, as long as the configuration wants them kept.
final class DecisionStore: Sendable {
    private struct State {
        var log: DecisionLog?
        var policyHash: String
    }

    private let path: String
    private let report: @Sendable (LogNote) -> Void
    private let state: NIOLockedValueBox<State>

    /// `state` is the state directory.
    init(_ loaded: LoadedConfiguration, state: String, report: @escaping @Sendable (LogNote) -> Void) {
        path = Self.path(in: state)
        self.report = report
        self.state = NIOLockedValueBox(State(policyHash: loaded.policyHash))
        use(loaded)
    }

    static func path(in state: String) -> String { "\(state)/decisions.db" }

    func use(_ loaded: LoadedConfiguration) {
        let retention = loaded.configuration.log.keptDecisions.map { DecisionRetention(age: $0.age, size: $0.size) }
        let former = state.withLockedValue { state -> DecisionLog? in
            state.policyHash = loaded.policyHash
            guard let retention else {
                defer { state.log = nil }
                return state.log
            }
            if let log = state.log {
                log.use(retention)
            } else {
                state.log = DecisionLog(path: path, retention: retention, clock: { .now }, report: report)
            }
            return nil
        }
        former?.close()
    }

    /// Of any event loop; it does not wait.
    func append(_ record: DecisionRecord) {
        let (log, policyHash) = state.withLockedValue { ($0.log, $0.policyHash) }
        log?.append(record, policy: policyHash)
    }

    var status: DecisionLogStatus? { state.withLockedValue(\.log)?.status }

    func close() { state.withLockedValue(\.log)?.close() }
}
