import ConfigImport
import MailTypes

/// The rulesets check_relay, check_mail and check_rcpt for one request, in Sendmail's own order.
struct SendmailSession {
    let model: Sendmail89Model
    let request: EmulatedRequest
    let map: SendmailLookups

    init(model: Sendmail89Model, request: EmulatedRequest) {
        (self.model, self.request, map) = (model, request, SendmailLookups(model: model))
    }

    /// `${client_addr}`
    var address: String { SendmailAddress.text(of: request.client) }
    /// `${client_name}`: the confirmed one, else the address in brackets.
    var name: String {
        if case .confirmed(let name) = request.name { "\(name)" } else { "[\(address)]" }
    }

    // MARK: check_relay

    func checkRelay() -> SendmailRefusal? {
        if model.has(.accessDB), let entry = map.domain("connect", name) ?? map.address("connect", address) {
            return entry.value.isAccepting ? nil : SendmailRefusal(entry)
        }
        guard model.has(.requireRDNS), !isInClassR(address: address) else { return nil }
        switch request.name {
        case .confirmed: return nil
        case .absent: return SendmailRefusal("550 5.7.1 Fix reverse DNS for \(address)")
        case .temporaryFailure, .forged: return SendmailRefusal("451 4.1.8 \(address) does not resolve", isTemporary: true)
        }
    }

    // MARK: check_mail

    enum SenderAnswer {
        case refused(SendmailRefusal)
        /// The access map takes the sender; with delay_checks nothing more is asked.
        case taken
    }

    func checkMail(_ sender: RecipientText) -> SenderAnswer? {
        if sender.bytes.isEmpty { return nil }
        if !model.has(.acceptUnqualifiedSenders), isAtLocalhost(sender), !isLocal(host: name) {
            return .refused(SendmailRefusal("553 5.5.4 Real domain name required for sender address"))
        }
        let sender = SendmailAddress(model).canonical(sender)
        if let entry = map.sender(sender) {
            return entry.value.isAccepting ? .taken : .refused(SendmailRefusal(entry))
        }
        if sender.domain == nil, !model.has(.acceptUnqualifiedSenders) {
            return .refused(SendmailRefusal("553 5.5.4 Domain name required for sender address"))
        }
        return nil
    }

    private func isAtLocalhost(_ sender: RecipientText) -> Bool {
        let own = model.ownDomain.map { ["localhost.\($0.value)"] } ?? []
        return (["localhost", "[127.0.0.1]", "[ipv6:::1]", "[ipv6:0:0:0:0:0:0:0:1]"] + own).contains { sender.isAt($0) }
    }

    func isLocal(host: String) -> Bool {
        host == "localhost" || model.hostName.map { "\($0.value)" == host } ?? false
            || model.localClass.contains { $0.value == host }
    }

    // MARK: check_rcpt

    enum RecipientAnswer {
        case no(SendmailRefusal)
        case yes(EmulatedDestination)
        /// A login or a certificate: nothing more is asked, not even with delay_checks.
        case stop(EmulatedDestination)
    }

    func checkRecipient(_ sender: RecipientText) -> RecipientAnswer {
        let written = SendmailAddress.withoutRoute(request.recipient)
        let parser = SendmailAddress(model)
        if let error = parser.fault(written) { return .no(SendmailRefusal("553 5.1.3 \(error)")) }
        let (recipient, mxFails) = parser.stripped(written, session: self)
        if model.has(.blocklistRecipients), let entry = map.recipient(recipient, isLocal: isLocal(host: recipient.domainText ?? "")),
            !entry.value.isAccepting
        {
            return .no(SendmailRefusal(entry))
        }
        let isOurs = recipient.domainText.map { isLocal(host: $0) } ?? true
        let destination: EmulatedDestination = isOurs ? .delivered(recipient) : .relayed(recipient)
        if model.has(.promiscuousRelay) { return .yes(destination) }
        if hasCertificate || hasTrustedLogin { return .stop(destination) }
        let answer = mxFails ? RecipientGrant.unknown : grant(to: recipient)
        if answer == .granted { return .yes(destination) }
        return relay(sender, mxFails: answer == .unknown).map { .no($0) } ?? .yes(destination)
    }

    private var hasTrustedLogin: Bool {
        guard request.login != nil, let mechanism = request.mechanism else { return false }
        return model.trustedMechanisms.contains { $0.value == mechanism }
    }

    private var hasCertificate: Bool {
        guard model.has(.accessDB) else { return false }
        return request.certificates.contains { word in
            let parts = word.split(separator: ",CertSubject:", maxSplits: 1).map(String.init)
            guard parts[0].hasPrefix("CertIssuer:"), let issuer = model.access[parts[0].lowercased()] else { return false }
            if issuer.value == .relay { return true }
            guard issuer.value == .subject, parts.count == 2 else { return false }
            return model.access["certsubject:\(parts[1].lowercased())"]?.value == .relay
        }
    }

    // MARK: Rcpt_ok

    enum RecipientGrant { case granted, none, unknown }

    func grant(to recipient: RecipientText) -> RecipientGrant {
        if model.has(.noUUCPReject), recipient.localPart.contains(UInt8(ascii: "!")) { return .none }
        if model.has(.noPercentHackReject), recipient.localPart.contains(UInt8(ascii: "%")) { return .none }
        guard let domain = recipient.domainText else { return .granted }
        if isInOwnDomain(domain) || isLocal(host: domain) || isInClassR(name: domain) { return .granted }
        if map.relays(to: recipient) { return .granted }
        guard model.has(.relayBasedOnMX) else { return .none }
        if model.served.contains(where: { "\($0.value)" == domain }) { return .granted }
        return model.unanswered.contains { "\($0.value)" == domain } ? .unknown : .none
    }

    func isInOwnDomain(_ name: String) -> Bool {
        guard model.has(.relayEntireDomain), let own = model.ownDomain else { return false }
        return name == "\(own.value)" || name.hasSuffix(".\(own.value)")
    }

    /// `$* $=R`: whole words between dots, from the right; with relay_hosts_only the whole name.
    func isInClassR(name: String) -> Bool {
        model.relayClass.contains { entry in
            let word = entry.value
            if model.has(.relayHostsOnly) { return name == word }
            return name == word || name.hasSuffix(word.hasPrefix(".") ? word : ".\(word)")
        }
    }

    /// `$=R $*`: whole numbers from the left.
    func isInClassR(address: String) -> Bool {
        model.relayClass.contains { entry in
            let word = entry.value
            if address == word { return true }
            let separator = word.hasPrefix("ipv6") ? ":" : "."
            return address.hasPrefix(word.hasSuffix(separator) ? word : word + separator)
        }
    }

    // MARK: Relay_ok

    private func relay(_ sender: RecipientText, mxFails: Bool) -> SendmailRefusal? {
        if address == "127.0.0.1" || address == "ipv6:0:0:0:0:0:0:0:1" || isInClassR(address: address) { return nil }
        if model.has(.accessDB), map.address("connect", address)?.value == .relay { return nil }
        if isLocal(host: "[\(address)]") { return nil }
        if maySend(SendmailAddress(model).canonical(sender)) { return nil }
        switch request.name {
        case .temporaryFailure: return SendmailRefusal("450 4.4.0 Relaying temporarily denied. Cannot resolve PTR record", isTemporary: true)
        case .forged: return SendmailRefusal("550 5.7.1 Relaying denied. IP name possibly forged")
        case .absent: return SendmailRefusal("550 5.7.1 Relaying denied. IP name lookup failed")
        case .confirmed: break
        }
        if isInOwnDomain(name) || isLocal(host: name) || isInClassR(name: name) || map.relays(from: name) { return nil }
        if mxFails { return SendmailRefusal("450 4.4.0 Can not check MX records for recipient host", isTemporary: true) }
        return SendmailRefusal("550 5.7.1 Relaying denied")
    }

    private func maySend(_ sender: RecipientText) -> Bool {
        guard let domain = sender.domainText else { return false }
        if model.has(.relayLocalFrom), isLocal(host: domain) { return true }
        return model.has(.relayMailFrom) && map.relays(forSender: sender)
    }

    // MARK: delay_checks

    /// check_mail and check_relay behind check_rcpt; nil where they have nothing against it.
    func delayedChecks(_ sender: RecipientText) -> SendmailRefusal? {
        let recipient = SendmailAddress(model).canonical(RecipientText(SendmailAddress.withoutRoute(request.recipient)))
        if model.has(.spamFriend) || model.has(.spamHater) {
            let value = map.spam(recipient, isLocal: isLocal(host: recipient.domainText ?? ""))?.value
            if model.has(.spamFriend), value == .friend { return nil }
            if model.has(.spamHater), value != .hater { return nil }
        }
        switch checkMail(sender) {
        case .refused(let no): return no
        case .taken: return nil
        case nil: return checkRelay()
        }
    }
}
