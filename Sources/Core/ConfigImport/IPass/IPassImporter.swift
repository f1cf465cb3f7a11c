import MailTypes

/// iPass: addresses that the accounting of a roaming consortium says belong to a user for now.
public struct IPassModel: Hashable, Sendable {
    public var entries: [Entry]
    /// Domains that are delivered here.
    public var localDomains: [Sourced<Domain>]
    public var origin: Origin

    /// `user address authorised-at`
    public struct Entry: Hashable, Sendable {
        public var user: String
        public var address: IPAddress
        /// As it is written; a sign of life, not a condition.
        public var since: String
        public var origin: Origin
    }
}

/// iPass: a text feed of authorised addresses. The kit itself was never published.
public enum IPassImporter: SystemImporter {
    public static let system = MailSystem.iPass
    public static let placeOfDomains = "they are settings of the server that reads the feed"

    public static func recognises(_ file: ConfigFile) -> Bool { file.baseName.contains("ipass") }

    public static func model(
        of source: ImportSource, facts: ImportFacts, notes: inout ImportNotes
    ) throws(ImportTrouble) -> IPassModel {
        guard let first = source.paths.first else { throw ImportTrouble("no feed of authorised addresses; give its path") }
        var entries: [IPassModel.Entry] = []
        for path in source.paths {
            let file = try source.file(path)
            for line in file.lines {
                let text = OldAddressForms.trimmed(line.text)
                guard !text.isEmpty, !text.hasPrefix("#") else { continue }
                let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
                guard words.count >= 3, let address = IPAddress(words[1]) else {
                    notes.obscure(text, at: file.origin(line), why: "not `user address authorised-at`")
                    continue
                }
                notes.model()
                entries.append(
                    .init(
                        user: words[0], address: address.unmapped, since: words[2...].joined(separator: " "),
                        origin: file.origin(line)))
            }
        }
        notes.reading = "iPass was never published; read as a feed of addresses that may relay while they are authorised."
        return IPassModel(
            entries: entries,
            localDomains: facts.deliveredDomains,
            origin: Origin(.init(file: first, line: 1, column: 1)))
    }

    public static func draft(of model: IPassModel, facts: ImportFacts, notes: inout ImportNotes) -> PolicyDraft {
        var draft = PolicyDraft()
        draft.addDomains(model.localDomains, origin: model.origin)
        draft.unwrapsHiddenDestinations(origin: Origin(note: "sendmail 8.8 with a recipe that takes local hosts off"))
        var rule = RuleDraft(
            .permit, "authorised address", meaning: "clients at whose address a member's user has logged in",
            origin: model.origin)
        rule.popLogin()
        draft.addRelay(rule)
        find(in: model, notes: &notes)
        return draft
    }

    private static func find(in model: IPassModel, notes: inout ImportNotes) {
        notes.find(
            AuditFinding(
                "ipass-address", .note, "the permission belongs to an address, not to a person", at: model.origin,
                why: "a dial-up address goes to the next caller, who may relay until the feed says stop",
                fix: "stop an address when its session ends, and use SMTP AUTH where you can", confidence: .guess))
        var users: [IPAddress: String] = [:]
        for entry in model.entries {
            if AddressSet.notPublic.contains(entry.address) {
                notes.find(
                    AuditFinding(
                        "ipass-private-address", .warning, "\(entry.address) is no public address", at: entry.origin,
                        why: "behind it may be anybody of another network of the same number", confidence: .likely))
            }
            if let other = users.updateValue(entry.user, forKey: entry.address), other != entry.user {
                notes.find(
                    AuditFinding(
                        "ipass-shared-address", .warning, "\(entry.address) is authorised for \(other) and for \(entry.user)",
                        at: entry.origin, why: "a stop for one of them may be missing", confidence: .guess))
            }
        }
    }
}
