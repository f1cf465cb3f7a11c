import LoginLedger
import MailTypes
import RelayPolicy

/// Permitted private addresses behind which there are many.
extension SharedState {
    /// Asked at every command, so it costs next to nothing while no address is suspected.
    func isShared(_ client: IPAddress, at now: Instant) -> Bool {
        hasSuspicions.load(ordering: .relaxed) && withWatch { $0.isSuspected(client, at: now) }
    }

    /// The suspicion where it is news.
    func saw(_ request: RelayRequest, foreignName: Domain?) -> SharedAddressWatch.Suspicion? {
        var domain: Domain?
        if case .mailbox(let sender) = request.reversePath { domain = sender.domain }
        let news = withWatch {
            $0.saw(request.client, helo: request.helo, senderDomain: domain, foreignName: foreignName, at: request.now)
        }
        if news != nil { hasSuspicions.store(true, ordering: .relaxed) }
        return news
    }

    func suspicions(at now: Instant) -> [SharedAddressWatch.Suspicion] { withWatch { $0.suspicions(at: now) } }
}
