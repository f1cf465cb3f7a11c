import ConfigImport

extension IPassModel: EmulatedSystem {
    /// An authorised address may send anywhere, everybody to local domains.
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        let isOurs: (RecipientText) -> Bool = { recipient in localDomains.contains { recipient.isAt("\($0.value)") } }
        let recipient = RecipientText.reduced(request.recipient, isOurs: isOurs)
        if isOurs(recipient) { return .accepted(.delivered(recipient)) }
        return request.hasPOPLogin ? .accepted(.relayed(recipient)) : .refused("551 we do not relay")
    }
}
