import AnalysisRecords
import MailTypes
import PolicyLanguage
import RelayAnalysis
import RelayPolicy

/// Who may relay after a change and might not before: of the difference of both policies, never guessed.
public struct RightsGain: Sendable {
    /// The widest first.
    public let changes: [RightsDifference.Change]
    /// The policy after the change.
    public let policy: Policy
    /// Strangers can relay after the change, or more than a /16 of public IPv4 or a /48 of public IPv6 gains by its
    /// address alone.
    public let isDangerous: Bool
    /// The addresses that gain without a login, certificate, POP login or name.
    public let clients: AddressSet

    public init(_ changes: [RightsDifference.Change], of policy: Policy, strangersCanRelay: Bool) {
        self.changes = RelayAnswerText.widestFirst(changes, of: \.grant)
        self.policy = policy
        clients = changes.filter { !$0.grant.requests.needsMoreThanAddress }
            .reduce(AddressSet()) { $0.union($1.grant.requests.clients) }
        isDangerous = strangersCanRelay || clients.isWide
    }

    /// Whether nobody and nothing gains but this client with this sender to this recipient.
    public func isNothing(but request: RelayRequest) -> Bool {
        changes.allSatisfy { change in
            let requests = change.grant.requests
            return requests.clients == AddressSet([IPRange(request.client)])
                && requests.senders.isOne && requests.recipients.isOne
        }
    }

    /// `this would let 16,777,216 addresses send to gmail.com`; nil where no address gains alone.
    public var headline: String? {
        let amount = AddressAmount.plain(clients)
        guard !amount.isEmpty else { return nil }
        let all = clients == .everything
        let words = GrantWords(of: policy)
        let destinations = Set(
            changes.filter { !$0.grant.requests.needsMoreThanAddress }.map { GrantText($0.grant, in: words).recipients })
        let to = destinations.count == 1 ? destinations.first ?? "" : "to \(destinations.count) kinds of recipients"
        return "this would let \(all ? "every address" : amount) send \(to)"
    }

    /// A line a class, without its circumstances; alike ones once.
    public var lines: [String] {
        var lines: [String] = []
        let words = GrantWords(of: policy)
        for change in changes {
            let line = GrantText(change.grant, in: words).gist
            if !lines.contains(line) { lines.append(line) }
        }
        return lines
    }
}

extension PathSet {
    /// Whether it is one mailbox, or the special path alone.
    fileprivate var isOne: Bool {
        guard let patterns, exceptions.isEmpty else { return false }
        if patterns.isEmpty { return hasSpecial }
        guard patterns.count == 1, !hasSpecial, case .mailbox = patterns[0] else { return false }
        return true
    }
}
