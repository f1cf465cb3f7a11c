import MailTypes
import RelayPolicy

/// The stages of a recipient's way, each an ordered list of lines (language page, "Meaning").
enum Stage: Int, CaseIterable {
    case demands, connection, refuse, delivery, relay
}

/// One line of a list.
struct Line {
    var criterion = Criterion()
    /// In a question about who is let on: whether the line lets on.
    var isGood: Bool
    /// The rule it stems from, by its place in its list; nil for what is no rule.
    var rule: Int?
}

/// Writes policies as lines, and collects what they ask about.
struct LineWriter {
    private(set) var table = FeatureTable()
    /// Words of certificates that always stand together are one fact.
    let certificateGroups: [[String]]
    /// By policy: the first one with the same users file, so that what is owned is one fact where it is the same.
    let usersFiles: [Int]

    init(_ policies: [Policy]) {
        usersFiles = policies.map { policy in policies.firstIndex { $0.ownership == policy.ownership } ?? 0 }
        var uses: [String: [Int]] = [:]
        let rules = policies.flatMap(\.allRules)
        for (index, rule) in rules.enumerated() {
            guard case .certificate(let words)? = rule.conditions.tls else { continue }
            for word in Set(words) { uses[word, default: []].append(index) }
        }
        certificateGroups = Dictionary(grouping: uses.keys.sorted(), by: { uses[$0] ?? [] }).values
            .sorted { $0[0] < $1[0] }
    }

    mutating func lines(of stage: Stage, _ policy: Policy, number: Int) -> [Line] {
        switch stage {
        case .demands: [demand(number, .tls, .requiresTLS(number)), demand(number, .login, .requiresLogin(number))]
        case .connection: rules(policy.connectionRules, policy, number, isRefuse: false)
        case .refuse: rules(policy.refuse, policy, number, isRefuse: true)
        case .delivery: delivery(number)
        case .relay: rules(policy.relay, policy, number, isRefuse: false)
        }
    }

    private mutating func demand(_ policy: Int, _ dimension: Dimension, _ demanding: FeatureTable.Feature) -> Line {
        var line = Line(isGood: false)
        require(demanding, .listener, &line.criterion)
        forbid(dimension == .tls ? .tls : .anyLogin, dimension, &line.criterion)
        return line
    }

    /// What is delivery never meets `relay`; on a listener for users nothing is.
    private mutating func delivery(_ policy: Int) -> [Line] {
        var lines = [Line(isGood: false), Line(isGood: false), Line(isGood: true), Line(isGood: false)]
        require(.isForeignLiteral(policy), .to, &lines[0].criterion)
        require(.isUnlisted(policy), .to, &lines[1].criterion)
        require(.requiresLogin(policy), .listener, &lines[2].criterion)
        require(.isLocal(policy), .to, &lines[3].criterion)
        return lines
    }

    private mutating func rules(_ rules: [Rule], _ policy: Policy, _ number: Int, isRefuse: Bool) -> [Line] {
        rules.enumerated().flatMap { index, rule in
            criteria(of: rule, number).map { criterion in
                var criterion = criterion
                // Postmasters meet only rules made of `from` (Meaning 9).
                if isRefuse, !rule.isFromAlone { forbid(.isPostmaster(number), .to, &criterion) }
                return Line(criterion: criterion, isGood: rule.verb == .pass || rule.verb == .permit, rule: index)
            }
        }
    }

    /// A rule is a product, but for alternatives over several facts, which are written one after another.
    private mutating func criteria(of rule: Rule, _ policy: Int) -> [Criterion] {
        var criterion = Criterion()
        let conditions = rule.conditions
        if let from = conditions.from { require(.client(from.set), .client, &criterion) }
        if let address = conditions.localAddress { require(.localAddress(address.set), .localAddress, &criterion) }
        switch conditions.name {
        case .oneOf(let exact, let below): require(.name(Self.patterns(exact, below)), .name, &criterion)
        case .some(.none): require(.nameNone, .name, &criterion)
        case nil: break
        }
        switch conditions.helo {
        case .oneOf(let exact, let below): require(.helo(Self.patterns(exact, below)), .helo, &criterion)
        case .verified: require(.heloVerified, .heloStatus, &criterion)
        case .unverified: require(.heloUnverified, .heloStatus, &criterion)
        case nil: break
        }
        if let listeners = conditions.listeners { require(.listener(Set(listeners).sorted()), .listener, &criterion) }
        if let login = conditions.login {
            require(login.names.map { .login(Self.folded($0)) } ?? .anyLogin, .login, &criterion)
            if let mechanisms = login.mechanisms { require(.mechanism(Self.folded(mechanisms)), .mechanism, &criterion) }
        }
        if conditions.needsPOPLogin { require(.pop, .pop, &criterion) }
        if let sender = conditions.sender { require(.sender(Self.folded(sender.set.patterns)), .sender, &criterion) }
        if let to = conditions.to { require(.to(Self.folded(to.set.patterns)), .to, &criterion) }
        return byOwnership(conditions, policy, byCertificate(conditions, [criterion]))
    }

    private mutating func byCertificate(_ conditions: Conditions, _ criteria: [Criterion]) -> [Criterion] {
        switch conditions.tls {
        case nil: return criteria
        case .any:
            return criteria.map { criterion in
                var criterion = criterion
                require(.tls, .tls, &criterion)
                return criterion
            }
        case .certificate(let words):
            return certificateGroups.indices.filter { certificateGroups[$0].contains(where: words.contains) }
                .flatMap { group in
                    criteria.map { criterion in
                        var criterion = criterion
                        require(.certificate(group), .certificate(group), &criterion)
                        return criterion
                    }
                }
        }
    }

    /// The login that counts is the one that the rule asks for; where it asks for both, either may own (Meaning 15).
    private mutating func byOwnership(_ conditions: Conditions, _ policy: Int, _ criteria: [Criterion]) -> [Criterion] {
        guard conditions.senderOwnedByLogin else { return criteria }
        var owners: [RequestClass.Ownership.By] = []
        if conditions.login != nil || !conditions.needsPOPLogin { owners.append(.login) }
        if conditions.needsPOPLogin { owners.append(.pop) }
        return owners.flatMap { owner in
            criteria.map { criterion in
                var criterion = criterion
                require(.owned(owner, policy: usersFiles[policy]), .owned(owner, policy: usersFiles[policy]), &criterion)
                return criterion
            }
        }
    }

    // MARK: Features

    private(set) var dimensions: [Dimension: Int] = [:]

    mutating func require(_ feature: FeatureTable.Feature, _ dimension: Dimension, _ criterion: inout Criterion) {
        criterion.require(table.number(feature), in: position(of: dimension))
    }

    mutating func forbid(_ feature: FeatureTable.Feature, _ dimension: Dimension, _ criterion: inout Criterion) {
        criterion.forbid(table.number(feature), in: position(of: dimension))
    }

    /// The place of a dimension among all that there can be.
    private mutating func position(of dimension: Dimension) -> Int {
        let position = Self.position(of: dimension, certificates: certificateGroups.count)
        dimensions[dimension] = position
        return position
    }

    static func position(of dimension: Dimension, certificates: Int) -> Int {
        switch dimension {
        case .listener: 0
        case .heloStatus: 1
        case .tls: 2
        case .certificate(let group): 3 + group
        // Before the logins themselves: what no login owns is one class, with and without a login.
        case .owned(let by, let policy): 3 + certificates + 2 * policy + (by == .pop ? 1 : 0)
        case .login: 7 + certificates
        case .mechanism: 8 + certificates
        case .pop: 9 + certificates
        case .name: 10 + certificates
        case .helo: 11 + certificates
        case .localAddress: 12 + certificates
        case .client: 13 + certificates
        case .sender: 14 + certificates
        case .to: 15 + certificates
        }
    }

    static func patterns(_ exact: [Domain], _ below: [Domain]) -> [PathPattern] {
        exact.map(PathPattern.domain) + below.map(PathPattern.below)
    }

    static func folded(_ patterns: [PathPattern]) -> [PathPattern] { patterns.map(\.folded) }

    static func folded(_ words: [String]) -> [String] {
        Set(words.map { String(decoding: Array($0.utf8).withCaseFolded, as: UTF8.self) }).sorted()
    }
}

extension Rule {
    /// Whether `from` is its only condition.
    var isFromAlone: Bool {
        guard conditions.from != nil else { return false }
        var alone = Conditions()
        alone.from = conditions.from
        return conditions == alone
    }
}
