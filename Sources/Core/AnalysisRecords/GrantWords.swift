import MailTypes
import RelayAnalysis
import RelayPolicy

/// What `GrantText` says of the grants of one policy. Of a policy with long lists hundreds of grants share sets of thousands
/// of addresses and domains; each of them is put into words once.
public final class GrantWords {
    let policy: Policy
    private let local: Set<PathPattern>
    private var knownClients = Remembered<AddressSet, String>()
    private var knownRecipients = Remembered<PathSet, String>()

    public init(of policy: Policy) {
        self.policy = policy
        local = Set(policy.local.entries.map { $0.isWildcard ? PathPattern.below($0.domain) : PathPattern.domain($0.domain) })
    }

    func addresses(_ set: AddressSet) -> String { knownClients.value(of: set) { GrantText.addresses(set) } }

    /// `to elsewhere`
    func recipients(_ set: PathSet) -> String { knownRecipients.value(of: set) { text(ofRecipients: set) } }

    private func text(ofRecipients set: PathSet) -> String {
        if set.patterns == nil, set.exceptions.isEmpty { return "to anywhere" }
        if set.patterns == nil, !local.isEmpty, set.localParts == nil {
            let missing = local.subtracting(set.exceptions)
            if missing.allSatisfy(isWithinLocal) {
                return "to elsewhere" + GrantText.except(set.exceptions.filter { !local.contains($0) }.lazy.map(\.description))
            }
        }
        return "to \(GrantText.set(set, "<postmaster>", host: false))"
    }

    /// Whether every domain of a local pattern is one of a wider local pattern too.
    private func isWithinLocal(_ pattern: PathPattern) -> Bool {
        guard let domain = pattern.domainOfHosts else { return false }
        var wider = domain.parent
        while let next = wider {
            if local.contains(.below(next)) { return true }
            wider = next.parent
        }
        return false
    }
}

extension PathPattern {
    /// The domain of a pattern of a domain, or of what is below one.
    fileprivate var domainOfHosts: Domain? {
        switch self {
        case .domain(let domain), .below(let domain): domain
        default: nil
        }
    }
}
