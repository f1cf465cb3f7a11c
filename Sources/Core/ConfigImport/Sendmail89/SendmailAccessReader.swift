import MailTypes

/// Reads the access map's text as makemap does: a key, white space, and the rest of the line as its value. A line that
/// begins with `#` is a comment; a `#` behind a value is part of it.
enum SendmailAccessReader {
    /// `hasTags`: whether the release looks for tagged keys.
    static func read(_ file: ConfigFile, hasTags: Bool, into map: inout SendmailAccessMap, notes: inout ImportNotes) {
        for line in file.lines {
            guard let first = line.text.utf8.first, first != UInt8(ascii: "#") else { continue }
            let origin = file.origin(line)
            let text = OldAddressForms.trimmed(line.text)
            guard !text.isEmpty else { continue }
            guard first != UInt8(ascii: " "), first != UInt8(ascii: "\t") else {
                notes.find(skipped("a line that begins with white space", at: origin))
                continue
            }
            let end = text.utf8.firstIndex { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } ?? text.endIndex
            let value = OldAddressForms.trimmed(text[end...])
            guard !value.isEmpty else {
                notes.find(skipped("`\(text)` has no value", at: origin))
                continue
            }
            let entry = SendmailAccessMap.Entry(
                key: text[..<end].lowercased(), value: self.value(value), text: value, origin: origin)
            guard hasTags || SendmailAccessMap.split(entry.key).tag == nil else {
                notes.find(tagged(entry))
                continue
            }
            if map.add(entry), let key = map.keys.last {
                notes.model()
                SendmailAccessAudit.check(entry, key, hasTags: hasTags, notes: &notes)
            } else {
                notes.find(
                    AuditFinding(
                        "sendmail-access-key-twice", .warning, "`\(text[..<end])` stands twice; the first counts", at: origin,
                        why: "makemap keeps the first of two lines with one key and only warns", fix: "leave one out"))
            }
        }
    }

    private static func tagged(_ entry: SendmailAccessMap.Entry) -> AuditFinding {
        AuditFinding(
            "sendmail-access-tag-too-new", .warning, "`\(entry.key)` is never looked up by this release", at: entry.origin,
            why: "tags came with 8.10; before it a key is the domain, address or mailbox alone, and counts in all directions",
            fix: "\(SendmailAccessMap.split(entry.key).body)\t\(entry.text)")
    }

    private static func skipped(_ what: String, at origin: Origin) -> AuditFinding {
        AuditFinding(
            "sendmail-access-line-skipped", .warning, "\(what); makemap leaves it out", at: origin,
            why: "the entry does not exist for Sendmail", fix: "write: key, a tab, value")
    }

    static func value(_ text: String) -> SendmailAccessMap.Value {
        switch text.uppercased() {
        case "OK": return .ok
        case "RELAY": return .relay
        case "REJECT": return .reject
        case "DISCARD": return .discard
        case "SKIP": return .skip
        case "FRIEND": return .friend
        case "HATER": return .hater
        case "SUBJECT": return .subject
        case let upper where upper.hasPrefix("QUARANTINE:"): return .quarantine
        default: return .refusal(isTemporary: isTemporary(text))
        }
    }

    /// `ERROR:4.7.1:450 text`, `ERROR:450 text`, `450 text`: the code of the reply decides.
    private static func isTemporary(_ text: String) -> Bool {
        var rest = text[...]
        if rest.uppercased().hasPrefix("ERROR:") { rest = rest.dropFirst("ERROR:".count) }
        if let colon = rest.firstIndex(of: ":"), rest[..<colon].utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e }) {
            rest = rest[rest.index(after: colon)...]
        }
        let code = rest.drop { $0 == " " || $0 == "\t" || $0 == "\"" }.prefix(3)
        return code.hasPrefix("4") && OldAddressForms.decimal(code).map { $0 >= 400 } ?? false
    }
}
