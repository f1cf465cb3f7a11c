import ConfigImport
import MailTypes

extension MXModel: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        let isAuthenticated = authentication != nil && request.login != nil
        // At MAIL only rules without a recipient can match.
        if !isAuthenticated, let reply = rejection(of: request, recipient: nil) { return .refused("550 \(reply)") }
        guard let recipient = parsed(request.recipient) else { return .refused("501 5.1.3 Syntax error in address") }
        if !takesPercent.isOn, recipient.localPart.contains(UInt8(ascii: "%")) {
            return .refused("550 5.1.2 No delivery path for that address")
        }
        let (isPassedOn, isLocal) = route(recipient)
        if isPassedOn, !relayAllowed.isOn {
            let (isInside, mayRelay) = place(of: request.client)
            let isSenderLocal = isAuthenticated || isInside && isLocalSender(request.sender)
            guard mayRelay || isSenderLocal || isLocal else { return .refused("551 Relay disabled, recipient refused") }
        }
        if !isAuthenticated, let reply = rejection(of: request, recipient: recipient) { return .refused("550 \(reply)") }
        if !isPassedOn, expandsPercent?.isOn ?? true, let hidden = recipient.withoutPercent { return .accepted(.relayed(hidden)) }
        return .accepted(isPassedOn ? .relayed(recipient) : .delivered(recipient))
    }

    // MARK: Recipients

    /// A route is dropped, a second `@` does not parse, and a bare user is one of this host.
    private func parsed(_ bytes: [UInt8]) -> RecipientText? {
        var bytes = bytes
        while let (_, rest) = RecipientText.withoutRoute(bytes) { bytes = rest }
        var recipient = RecipientText(bytes)
        guard !recipient.localPart.isEmpty, recipient.withoutSecondAt == nil else { return nil }
        if recipient.domain == nil { recipient.domain = hostNames.first?.bytes ?? Array("localhost".utf8) }
        return recipient
    }

    /// Whether it is given to an agent that sends mail on, and whether it counts as local then.
    private func route(_ recipient: RecipientText) -> (isPassedOn: Bool, isLocal: Bool) {
        guard let domain = recipient.domain else { return (false, true) }
        if isLocalDomain(domain, isSender: false) { return (paths.agent(for: domain) != .local, true) }
        let hop = rewritten(domain)
        switch paths.agent(for: hop) {
        case .local: return (false, true)
        case .other: return (true, true)
        case .smtp: return (true, isLocalDomain(hop, isSender: false))
        }
    }

    private func rewritten(_ domain: [UInt8]) -> [UInt8] {
        let text = RecipientText(localPart: [], domain: domain)
        let rule = rewritings.first { rule in
            rule.from.isBelow
                ? text.isAtOrBelow("\(rule.from.domain)") && !text.isAt("\(rule.from.domain)") : text.isAt("\(rule.from.domain)")
        }
        return rule?.nextHop.bytes ?? domain
    }

    private func isLocalDomain(_ domain: [UInt8], isSender: Bool) -> Bool {
        let text = RecipientText(localPart: [], domain: domain)
        for name in hostNames {
            if text.isAt("\(name)") { return true }
            // The parent counts where the name has at least two dots; for recipients until 5.1.
            let labels = "\(name)".split(separator: ".")
            if labels.count > 2, isSender || release <= .v51, text.isAtOrBelow(labels.dropFirst().joined(separator: ".")) {
                return true
            }
        }
        return paths.agent(for: domain) == .local || localDomains.contains { $0.value.matches(domain) }
    }

    private func isLocalSender(_ sender: [UInt8]) -> Bool {
        guard !sender.isEmpty else { return true }
        guard let domain = RecipientText(sender).domain else { return false }
        return isLocalDomain(domain, isSender: true)
    }

    // MARK: Clients

    private func place(of client: IPAddress) -> (isInside: Bool, mayRelay: Bool) {
        if inside.entries.isEmpty { return (true, false) }
        guard let entry = inside.entry(for: client) else { return (false, false) }
        return (entry.outcome.isInside, entry.outcome.mayRelay)
    }

    // MARK: REJMAN

    /// The reply of the first rule that matches; nil if it accepts, or none does.
    private func rejection(of request: EmulatedRequest, recipient: RecipientText?) -> String? {
        let sender = Self.bracketed(request.sender)
        let to = recipient.map { Self.bracketed($0.bytes) }
        // MX knows addresses of four numbers only.
        let client = request.client.family == .v4 ? "\(request.client)" : ""
        let rule = rejections.first { rule in
            if let clients = rule.clients, !clients.matches(client.utf8) { return false }
            guard Self.fits(rule.sender, sender) else { return false }
            guard let pattern = rule.recipient else { return true }
            return to.map { Self.fits(pattern, $0) } ?? false
        }
        guard let rule, !rule.isAcceptance else { return nil }
        return rule.reply ?? "5.7.1 Message rejected due to administrative policy."
    }

    private static func bracketed(_ path: [UInt8]) -> [UInt8] { [UInt8(ascii: "<")] + path + [UInt8(ascii: ">")] }

    /// Brackets of an address count only for a pattern that begins with one.
    private static func fits(_ pattern: VMSPattern, _ address: [UInt8]) -> Bool {
        if address.count > 2, pattern.tokens.first != .byte(UInt8(ascii: "<")) {
            return pattern.matches(address.dropFirst().dropLast())
        }
        return pattern.matches(address)
    }
}
