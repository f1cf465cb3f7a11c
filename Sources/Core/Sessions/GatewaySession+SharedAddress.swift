import MailTypes
import RelayPolicy

/// A client whose address was found to be shared by many: it proves nothing any more. Logins go on, as do deliveries,
/// which are then a stranger's.
extension GatewaySession {
    /// In place of a permit to relay; nil where the decision stands.
    mutating func refusalOfSharedAddress(_ decision: Decision) -> Decision? {
        guard request.login == .absent else { return nil }
        if transaction.accepted.isEmpty { transaction.isOfRelayClient = false }
        guard decision.verdict == .permit, decision.destination == .relay else { return nil }
        return Decision(
            verdict: .defer, reason: .banned, rule: decision.rule,
            reply: Reply(450, "4.7.1", "Your address is shared by too many to relay for it; log in"),
            forwardPath: decision.forwardPath)
    }
}
