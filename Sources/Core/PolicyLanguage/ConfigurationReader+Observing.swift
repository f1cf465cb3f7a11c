import Diagnostics

/// `observe` on the node and on listeners (Meaning 13).
extension ConfigurationReader {
    /// Everything passes there, so the server behind has to know whose mail it is: its own relay control stays what it
    /// was. A policy alone has no servers.
    mutating func checkObserving() {
        guard purpose == .serving else { return }
        var places = configuration.listeners.compactMap { listener in
            listener.observesAt.map { (what: "the listener `\(listener.name)`", at: $0) }
        }
        if let place = configuration.node.observesAt { places.insert((what: "the node", at: place), at: 0) }
        let behind = configuration.upstreams.first { $0.name == configuration.policy.routes.local }
        for (what, place) in places {
            if let behind, behind.clientTelling == nil {
                problems.add(Self.notTold(behind, at: place))
            } else {
                warn(
                    "\(what) observes: every recipient passes to the server behind, whatever the rules say", at: place,
                    why: "the rules are asked, and what they would have said is only kept",
                    fix: "`gatepost log --would` shows what would have been refused; take `observe` out for the rules to count")
            }
        }
    }

    private static func notTold(_ upstream: Configuration.Upstream, at place: SourceLocation) -> Diagnostic {
        Diagnostic(
            .error, "`observe` needs a server behind that is told whose mail it is, and `\(upstream.name)` is not",
            at: place,
            why: "it would take every client for this host, and relay for strangers what it relays for this host",
            fix: "write `tell-client-address xclient` (or proxy-v1, proxy-v2) into `upstream \(upstream.name)` "
                + "(line \(upstream.at.line)) and let the server take it; or take `observe` out")
    }
}
