/// One pattern of the language for senders or recipients. ASCII case is folded everywhere.
public enum PathPattern: Hashable, Sendable {
    /// `<>`
    case null
    /// `user@domain`
    case mailbox(localPart: [UInt8], domain: Domain)
    /// `*@domain`, `domain`
    case domain(Domain)
    /// `*@*.domain`, `*.domain`: names below it, not itself.
    case below(Domain)
    /// `user@*`
    case localPart([UInt8])
    /// `ends-with:TEXT`: the domain's canonical bytes end in these.
    case endsWith([UInt8])
}

/// A set of patterns with look-up that does not grow with their number.
public struct PathPatternSet: Hashable, Sendable {
    public let patterns: [PathPattern]
    public init(_ patterns: [PathPattern]) { fatalError("stub") }
    public func contains(_ path: ReversePath) -> Bool { fatalError("stub") }
    /// `<postmaster>` without a domain is matched by `postmaster@*` alone.
    public func contains(_ path: ForwardPath) -> Bool { fatalError("stub") }
}
