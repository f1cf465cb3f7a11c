import MailTypes

extension Policy {
    /// The listener that the request names, if the policy has it.
    func listener(of request: RelayRequest) -> Listener? {
        request.listener.flatMap { name in listeners.first { $0.name == name } }
    }

    /// The reply to MAIL that the listener's demands give (530), with its reason; nil if they are met.
    public func demands(of request: RelayRequest) -> Decision? {
        guard !observes(request), let listener = listener(of: request) else { return nil }
        return unmetDemand(of: listener, request)
    }

    func unmetDemand(of listener: Listener, _ request: RelayRequest) -> Decision? {
        if listener.requiresTLS && request.tlsVersion == nil {
            return Decision(verdict: .reject, reason: .tlsRequired, reply: StandardReply.tlsRequired)
        }
        guard listener.requiresLogin else { return nil }
        return switch request.login {
        case .known: nil
        case .absent: Decision(verdict: .reject, reason: .loginRequired, reply: StandardReply.loginRequired)
        case .unknown: Decision(verdict: .defer, reason: .undecided, reply: StandardReply.undecided)
        }
    }
}
