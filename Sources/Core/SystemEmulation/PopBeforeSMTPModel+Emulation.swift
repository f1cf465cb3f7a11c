import ConfigImport
import MailTypes

extension PopBeforeSMTPModel: EmulatedSystem {
    /// Local_check_rcpt comes first and its OK is final; then Sendmail's own check with empty lists.
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        let isOurs: (RecipientText) -> Bool = { recipient in localNames.contains { recipient.isAt($0.value) } }
        let recipient = RecipientText.reduced(request.recipient, isOurs: isOurs)
        let isDelivered = recipient.domain == nil || isOurs(recipient)
        let destination: EmulatedDestination = isDelivered ? .delivered(recipient) : .relayed(recipient)
        if wiring != nil, request.hasPOPLogin { return .accepted(destination) }
        if isDelivered || Self.loopback.contains(request.client) { return .accepted(destination) }
        return .refused("550 5.7.1 Relaying denied")
    }

    private static let loopback = [IPAddress(v4: 0x7f00_0001), IPAddress(v6: 1)]
}
