import MailTypes

/// A mailbox whose mail goes on to another one.
public struct MailAlias: Hashable, Sendable {
    /// Without a domain: a user of every local domain.
    public var name: String
    public var target: String

    /// Of the name, nil where it has none or none that can be read.
    public var domain: Domain? { Self.domain(of: name) }
    public var targetDomain: Domain? { Self.domain(of: target) }

    private static func domain(of mailbox: String) -> Domain? {
        mailbox.lastIndex(of: "@").flatMap { Domain(String(mailbox[mailbox.index(after: $0)...])) }
    }
}

extension ImportFacts {
    /// `aliases`, in the order of their names.
    public var sortedAliases: [MailAlias] {
        aliases.map { MailAlias(name: $0, target: $1) }.sorted { $0.name < $1.name }
    }
}
