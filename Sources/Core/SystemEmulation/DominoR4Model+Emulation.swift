import ConfigImport
import MailTypes

extension DominoR4Model: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        if verifiesHelo != nil, request.isHeloTrue == false { return .refused("the name in HELO is not yours") }
        let sender = RecipientText(request.sender)
        if deniedDomains.contains(where: { sender.isAt("\($0.value)") }) { return .refused("denied domain") }
        let recipient = RecipientText.reduced(request.recipient, isOurs: isLocal)
        if isLocal(recipient) { return delivery(to: recipient) }
        if keepsInboundFromLeaving != nil { return .refused("SMTP originated messages do not leave by SMTP") }
        guard rejectsRelays != nil else { return .accepted(.relayed(recipient)) }
        let isKnown = sender.domain != nil && isLocal(sender)
        return allowsKnownDomains != nil && isKnown
            ? .accepted(.relayed(recipient)) : .refused("This MTA does not accept relays")
    }

    private func delivery(to recipient: RecipientText) -> EmulatedDecision {
        guard let target = forward(of: recipient) else { return .accepted(.delivered(recipient)) }
        if isLocal(target) { return .accepted(.delivered(target)) }
        let mayLeave = keepsInboundFromLeaving == nil && (rejectsRelays == nil || relaysForwards != nil)
        return mayLeave ? .accepted(.relayed(target)) : .refused("This MTA does not accept relays")
    }

    private func forward(of recipient: RecipientText) -> RecipientText? {
        let mailbox = recipient.text.lowercased()
        let user = String(decoding: recipient.localPart, as: UTF8.self).lowercased()
        return forwards.first { $0.name == mailbox || $0.name == user }.map { RecipientText(Array($0.target.utf8)) }
    }

    private func isLocal(_ recipient: RecipientText) -> Bool {
        recipient.domain == nil || localDomains.contains { recipient.isAt("\($0)") }
    }
}
