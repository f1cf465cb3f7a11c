import ConfigImport
import MailTypes

extension WorldMailModel: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        guard service.admits(request.client) else { return .refusedConnection("access denied") }
        let recipient = RecipientText(RecipientText.finalMailbox(of: request.recipient))
        if domains.contains(where: { recipient.isAt("\($0.value)") }) { return .accepted(.delivered(recipient)) }
        return relay.admits(request.client) ? .accepted(.relayed(recipient)) : .refused("550 relay access denied")
    }
}

extension WorldMailModel.AccessObject {
    fileprivate func admits(_ client: IPAddress) -> Bool {
        let isException = exceptions.contains { entry in entry.ranges.contains { $0.contains(client) } }
        return isException != isAllowedByDefault
    }
}

extension RecipientText {
    /// What stands behind a source route; a server of later days looks at nothing else (RFC 5321 §3.6.1).
    static func finalMailbox(of bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while let (_, rest) = withoutRoute(bytes) { bytes = rest }
        return bytes
    }
}
