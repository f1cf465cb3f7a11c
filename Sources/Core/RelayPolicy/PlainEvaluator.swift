import MailTypes

extension Policy {
    /// The meaning of a policy: every rule read from the top, nothing clever. The compiled matcher is held
    /// against it.
    public func explain(_ request: RelayRequest) -> Explanation { fatalError("stub") }

    /// The same without the trace.
    public func decidePlainly(_ request: RelayRequest) -> Decision { fatalError("stub") }

    /// Whether the client's side of a permit that is live and certain fits, so that the whole transaction goes to
    /// `route clients` (Meaning 11). Sender and recipient in `request` are not looked at.
    public func isRelayClientPlainly(_ request: RelayRequest) -> Bool { fatalError("stub") }

    /// The reply to MAIL that the listener's demands give (530), with its reason; nil if they are met.
    public func demands(of request: RelayRequest) -> Decision? { fatalError("stub") }

    /// The reply to the connection that `reject connection` gives; nil if none fits. Unknown facts: defer.
    public func connectionRefusal(_ request: RelayRequest) -> Decision? { fatalError("stub") }
}
