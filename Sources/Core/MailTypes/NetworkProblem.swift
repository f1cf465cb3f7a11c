/// Why a person's text is no address, network or range, and what to write instead.
public struct NetworkProblem: Error, Hashable, Sendable {
    /// Names the text: `` `10.0.0.1/8` has host bits set ``. Lower case, no full stop.
    public let message: String
    /// `write 10.0.0.0/8 or 10.0.0.1`
    public let fix: String?
    public init(message: String, fix: String? = nil) { (self.message, self.fix) = (message, fix) }
}
