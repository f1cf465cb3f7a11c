import ConfigImport

extension Sendmail5Model: EmulatedSystem {
    /// Ruleset 0 expands what hides behind its own names and sends the rest on; it refuses nothing.
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        let isOurs: (RecipientText) -> Bool = { recipient in
            recipient.domain == nil || localNames.contains { recipient.isAt($0.value) }
        }
        let recipient = RecipientText.reduced(request.recipient) { $0.domain != nil && isOurs($0) }
        return .accepted(isOurs(recipient) ? .delivered(recipient) : .relayed(recipient))
    }
}
