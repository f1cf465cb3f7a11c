/// A request with what was said of it, behind one reference. Together they hold some twenty others, and by value each
/// hand that they pass through on their way to the log counts every one.
public final class JudgedRequest: Sendable {
    public let request: RelayRequest
    public let decision: Decision

    public init(_ request: RelayRequest, _ decision: Decision) { (self.request, self.decision) = (request, decision) }
}
