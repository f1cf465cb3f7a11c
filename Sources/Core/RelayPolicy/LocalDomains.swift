import Diagnostics
import MailTypes

/// `local { domains … }`: recipients there are delivery and never meet `relay { }` (Meaning 1).
public struct LocalDomains: Sendable {
    /// One `domains` value with what its line adds. An exact name wins over a wildcard, a longer wildcard over a
    /// shorter one; equal ones are an error of the file.
    public struct Entry: Hashable, Sendable {
        public var domain: Domain
        /// `*.domain`: names below it, not itself.
        public var isWildcard: Bool
        /// `via UPSTREAM`.
        public var upstream: String?
        /// `recipients file:…`: exact mailboxes (local parts ASCII case folded); nil means all.
        public var recipients: Set<Mailbox>?
        public var at: SourceLocation
        public init(
            domain: Domain, isWildcard: Bool = false, upstream: String? = nil, recipients: Set<Mailbox>? = nil,
            at: SourceLocation
        ) {
            (self.domain, self.isWildcard, self.upstream) = (domain, isWildcard, upstream)
            (self.recipients, self.at) = (recipients, at)
        }
    }

    public let entries: [Entry]
    /// Positions in `entries`.
    private let positions: DomainIndex

    public init(_ entries: [Entry] = []) {
        self.entries = entries
        positions = DomainIndex(
            entries.enumerated().map { (domain: $1.domain, isAncestor: $1.isWildcard, number: $0) })
    }

    /// The entry that `domain` belongs to, in time that does not grow with their number.
    public func entry(for domain: Domain) -> Entry? { index(for: domain).map { entries[$0] } }

    /// Its position in `entries`.
    func index(for domain: Domain) -> Int? { positions.number(for: domain) }
}

extension LocalDomains: Hashable {
    public static func == (a: LocalDomains, b: LocalDomains) -> Bool { a.entries == b.entries }
    public func hash(into hasher: inout Hasher) { hasher.combine(entries) }
}
