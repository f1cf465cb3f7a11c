import MailTypes

/// A policy made ready for many decisions: the cost of one does not grow with the length of its lists.
/// Immutable and shared by all sessions that began under it.
public final class CompiledPolicy: Sendable {
    public let policy: Policy

    public init(_ policy: Policy) { fatalError("stub") }

    /// As `Policy.decidePlainly`, always.
    public func decide(_ request: RelayRequest) -> Decision { fatalError("stub") }
    /// As `Policy.isRelayClientPlainly`, always.
    public func isRelayClient(_ request: RelayRequest) -> Bool { fatalError("stub") }
}
