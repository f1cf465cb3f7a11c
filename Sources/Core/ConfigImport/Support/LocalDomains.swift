import MailTypes

extension ImportFacts {
    /// The domains whose mail is delivered, as far as the facts say it.
    public var deliveredDomains: [Sourced<Domain>] {
        (localDomains ?? ownDomain.map { [$0] } ?? []).map { Sourced($0, Origin(note: "--facts")) }
    }
}

extension ImportNotes {
    /// Says that nothing names the local domains: who can relay is known without them, delivery is not.
    public mutating func findNoLocalDomains(_ id: String, why: String, fix: String = "give localDomains in the file of --facts") {
        find(
            AuditFinding(
                id, .warning, "which domains are local is not said, so the imported policy delivers nothing",
                at: Origin(note: "no file names them"), why: why, fix: fix))
    }
}

extension PolicyDraft {
    /// What stands right of the last `@` decides, and no local part is refused for its look.
    public mutating func takesEveryLocalPartAsWritten(origin: Origin) {
        takesLocalPartsAsWritten(origin: origin)
        treat([.slash, .pipe, .leadingDot], .asWritten, origin: origin)
    }
}
