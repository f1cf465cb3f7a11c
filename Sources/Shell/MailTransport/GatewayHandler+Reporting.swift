import RelayPolicy
import Sessions

/// What the session has to tell, for the log and the counters.
extension GatewayHandler {
    func reportEvents() {
        guard session.hasEvents else { return }
        for event in session.takeEvents() {
            switch event {
            case .decided(let record):
                worker.log.recipient(record, listener: listener, client: client, port: clientPort)
                countRefusedRelay(record)
                if isWatched { watch(record) }
            case .finished(let record):
                worker.log.transaction(record, listener: listener, client: client)
                chargeBytes(record)
            }
        }
    }

    private func countRefusedRelay(_ record: RecipientRecord) {
        guard let limit = worker.settings.connections.refusedRelays, record.decision.verdict == .reject,
            record.decision.reason == .noRule || record.decision.reason == .addressTrick
        else { return }
        worker.shared.relayRefused(client, at: worker.clock(), limit)
    }
}
