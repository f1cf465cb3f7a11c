import ConfigImport
import MailTypes

extension AppleShareModel: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        if rejectsNameMismatch != nil, request.isHeloTrue == false { return .refused("name does not match address") }
        let sender = RecipientText(request.sender)
        let recipient = RecipientText.reduced(request.recipient, isOurs: isLocal)
        let destination: EmulatedDestination = isLocal(recipient) ? .delivered(recipient) : .relayed(recipient)
        if sender.domain != nil, isLocal(sender) {
            return isUser(sender) ? .accepted(destination) : .refused("no such user")
        }
        let entry = hosts.first { sender.isAt("\($0.domain)") }
        if entry == nil, rejectsUnlistedHosts != nil, sender.domain != nil { return .refused("host is not in the list") }
        let profile = entry?.profile ?? defaultProfile
        if profile.isRejected.value { return .refused("mail from this host is rejected") }
        if profile.staysLocal.value, !isLocal(recipient) { return .refused("no relaying for this host") }
        return .accepted(destination)
    }

    private func isUser(_ sender: RecipientText) -> Bool {
        guard requiresKnownUsers != nil, let users else { return true }
        return users.contains(String(decoding: sender.localPart, as: UTF8.self).lowercased())
    }

    private func isLocal(_ recipient: RecipientText) -> Bool {
        recipient.domain == nil || localDomains.contains { recipient.isAt("\($0.value)") }
    }
}
