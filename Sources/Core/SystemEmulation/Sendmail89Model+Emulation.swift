import ConfigImport
import MailTypes

extension Sendmail89Model: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        let session = SendmailSession(model: self, request: request)
        let sender = RecipientText(SendmailAddress.withoutRoute(request.sender))
        if !has(.delayChecks) {
            if let no = session.checkRelay() { return no.isConnection }
            if case .refused(let no)? = session.checkMail(sender) { return no.decision }
        }
        switch session.checkRecipient(sender) {
        case .no(let no): return no.decision
        case .stop(let destination): return .accepted(destination)
        case .yes(let destination):
            guard has(.delayChecks) else { return .accepted(destination) }
            return session.delayedChecks(sender)?.decision ?? .accepted(destination)
        }
    }
}

/// Why Sendmail says no: its text, and whether only for now.
struct SendmailRefusal {
    var text: String
    var isTemporary = false

    var decision: EmulatedDecision { isTemporary ? .deferred(text) : .refused(text) }
    var isConnection: EmulatedDecision { isTemporary ? .deferred(text) : .refusedConnection(text) }

    init(_ text: String, isTemporary: Bool = false) { (self.text, self.isTemporary) = (text, isTemporary) }

    /// An entry of the access map that is no acceptance. What is dropped or held goes nowhere, so it counts as refused.
    init(_ entry: SendmailAccessMap.Entry) {
        self.init(entry.value == .reject ? "550 5.7.1 Access denied" : entry.text, isTemporary: entry.value.isTemporary)
    }
}
