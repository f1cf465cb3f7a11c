import MailTypes
import RelayPolicy

/// The rules of a policy that may fit a client: those whose `from`, if they have one, holds its address.
///
/// A rule fits only if every line does (Meaning 3), so what is left out never decides, and the plain evaluator reads the
/// rest. A test holds this against the whole policy. Most requests of a check have the client of the one before.
struct RulesByClient {
    private let whole: Policy
    private let connection: [AddressSet?]
    private let refuse: [AddressSet?]
    private let relay: [AddressSet?]
    private var last: (client: IPAddress, policy: Policy)?

    init(_ policy: Policy) {
        whole = policy
        connection = policy.connectionRules.map { $0.conditions.from?.set }
        refuse = policy.refuse.map { $0.conditions.from?.set }
        relay = policy.relay.map { $0.conditions.from?.set }
    }

    mutating func policy(for client: IPAddress) -> Policy {
        if let last, last.client == client { return last.policy }
        var fewer = whole
        fewer.connectionRules = Self.rules(whole.connectionRules, connection, client)
        fewer.refuse = Self.rules(whole.refuse, refuse, client)
        fewer.relay = Self.rules(whole.relay, relay, client)
        last = (client, fewer)
        return fewer
    }

    private static func rules(_ rules: [Rule], _ from: [AddressSet?], _ client: IPAddress) -> [Rule] {
        from.indices.filter { from[$0]?.contains(client) ?? true }.map { rules[$0] }
    }
}
