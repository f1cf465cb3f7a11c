import ConfigImport
import MailTypes

extension DominoModel: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        let client = Client(request)
        if let refusal = connectionRefusal(client) { return refusal }
        let sender = RecipientText(request.sender)
        if isRefused(sender: sender) { return .refused("mail from this address is not taken") }
        let recipient = reduced(request.recipient)
        if deniedRecipients.holds(recipient) || !allowedRecipients.allows(recipient) {
            return .refused("mail for this address is not taken")
        }
        if isLocal(recipient) {
            let hidden = relaysQuoted ? recipient.withoutQuotes.flatMap { isLocal($0) ? nil : $0 } : nil
            return .accepted(hidden.map { .relayed($0) } ?? .delivered(recipient))
        }
        return mayRelay(client, login: request.login, to: recipient)
            ? .accepted(.relayed(recipient)) : .refused("Relaying denied")
    }

    // MARK: Inbound connections, senders

    private func connectionRefusal(_ client: Client) -> EmulatedDecision? {
        if deniedConnections.holds(client) { return .refusedConnection("connection denied") }
        if allowedConnections.isFilled, !allowedConnections.holds(client) { return .refusedConnection("connection denied") }
        return demandsHostName != nil && client.name == nil ? .refused("your host name is not in the DNS") : nil
    }

    private func isRefused(sender: RecipientText) -> Bool {
        if deniedSenders.holds(sender) { return true }
        let isExternal = sender.domain != nil && !isLocal(sender)
        return isExternal && !allowedSenders.allows(sender)
    }

    // MARK: Relay

    private func mayRelay(_ client: Client, login: String?, to recipient: RecipientText) -> Bool {
        switch enforcement.value {
        case .none: return true
        case .externalHosts where client.name.map(isInternal) ?? false: return true
        case .externalHosts, .allHosts: break
        }
        if excludedHosts.holds(client) || exemptsAuthenticated != nil && login != nil { return true }
        let isDenied = deniedSources.holds(client) || deniedDestinations.holds(recipient)
        let hasAllowList = allowedSources.isFilled || allowedDestinations.isFilled
        switch order {
        case .denyFirst:
            if isDenied { return false }
            return allowedSources.holds(client) || allowedDestinations.holds(recipient) || !hasAllowList
        case .allowFirst:
            if allowedSources.holds(client), !deniedSources.holds(client) { return true }
            if allowedDestinations.holds(recipient), !deniedDestinations.holds(recipient) { return true }
            return !isDenied && !hasAllowList
        }
    }

    /// Host names end in the domain, with a whole label.
    private func isInternal(_ name: Domain) -> Bool {
        localDomains.contains { name.isBelow($0.value.domain) || !$0.value.isBelow && name == $0.value.domain }
    }

    // MARK: Recipients

    private func reduced(_ recipient: [UInt8]) -> RecipientText {
        guard relaysQuoted else { return RecipientText.reduced(recipient, isOurs: isLocal) }
        let plain = RecipientText(recipient)
        if isLocal(plain), let inner = plain.withoutQuotes, inner.domain != plain.domain { return plain }
        return RecipientText.reduced(recipient, isOurs: isLocal)
    }

    private func isLocal(_ recipient: RecipientText) -> Bool {
        guard let domain = recipient.domainText else { return true }
        return localDomains.contains {
            $0.value.isBelow ? domain.hasSuffix(".\($0.value.domain)") : domain == "\($0.value.domain)"
        }
    }
}

/// The client as host fields see it.
private struct Client {
    let address: IPAddress
    /// What its reverse zone says; that the name leads back is not asked.
    let name: Domain?

    init(_ request: EmulatedRequest) {
        address = request.client
        switch request.name {
        case .confirmed(let domain), .forged(let domain): name = domain
        case .absent, .temporaryFailure: name = nil
        }
    }
}

extension DominoHostList {
    fileprivate func holds(_ client: Client) -> Bool {
        everyone != nil || addresses.contains { $0.value.contains(client.address) }
            || client.name.map { name in names.contains { $0.value.matches(name) } } ?? false
    }
}

extension DominoMailboxList {
    /// Whether the field holds it; a mailbox without a domain is in none.
    fileprivate func holds(_ mailbox: RecipientText) -> Bool {
        if everyone != nil { return true }
        guard let domain = mailbox.domainText else { return false }
        return entries.contains { entry in
            switch entry.value {
            case .suffix(let text): domain.hasSuffix(text)
            case .exact(let name): domain == "\(name)"
            case .below(let name): domain.hasSuffix(".\(name)")
            case .mailbox(let text): mailbox.text.lowercased() == text
            }
        }
    }

    /// Whether an allow field lets it pass: an empty one lets everything.
    fileprivate func allows(_ mailbox: RecipientText) -> Bool { !isFilled || holds(mailbox) }
}
