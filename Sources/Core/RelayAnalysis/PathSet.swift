import MailTypes

/// A set of mailboxes in the words of the language: what `patterns` say, without what `exceptions` say, and perhaps
/// the one value that is no mailbox (`<>` of senders, `<postmaster>` of recipients).
///
/// Host names are such sets too, as the domains of patterns; their value beside is "no name".
public struct PathSet: Hashable, Sendable {
    /// Nil is every mailbox.
    public var patterns: [PathPattern]?
    public var exceptions: [PathPattern]
    /// Only these local parts (ASCII lower case); nil is all. For what no pattern says: a local part at the names
    /// below a domain.
    public var localParts: [[UInt8]]?
    /// Whether `<>`, `<postmaster>` or "no name" is in it.
    public var hasSpecial: Bool

    public init(
        _ patterns: [PathPattern]?, except exceptions: [PathPattern] = [], localParts: [[UInt8]]? = nil,
        hasSpecial: Bool = false
    ) {
        (self.patterns, self.exceptions) = (patterns, exceptions)
        (self.localParts, self.hasSpecial) = (localParts, hasSpecial)
    }

    public static let everything = PathSet(nil, hasSpecial: true)

    public var isEverything: Bool { self == .everything }

    /// How many words it takes to say it.
    var elements: Int { (patterns?.count ?? 0) + exceptions.count + (localParts?.count ?? 0) }

    public func contains(_ mailbox: Mailbox) -> Bool {
        let path = ReversePath.mailbox(mailbox)
        return (patterns?.contains { $0.matches(path) } ?? true) && !exceptions.contains { $0.matches(path) }
            && (localParts?.contains(mailbox.localPart.withCaseFolded) ?? true)
    }

    public func contains(_ path: ReversePath) -> Bool {
        if case .mailbox(let mailbox) = path { contains(mailbox) } else { hasSpecial }
    }

    public func contains(_ path: ForwardPath) -> Bool {
        if case .mailbox(let mailbox) = path { contains(mailbox) } else { hasSpecial }
    }

    /// For host names.
    public func contains(_ name: Domain?) -> Bool {
        name.map { contains(Mailbox(localPart: [UInt8(ascii: "x")], domain: $0)) } ?? hasSpecial
    }
}

extension [UInt8] {
    /// ASCII letters in lower case; nothing else is folded (Meaning 3).
    var withCaseFolded: [UInt8] { map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 } }
}
