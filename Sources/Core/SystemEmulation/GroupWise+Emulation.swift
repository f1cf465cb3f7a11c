import ConfigImport
import MailTypes

extension GWIAModel: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        switch ListAnswer(blocked, request) {
        case .listed: return .refusedConnection("421 connection refused")
        case .notKnown: return .deferred("421 name of the client not known")
        case .notListed: break
        }
        if demandsLogin != nil, request.login == nil { return .refused("530 authentication required") }
        let isOurs = { (recipient: RecipientText) in domains.contains { recipient.isAt("\($0.value)") } }
        let recipient = RecipientText.reduced(request.recipient, isOurs: isOurs)
        if isOurs(recipient) { return .accepted(.delivered(recipient)) }
        guard noRouting == nil else { return .refused("550 relaying denied") }
        return isPrevented ? decidePrevented(request, recipient) : decideAllowed(request, recipient)
    }

    /// Only the Allow list is asked.
    private func decidePrevented(_ request: EmulatedRequest, _ recipient: RecipientText) -> EmulatedDecision {
        if loginsMayRelay, request.login != nil { return .accepted(.relayed(recipient)) }
        return switch ListAnswer(allowed, request) {
        case .listed: .accepted(.relayed(recipient))
        case .notKnown: .deferred("450 name of the client not known")
        case .notListed: .refused("550 relaying denied")
        }
    }

    /// Only the Prevent list is asked.
    private func decideAllowed(_ request: EmulatedRequest, _ recipient: RecipientText) -> EmulatedDecision {
        switch ListAnswer(prevented, request) {
        case .listed: .refused("550 relaying denied")
        case .notKnown: .deferred("450 name of the client not known")
        case .notListed: .accepted(.relayed(recipient))
        }
    }
}

extension GWSMTPModel: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        let isOurs = { (recipient: RecipientText) in domains.contains { recipient.isAt("\($0.value)") } }
        let recipient = RecipientText.reduced(request.recipient, isOurs: isOurs)
        if isOurs(recipient) { return .accepted(.delivered(recipient)) }
        // It is taken and then laid aside, which to its recipient is a refusal.
        return noRouting == nil ? .accepted(.relayed(recipient)) : .refused("550 not in this system")
    }
}

/// Whether a list of addresses and host names has the client.
enum ListAnswer {
    case listed, notListed
    /// Its name could not be looked up, and there are names in the list.
    case notKnown

    init(_ list: ClientList, _ request: EmulatedRequest) {
        if list.addresses.contains(where: { $0.value.contains(request.client) }) {
            self = .listed
            return
        }
        switch request.name {
        case .confirmed(let name):
            let text = RecipientText(localPart: [], domain: name.bytes)
            let isListed = list.hosts.contains { host in
                let wanted = "\(host.value.domain)"
                return host.value.isBelow ? text.isAtOrBelow(wanted) && !text.isAt(wanted) : text.isAt(wanted)
            }
            self = isListed ? .listed : .notListed
        case .absent, .forged: self = .notListed
        case .temporaryFailure: self = list.hosts.isEmpty ? .notListed : .notKnown
        }
    }
}
