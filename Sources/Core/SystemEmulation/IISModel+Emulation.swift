import ConfigImport
import MailTypes

extension IISModel: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        if let connection, !connection.admits(request) { return .refusedConnection("connection refused") }
        if !admitsAnonymous, request.login == nil { return .refused("530 client was not authenticated") }
        let recipient = RecipientText(RecipientText.finalMailbox(of: request.recipient))
        if local.contains(where: { recipient.isIn($0.value) }) { return .accepted(.delivered(recipient)) }
        let isForEverybody = relaysEverywhere != nil || relayed.contains { recipient.isIn($0.value) }
        let mayRelay = isForEverybody || relayForLogin != nil && request.login != nil || relay.admits(request)
        return mayRelay ? .accepted(.relayed(recipient)) : .refused("550 5.7.1 unable to relay")
    }
}

extension IISModel.AccessList {
    /// Listed by address, or by a name that leads back to the client.
    fileprivate func admits(_ request: EmulatedRequest) -> Bool {
        var isListed = entries.contains { entry in entry.ranges.contains { $0.contains(request.client) } }
        if case .confirmed(let name) = request.name {
            let client = RecipientText(localPart: [], domain: Array("\(name)".utf8))
            isListed = isListed || names.contains { client.isAtOrBelow("\($0.value)") }
        }
        return isListed == (mode == .onlyListed)
    }
}

extension RecipientText {
    fileprivate func isIn(_ pattern: HostPattern) -> Bool {
        let name = "\(pattern.domain)"
        return pattern.isBelow ? isAtOrBelow(name) && !isAt(name) : isAt(name)
    }
}
