import ConfigImport
import MailTypes

extension MercuryModel: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        let entry = access.entry(for: request.client)
        if entry?.outcome == .refuse { return .refusedConnection("554 access denied") }
        let recipient = RecipientText.reduced(request.recipient, isOurs: isLocal)
        if let alias = alias(of: recipient) {
            let target = RecipientText(Array(alias.target.utf8))
            return .accepted(isLocal(target) ? .delivered(target) : .relayed(target))
        }
        if isLocal(recipient) { return .accepted(.delivered(recipient)) }
        let mayRelay =
            switch mode {
            case .open: true
            case .normal: entry?.outcome == .allow || isLocal(sender: request.sender)
            case .strict: entry?.outcome == .allow
            }
        if mayRelay || authentication != nil && request.login != nil { return .accepted(.relayed(recipient)) }
        return .refused("553 We do not relay non-local mail")
    }

    /// A bare name is a user here.
    private func isLocal(_ recipient: RecipientText) -> Bool {
        recipient.domain == nil || domains.contains { recipient.isAt("\($0.value)") }
    }

    /// The null sender is nobody's.
    private func isLocal(sender: [UInt8]) -> Bool {
        let text = RecipientText(sender)
        return text.domain != nil && isLocal(text)
    }

    private func alias(of recipient: RecipientText) -> MailAlias? {
        let text = recipient.text.lowercased()
        let user = String(decoding: recipient.localPart, as: UTF8.self).lowercased()
        return aliases.first { $0.name == text || isLocal(recipient) && $0.name == user }
    }
}
