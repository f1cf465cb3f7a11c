import MailTypes
import RelayPolicy

/// What relayed by one permit.
public struct RuleUsage: Hashable, Sendable {
    /// Recipients.
    public internal(set) var requests = 0
    public internal(set) var addresses: Set<IPAddress> = []
    public internal(set) var senders = SeenPaths()
    public internal(set) var recipients = SeenPaths()
    /// As they were written by the clients.
    public internal(set) var logins: Set<String> = []
    /// The log names the rule for so many requests that are decided otherwise now: the rules have changed since, or
    /// the log lacks a fact.
    public internal(set) var decidedOtherwiseNow = 0

    mutating func add(_ request: RelayRequest, to path: ForwardPath) {
        requests += 1
        addresses.insert(request.client)
        senders.add(request.reversePath)
        recipients.add(path)
        if case .known(let login) = request.login { logins.insert(login.name) }
    }
}
