import ConfigImport
import MailTypes

/// Sendmail's reading of an address: canonify, Parse0 and ParseRecipient.
struct SendmailAddress {
    private let model: Sendmail89Model
    private let hasPercentHack: Bool
    private let hasUUCP: Bool

    init(_ model: Sendmail89Model) {
        self.model = model
        hasPercentHack = !model.has(.noPercentHackReject) && !model.has(.noPercentHackNoSpecial)
        hasUUCP = !model.has(.noUUCPReject) && !model.has(.noUUCPNoSpecial)
    }

    /// As in `${client_addr}`: IPv6 in full, with its mark.
    static func text(of address: IPAddress) -> String {
        guard address.family == .v6 else { return "\(address)" }
        let groups = (0..<8).map { String(UInt16(address.value >> UInt128((7 - $0) * 16) & 0xffff), radix: 16) }
        return "ipv6:" + groups.joined(separator: ":")
    }

    /// `@a,@b:u@h` is u@h; the hosts of a route count for nothing.
    static func withoutRoute(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        while let (_, rest) = RecipientText.withoutRoute(bytes) { bytes = rest }
        return bytes
    }

    /// What makes Parse0 refuse the address; nil for most.
    func fault(_ bytes: [UInt8]) -> String? {
        let text = RecipientText(bytes)
        return text.domain != nil && text.withoutSecondAt != nil ? "Invalid route address" : nil
    }

    /// A bare text: `h!u` and `u%h` name a host as `u@h` does.
    private func canonified(_ bytes: [UInt8]) -> RecipientText {
        let text = RecipientText(bytes)
        guard text.domain == nil, bytes.first != UInt8(ascii: "\"") else { return text }
        if hasUUCP, let inner = text.withoutBang {
            var inner = inner
            if inner.domain?.contains(UInt8(ascii: ".")) == false { inner.domain? += Array(".uucp".utf8) }
            return inner
        }
        return hasPercentHack ? text.withoutPercent ?? text : text
    }

    private func isOwn(_ text: RecipientText) -> Bool {
        guard let domain = text.domainText else { return false }
        return domain == "localhost" || model.hostName.map { "\($0.value)" == domain } ?? false
            || model.ownDomain.map { domain == "localhost.\($0.value)" } ?? false || model.localClass.contains { $0.value == domain }
    }

    /// Parse0: the host's own names are taken off as long as the local part names another.
    func canonical(_ text: RecipientText) -> RecipientText {
        var text = text.domain == nil ? canonified(text.bytes) : text
        for _ in 0...text.bytes.count {
            guard isOwn(text), let inner = inner(of: text) else { break }
            text = inner
        }
        return atHost(text)
    }

    /// localhost and the host's own literals are other names of it.
    private func atHost(_ text: RecipientText) -> RecipientText {
        let isOwnLiteral = text.domain?.first == UInt8(ascii: "[") && isOwn(text)
        guard let host = model.hostName,
            isOwnLiteral || text.isAt("localhost") || model.ownDomain.map({ text.isAt("localhost.\($0.value)") }) ?? false
        else { return text }
        return RecipientText(localPart: text.localPart, domain: Array("\(host.value)".utf8))
    }

    /// What the local part says if it names a host.
    private func inner(of text: RecipientText) -> RecipientText? {
        let local = dequoted(text.localPart)
        let isRouting = local.contains { byte in
            byte == UInt8(ascii: "@") || hasPercentHack && byte == UInt8(ascii: "%") || hasUUCP && byte == UInt8(ascii: "!")
        }
        guard isRouting, local.first != UInt8(ascii: "\"") else { return nil }
        return canonified(local)
    }

    /// Quotes are taken off where nothing within needs them.
    private func dequoted(_ local: [UInt8]) -> [UInt8] {
        guard let inner = RecipientText(localPart: local, domain: Array("x".utf8)).withoutQuotes else { return local }
        let bytes = inner.domain == Array("x".utf8) ? inner.localPart : inner.bytes
        return bytes.contains { $0 <= 0x20 || "\"()<>,;:\\".utf8.contains($0) } ? local : bytes
    }

    /// ParseRecipient: hosts that mail is taken for are taken off, and what is left is judged again. True where an MX that
    /// had to be asked cannot be.
    func stripped(_ bytes: [UInt8], session: SendmailSession) -> (RecipientText, mxFails: Bool) {
        var text = canonical(RecipientText(bytes))
        guard !model.has(.looseRelayCheck) else { return (text, false) }
        for _ in 0...bytes.count {
            guard text.domain != nil, let inner = inner(of: text) else { return (RecipientText(localPart: dequoted(text.localPart), domain: text.domain), false) }
            switch session.grant(to: RecipientText(localPart: [], domain: text.domain)) {
            case .none: return (RecipientText(localPart: dequoted(text.localPart), domain: text.domain), false)
            case .unknown: return (text, true)
            case .granted: text = canonical(inner)
            }
        }
        return (text, false)
    }
}
