import ConfigImport
import MailTypes

extension Exchange55Model: EmulatedSystem {
    public func decide(_ request: EmulatedRequest) -> EmulatedDecision {
        var recipient = RecipientText(RecipientText.finalMailbox(of: request.recipient))
        while isInbound(recipient), let packed = recipient.encapsulatedMailbox {
            if encapsulation == .escapes { return .accepted(.relayed(packed)) }
            // What holds no mailbox has no way to go.
            guard reroutes, packed.domain != nil else { return returned }
            recipient = packed
        }
        if isInbound(recipient) { return .accepted(.delivered(recipient)) }
        guard reroutes else { return returned }
        return mayRelay(request) ? .accepted(.relayed(recipient)) : .refused("550 relaying prohibited")
    }

    /// Accepted at RCPT and sent back later. No mail reaches the recipient, so it counts as a refusal.
    private var returned: EmulatedDecision { .refused("accepted, then returned to the sender") }

    /// Q193922, statement by statement.
    private func mayRelay(_ request: EmulatedRequest) -> Bool {
        guard let flags else { return true }
        // Q260562: none chosen means the set of everyone.
        if flags.rawValue == 0 { return true }
        if flags.contains(.deny), deny.fits(request.client) { return false }
        if flags.contains(.allow), allow.fits(request.client) { return true }
        if flags.contains(.interfaces), let local = request.localAddress, interfaces.fits(local) { return true }
        if flags.contains(.authenticated), request.login != nil { return true }
        return flags.rawValue == 1
    }

    private func isInbound(_ recipient: RecipientText) -> Bool {
        guard reroutes else {
            return routes.contains { $0.target == .inbound && $0.covers(recipient) }
        }
        let rows = routes.filter { $0.covers(recipient) }
        let best = rows.first(where: \.isExact) ?? rows.max { "\($0.domain)".utf8.count < "\($1.domain)".utf8.count }
        return best?.target == .inbound
    }
}

extension Exchange55Model.Route {
    fileprivate func covers(_ recipient: RecipientText) -> Bool {
        isExact ? recipient.isAt("\(domain)") : recipient.isAtOrBelow("\(domain)")
    }
}

extension [Exchange55Model.Mask] {
    fileprivate func fits(_ address: IPAddress) -> Bool {
        guard address.family == .v4 else { return false }
        let number = UInt32(truncatingIfNeeded: address.value)
        return contains { number & $0.mask == $0.net }
    }
}

extension RecipientText {
    /// What is inside `IMCEASMTP-…@here`, quoted or not; nil for other recipients.
    fileprivate var encapsulatedMailbox: RecipientText? {
        var plain = self
        let isQuoted = localPart.count > 2 && localPart.first == UInt8(ascii: "\"") && localPart.last == UInt8(ascii: "\"")
        if isQuoted { plain.localPart = Array(localPart.dropFirst().dropLast()) }
        guard Self.lowercased(plain.localPart[...]).starts(with: "imceasmtp-".utf8) else { return nil }
        return plain.withoutEncapsulation ?? RecipientText(localPart: plain.localPart, domain: nil)
    }
}
