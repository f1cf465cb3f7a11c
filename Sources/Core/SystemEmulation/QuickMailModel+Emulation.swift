import ConfigImport
import MailTypes

extension QuickMailModel: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        let recipient = RecipientText.reduced(request.recipient, isOurs: isLocal)
        if isLocal(recipient) { return .accepted(.delivered(recipient)) }
        let sender = RecipientText(request.sender)
        let mayRelay =
            switch relaying {
            case .none: false
            case .localSenders: sender.domain != nil && isLocal(sender)
            case .listedAddresses: addresses.contains { $0.value.contains(request.client) }
            case .all: true
            }
        return mayRelay ? .accepted(.relayed(recipient)) : .refused("relaying is restricted")
    }

    private func isLocal(_ recipient: RecipientText) -> Bool {
        recipient.domain == nil || domains.contains { recipient.isAt("\($0.value)") }
    }
}
