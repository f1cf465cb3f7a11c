import ConfigImport
import MailTypes

extension MercuryModel: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        let entry = access.entry(for: request.client)
        if entry?.outcome == .refuse { return .refusedConnection("554 access denied") }
        let recipient = RecipientText.reduced(request.recipient, isOurs: isLocal)
        if isLocal(recipient) { return .accepted(.delivered(recipient)) }
        let mayRelay =
            switch mode {
            case .open: true
            case .normal: entry?.outcome == .allow || isLocal(RecipientText(request.sender))
            case .strict: entry?.outcome == .allow
            }
        if mayRelay || authentication != nil && request.login != nil { return .accepted(.relayed(recipient)) }
        return .refused("553 We do not relay non-local mail")
    }

    private func isLocal(_ recipient: RecipientText) -> Bool { domains.contains { recipient.isAt("\($0.value)") } }
}
