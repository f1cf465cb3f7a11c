import Diagnostics
import RelayPolicy

extension Policy {
    /// The same policy without where and in which words it was written.
    var withoutPlaces: Policy {
        let nowhere = SourceLocation(file: "", line: 1, column: 1)
        var policy = self
        func strip(_ rules: inout [Rule]) {
            for index in rules.indices {
                rules[index].at = nowhere
                rules[index].conditions.from?.text = ""
                rules[index].conditions.localAddress?.text = ""
                rules[index].conditions.sender?.text = ""
                rules[index].conditions.to?.text = ""
                for limit in rules[index].limits.indices { rules[index].limits[limit].at = nowhere }
            }
        }
        strip(&policy.connectionRules)
        strip(&policy.refuse)
        strip(&policy.relay)
        policy.local = LocalDomains(
            local.entries.map { entry in
                var entry = entry
                entry.at = nowhere
                return entry
            })
        for index in policy.listeners.indices {
            if policy.listeners[index].authNeverAt != nil { policy.listeners[index].authNeverAt = nowhere }
        }
        return policy
    }
}
