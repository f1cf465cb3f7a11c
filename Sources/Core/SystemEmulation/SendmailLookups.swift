import ConfigImport
import MailTypes

/// The rulesets D, A, F, E and U: lookups in the access map, one key after the other.
struct SendmailLookups {
    typealias Entry = SendmailAccessMap.Entry
    let model: Sendmail89Model

    private func find(_ tag: String, _ key: String, isTaggedOnly: Bool = false) -> Entry? {
        guard model.has(.accessDB) else { return nil }
        return model.access["\(tag):\(key)"] ?? (isTaggedOnly ? nil : model.access[key])
    }

    /// D: the name, then one label less each time. An address in brackets loses its last number.
    func domain(_ tag: String, _ name: String, isTaggedOnly: Bool = false) -> Entry? {
        var name = name
        while true {
            var entry = find(tag, name, isTaggedOnly: isTaggedOnly)
            let dot = name.firstIndex(of: ".")
            if entry == nil, model.has(.lookupDotDomain), let dot { entry = find(tag, String(name[dot...]), isTaggedOnly: isTaggedOnly) }
            if let entry { return entry.value == .skip && model.has(.skip) ? nil : entry }
            if name.hasPrefix("[") {
                guard let last = name.lastIndex(where: { $0 == "." || $0 == ":" }) else { return nil }
                name = name[..<last] + "]"
            } else {
                guard let dot else { return nil }
                name = String(name[name.index(after: dot)...])
            }
        }
    }

    /// A: the address, then one number less each time.
    func address(_ tag: String, _ address: String) -> Entry? {
        var address = address
        while true {
            if let entry = find(tag, address) { return entry.value == .skip && model.has(.skip) ? nil : entry }
            guard let last = address.lastIndex(where: { $0 == "." || $0 == ":" }) else { return nil }
            address = String(address[..<last])
        }
    }

    private func mailbox(_ tag: String, _ text: RecipientText, isTaggedOnly: Bool = false) -> Entry? {
        find(tag, text.text.lowercased(), isTaggedOnly: isTaggedOnly)
    }

    private func user(_ tag: String, _ text: RecipientText, isTaggedOnly: Bool = false) -> Entry? {
        find(tag, String(decoding: text.localPart, as: UTF8.self).lowercased() + "@", isTaggedOnly: isTaggedOnly)
    }

    // MARK: Who asks

    func sender(_ sender: RecipientText) -> Entry? {
        guard let domain = sender.domainText else { return user("from", sender) }
        return mailbox("from", sender) ?? user("from", sender) ?? self.domain("from", domain)
    }

    /// blocklist_recipients. SKIP is no verdict here wherever it stands.
    func recipient(_ recipient: RecipientText, isLocal: Bool) -> Entry? {
        var entry: Entry?
        if let domain = recipient.domainText {
            entry = mailbox("to", recipient) ?? (isLocal ? user("to", recipient) : nil) ?? self.domain("to", domain)
        } else {
            entry = user("to", recipient)
        }
        if entry?.value == .skip, model.has(.skip) { entry = nil }
        return entry
    }

    func spam(_ recipient: RecipientText, isLocal: Bool) -> Entry? {
        guard let domain = recipient.domainText else { return nil }
        return mailbox("spam", recipient, isTaggedOnly: true) ?? self.domain("spam", domain, isTaggedOnly: true)
            ?? (isLocal ? user("spam", recipient, isTaggedOnly: true) : nil)
    }

    func relays(to recipient: RecipientText) -> Bool {
        guard let domain = recipient.domainText else { return false }
        if model.has(.relayHostsOnly) {
            if model.has(.relayToFullAddress), let entry = mailbox("to", recipient, isTaggedOnly: true) { return entry.value == .relay }
            return find("to", domain)?.value == .relay
        }
        guard model.has(.relayToFullAddress) else { return self.domain("to", domain)?.value == .relay }
        return (mailbox("to", recipient) ?? self.domain("to", domain) ?? user("to", recipient))?.value == .relay
    }

    func relays(from name: String) -> Bool {
        (model.has(.relayHostsOnly) ? find("connect", name) : domain("connect", name))?.value == .relay
    }

    func relays(forSender sender: RecipientText) -> Bool {
        if let entry = mailbox("from", sender, isTaggedOnly: true) { return entry.value == .relay }
        guard model.has(.relayMailFromDomain), let domain = sender.domainText else { return false }
        let entry = model.has(.relayHostsOnly) ? find("from", domain, isTaggedOnly: true) : self.domain("from", domain, isTaggedOnly: true)
        return entry?.value == .relay
    }
}
