import ConfigImport
import MailTypes

extension NTMailModel: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        // Only names that are given outright are unwrapped for; names below a domain belong to somebody else.
        let recipient = RecipientText.reduced(request.recipient) { recipient in
            let names = domains.map(\.value) + treatedAsLocal.hosts.map(\.value).filter { !$0.isBelow }.map(\.domain)
            return names.contains { recipient.isAt("\($0)") }
        }
        if domains.contains(where: { recipient.isAt("\($0.value)") }) { return .accepted(.delivered(recipient)) }
        if isLocal(recipient) || !acceptsOnlyLocal { return .accepted(.relayed(recipient)) }
        return switch ListAnswer(treatedAsLocal, request) {
        case .listed: .accepted(.relayed(recipient))
        case .notKnown: .deferred("450 name of the client not known")
        case .notListed: .refused("550 only local mail is accepted")
        }
    }

    /// A domain of its own, or one that is treated as local.
    private func isLocal(_ recipient: RecipientText) -> Bool {
        domains.contains { recipient.isAt("\($0.value)") }
            || treatedAsLocal.hosts.contains { host in
                let wanted = "\(host.value.domain)"
                return host.value.isBelow ? recipient.isAtOrBelow(wanted) && !recipient.isAt(wanted) : recipient.isAt(wanted)
            }
    }
}
