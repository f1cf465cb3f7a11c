import MailTypes
import PolicyLanguage

/// Traps in single entries of the access map.
enum SendmailAccessAudit {
    static func check(
        _ entry: SendmailAccessMap.Entry, _ key: SendmailAccessMap.Key, hasTags: Bool, notes: inout ImportNotes
    ) {
        let tag = key.tag
        let isIrrelevant = tag.map { SendmailAccessMap.irrelevantTags.contains($0) } ?? false
        guard !isIrrelevant, !entry.key.hasPrefix("cert") else { return }
        if let tag, SendmailAccessMap.Tag(rawValue: tag) == nil {
            notes.find(
                AuditFinding(
                    "sendmail-access-tag", .warning, "`\(tag):` is no tag that Sendmail asks for", at: entry.origin,
                    why: "the entry is never looked up", fix: "write one of Connect:, From:, To:, Spam:"))
            return
        }
        checkKey(entry, key, notes: &notes)
        checkValue(entry, notes: &notes)
        if hasTags, entry.value == .relay, tag == nil { checkDirection(entry, key, notes: &notes) }
    }

    private static func checkDirection(
        _ entry: SendmailAccessMap.Entry, _ key: SendmailAccessMap.Key, notes: inout ImportNotes
    ) {
        guard !isNeverFound(entry.key[...]), let read = key.body else { return }
        let fromIt = "Connect:\(entry.key)\tRELAY"
        // No recipient's domain begins as an address.
        let isAddress = if case .network = read { true } else { false }
        notes.find(
            AuditFinding(
                "sendmail-untagged-relay", .warning, "RELAY without a tag works in both directions", at: entry.origin,
                why: "mail from clients of that name and mail to that domain are both relayed",
                fix: isAddress ? fromIt : "\(fromIt) or To:\(entry.key)\tRELAY"))
    }

    /// A prefix length or an asterisk.
    private static func isNeverFound(_ body: Substring) -> Bool {
        body.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "*") }
    }

    private static func checkKey(
        _ entry: SendmailAccessMap.Entry, _ key: SendmailAccessMap.Key, notes: inout ImportNotes
    ) {
        let (tag, body) = SendmailAccessMap.split(entry.key)
        if isNeverFound(body) {
            notes.find(
                AuditFinding(
                    "sendmail-access-cidr", .warning, "`\(entry.key)` matches nobody", at: entry.origin,
                    why: "addresses are compared by whole octets from the left; the map knows neither prefixes nor asterisks",
                    fix: "write the first octets: 10.20 for 10.20.0.0/16"))
            return
        }
        guard let read = key.body else {
            notes.find(
                AuditFinding(
                    "sendmail-access-key", .warning, "`\(entry.key)` is no address, domain or mailbox", at: entry.origin,
                    why: "the entry is never found", fix: "write a domain, user@domain, user@, or the first octets of an address"))
            return
        }
        if case .host(let domain) = read, !domain.bytes.contains(UInt8(ascii: ".")), tag != "connect", entry.value != .relay,
            !shortTopLevel.contains("\(domain)"), domain.bytes.count > 2
        {
            notes.find(
                AuditFinding(
                    "sendmail-access-user-without-at", .warning, "`\(body)` is a top-level domain here, no user",
                    at: entry.origin, why: "a user at any domain is written with an @ at its end", fix: "\(body)@",
                    confidence: .likely))
        }
    }

    private static let shortTopLevel: Set<String> = [
        "com", "org", "net", "edu", "gov", "mil", "int", "info", "biz", "name", "test", "example", "localhost", "top",
        "xyz", "invalid", "local", "online", "site", "club",
    ]

    private static func checkValue(_ entry: SendmailAccessMap.Entry, notes: inout ImportNotes) {
        guard case .refusal = entry.value else { return }
        let first = entry.text.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "#" }).first.map { $0.uppercased() } ?? ""
        guard ["OK", "RELAY", "REJECT", "DISCARD", "SKIP", "FRIEND", "HATER"].contains(first) else { return }
        notes.find(
            AuditFinding(
                "sendmail-access-remark", .warning, "`\(entry.text)` is taken for the text of a refusal", at: entry.origin,
                why: "everything behind the key is the value, remarks too", fix: "\(first) alone"))
    }
}
