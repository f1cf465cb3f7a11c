/// A forward-path as the client wrote it: parsed, and with the tricks that were found in it, but not
/// yet judged. `RelayPolicy` turns it into a `ForwardPath` or into a refusal.
public struct WrittenPath: Hashable, Sendable {
    /// The hops of a source route, outermost first; empty without one.
    public let route: [Domain]
    /// The final mailbox, with its local part decoded. For `u@r@t` the local part is `u@r`.
    public let path: ForwardPath
    /// What in it some server reads as more than a mailbox, in the order of `AddressTrick.allCases`.
    /// Which rule set counts for `slash` and `pipe` depends on whether the domain is local.
    public func tricks(whenLocal: Bool) -> [AddressTrick] { fatalError("stub") }

    /// `path` with one level resolved (`u%r@t` → `u@r`, `r!u@t` → `u@r`, route → its final mailbox,
    /// quoted `"u@r"@t` → `u@r`, `u@r@t` → `u@r`); nil if that yields no valid mailbox or the form
    /// cannot be resolved.
    public func resolving(_ trick: AddressTrick) -> WrittenPath? { fatalError("stub") }

    /// Reads what follows `RCPT TO:` up to and with `>`. A bare mailbox only where allowed.
    public init(parsing bytes: [UInt8], allowingBareMailbox: Bool = false) throws(PathProblem) { fatalError("stub") }

    /// A path that is canonical already.
    public init(_ path: ForwardPath) { (self.route, self.path) = ([], path) }
}

/// A form of address with which a third party hides the real destination. Raw values are the words of
/// `address-tricks` in the language.
public enum AddressTrick: String, Hashable, Sendable, CaseIterable {
    case route, doubleAt = "double-at", encapsulated, quoted, percent, bang, slash, pipe
    case leadingDot = "leading-dot"
}

/// Why bytes are no path.
public struct PathProblem: Error, Hashable, Sendable {
    /// For people, lower case, no full stop: `two @ outside quotes`.
    public let message: String
    /// What the client is told.
    public let reply: Reply
    public init(message: String, reply: Reply) { (self.message, self.reply) = (message, reply) }
}
