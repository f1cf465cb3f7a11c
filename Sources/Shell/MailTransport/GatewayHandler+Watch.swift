import MailTypes
import RelayPolicy
import Sessions

/// What a permitted private address shows of who is behind it.
extension GatewayHandler {
    func watch(_ record: RecipientRecord) {
        var foreignName: Domain?
        if case .confirmed(let name) = record.request.clientName, !session.terms.policy.policy.isOurs(name) { foreignName = name }
        guard let news = worker.shared.saw(record.request, foreignName: foreignName) else { return }
        let isObserved = session.terms.policy.policy.observes(record.request)
        worker.log.addressIsShared(news, listener: listener, isObserved: isObserved)
    }
}
