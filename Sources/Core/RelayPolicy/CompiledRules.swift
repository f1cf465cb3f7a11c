import MailTypes

/// One rule list made ready: for what is asked most and has the longest lists (client and local address, sender,
/// recipient) an index over all rules at once, and the other conditions of each rule beside it.
///
/// A class, as its many tables are shared by all decisions and copying a value of them counts every one.
final class CompiledRules: Sendable {
    private let wordCount: Int
    private let from: AddressIndex
    /// Nil when no rule asks.
    private let localAddress: AddressIndex?
    /// For a connection whose local address is not known: the rules that do not ask for it.
    private let withoutLocalAddress: [UInt64]
    private let sender: PatternIndex
    private let to: PatternIndex
    private let fromAlone: [UInt64]
    private let permits: [UInt64]
    private let remaining: [RemainingConditions]

    init(_ rules: [Rule]) {
        func rulesWhere(_ holds: (Rule) -> Bool) -> [UInt64] {
            RuleSet.words(rules.indices.filter { holds(rules[$0]) }, of: rules.count)
        }
        wordCount = RuleSet.wordCount(rules.count)
        from = AddressIndex(rules.map { $0.conditions.from?.set })
        localAddress =
            rules.contains { $0.conditions.localAddress != nil }
            ? AddressIndex(rules.map { $0.conditions.localAddress?.set }) : nil
        withoutLocalAddress = rulesWhere { $0.conditions.localAddress == nil }
        sender = PatternIndex(rules.map { $0.conditions.sender?.set })
        to = PatternIndex(rules.map { $0.conditions.to?.set })
        fromAlone = rulesWhere(\.conditions.areFromAlone)
        permits = rulesWhere { $0.verb == .permit && !$0.observes }
        remaining = rules.map(RemainingConditions.init)
    }

    func firstMatch(
        _ request: RelayRequest, _ client: ClientFacts, to path: ForwardPath, onlyFrom: Bool,
        observersCount: Bool, ownership: OwnershipIndex
    ) -> FirstMatch {
        var match = FirstMatch()
        guard wordCount > 0 else { return match }
        let places = places(request)
        let (senders, recipients) = (sender.rules(for: request.reversePath), to.rules(for: path))
        for index in 0..<wordCount {
            var word = candidates(index, places) & senders[index] & recipients[index]
            if onlyFrom { word &= fromAlone[index] }
            while let rule = RuleSet.removeFirst(of: &word, index) {
                let conditions = remaining[rule]
                var fit = conditions.fitOfClient(request, client)
                let fitWithoutOwnership = fit
                if conditions.senderOwnedByLogin && fit != .fails {
                    fit = fit.and(conditions.fitOfOwnership(request, client, ownership))
                }
                if fit == .unknown { match.misses(conditions.nameFacts) }
                if conditions.observes && !observersCount {
                    match.skipObserver(fit)
                } else if match.read(rule, conditions.verb, fit) {
                    return match
                } else if fit == .fails && fitWithoutOwnership == .fits && conditions.verb == .permit {
                    match.failedByOwnershipAlone = true
                }
            }
        }
        return match
    }

    func fitsClientOfAPermit(_ request: RelayRequest, _ client: ClientFacts) -> Bool {
        guard wordCount > 0 else { return false }
        let places = places(request)
        for index in 0..<wordCount {
            var word = candidates(index, places) & permits[index]
            while let rule = RuleSet.removeFirst(of: &word, index) {
                if remaining[rule].fitOfClient(request, client) == .fits { return true }
            }
        }
        return false
    }

    /// Facts of the DNS that keep it open whether that is so; none where it is certain.
    func missesForClientOfAPermit(_ request: RelayRequest, _ client: ClientFacts) -> NameFacts {
        var missing: NameFacts = []
        guard wordCount > 0 else { return missing }
        let places = places(request)
        for index in 0..<wordCount {
            var word = candidates(index, places) & permits[index]
            while let rule = RuleSet.removeFirst(of: &word, index) {
                switch remaining[rule].fitOfClient(request, client) {
                case .fits: return []
                case .unknown: missing.formUnion(remaining[rule].nameFacts)
                case .fails: break
                }
            }
        }
        return missing
    }

    private func places(_ request: RelayRequest) -> (from: Int, localAddress: Int?) {
        (from.place(of: request.client), request.localAddress.flatMap { localAddress?.place(of: $0) })
    }

    /// The rules that hold for both ends of the connection.
    private func candidates(_ index: Int, _ places: (from: Int, localAddress: Int?)) -> UInt64 {
        let word = from.word(index, at: places.from)
        guard let localAddress else { return word }
        return word & (places.localAddress.map { localAddress.word(index, at: $0) } ?? withoutLocalAddress[index])
    }
}
