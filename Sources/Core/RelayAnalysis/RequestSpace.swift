import MailTypes
import RelayPolicy

/// All requests that can be made of one policy or of several at once, cut in every dimension where any of their
/// lines may fit or not. Questions about the policies are answered on it.
final class RequestSpace {
    let policies: [Policy]
    /// By policy and stage: the numbers of its lines.
    private(set) var ranges: [[Stage: Range<Int>]] = []
    private(set) var lines: [Line] = []
    /// What narrows the questions, each a line of its own list.
    private(set) var narrowings: Range<Int> = 0..<0
    let writer: LineWriter

    struct Axis {
        /// Features of each group of values.
        var groups: [Bits]
        /// The groups of each atom: of values that fit the same lines.
        var groupsOfAtom: [[Int]] = []
        /// The lines that fit in each atom.
        var fits: [Bits] = []
    }
    private(set) var axes: [Axis] = []
    /// The values of the small dimensions, as their groups have them.
    let listeners: [String?]
    let loginNames: [String]
    let mechanismNames: [String]
    private(set) var clients: AddressDimension
    private(set) var localAddresses: AddressDimension
    private(set) var names: PathDimension
    private(set) var heloNames: PathDimension
    private(set) var senders: PathDimension
    private(set) var recipients: PathDimension
    private var lastDimension: [Int] = []
    private var describedRecipients: [[Int]: [PathSet]] = [:]
    private var describedSenders: [[Int]: [PathSet]] = [:]

    init(_ policies: [Policy], narrowedTo narrowing: [Narrowing] = []) {
        self.policies = policies
        var writer = LineWriter(policies)
        var lines: [Line] = []
        for (number, policy) in policies.enumerated() {
            var own: [Stage: Range<Int>] = [:]
            for stage in Stage.allCases {
                let start = lines.count
                lines += writer.lines(of: stage, policy, number: number)
                own[stage] = start..<lines.count
            }
            ranges.append(own)
        }
        let start = lines.count
        for one in narrowing {
            for criterion in one.criteria(&writer) { lines.append(Line(criterion: criterion, isGood: true, rule: nil)) }
        }
        narrowings = start..<lines.count
        (self.lines, self.writer) = (lines, writer)

        let table = writer.table
        let capacity = table.features.count
        listeners = Self.listeners(of: policies, table)
        loginNames = Set(table.numbered { if case .login(let names) = $0 { names } else { nil } }.flatMap(\.value)).sorted()
        mechanismNames = Set(table.numbered { if case .mechanism(let names) = $0 { names } else { nil } }.flatMap(\.value))
            .sorted()
        clients = AddressDimension(
            table.numbered { if case .client(let set) = $0 { set } else { nil } }.map { ($0.feature, $0.value) },
            capacity: capacity)
        localAddresses = AddressDimension(
            table.numbered { if case .localAddress(let set) = $0 { set } else { nil } }.map { ($0.feature, $0.value) },
            capacity: capacity)
        func paths(_ pick: (FeatureTable.Feature) -> [PathPattern]?) -> [(feature: Int, patterns: [PathPattern])] {
            table.numbered(pick).map { ($0.feature, $0.value) }
        }
        func numbers(_ wanted: FeatureTable.Feature) -> [Int] { table.numbered { $0 == wanted ? true : nil }.map(\.feature) }
        names = PathDimension(
            paths { if case .name(let names) = $0 { names } else { nil } }, special: numbers(.nameNone),
            capacity: capacity)
        heloNames = PathDimension(
            paths { if case .helo(let names) = $0 { names } else { nil } }, special: [], capacity: capacity)
        senders = PathDimension(
            paths { if case .sender(let patterns) = $0 { patterns } else { nil } }, special: [], capacity: capacity)
        recipients = PathDimension(
            paths { if case .to(let patterns) = $0 { patterns } else { nil } }, special: [], capacity: capacity,
            localities: policies.enumerated().compactMap { number, policy in
                guard let isLocal = numbers(.isLocal(number)).first, let isUnlisted = numbers(.isUnlisted(number)).first,
                    let isForeign = numbers(.isForeignLiteral(number)).first
                else { return nil }
                let isPostmaster = numbers(.isPostmaster(number)).first
                return PathDimension.Locality(
                    domains: policy.local, isLocal: isLocal, isUnlisted: isUnlisted,
                    isPostmaster: isPostmaster ?? isLocal, isForeignLiteral: isForeign,
                    tellsPostmasters: policy.listeners.contains(where: \.requiresLogin)
                        && (isPostmaster != nil || policy.local.entries.contains { $0.recipients != nil }))
            })
        lastDimension = lines.map { $0.criterion.demands.keys.max() ?? -1 }
        axes = makeAxes()
        for index in axes.indices { cut(index) }
    }

    private static func listeners(of policies: [Policy], _ table: FeatureTable) -> [String?] {
        var names = Set(policies.flatMap { $0.listeners.map(\.name) })
        for (_, used) in table.numbered({ if case .listener(let names) = $0 { names } else { nil } }) { names.formUnion(used) }
        let observing = Set(policies.flatMap { $0.listeners.filter(\.observes).map(\.name) })
        return [nil] + names.subtracting(observing).sorted()
    }

    // MARK: Axes

    private func makeAxes() -> [Axis] {
        let table = writer.table
        let capacity = table.features.count
        func features(_ holds: (FeatureTable.Feature) -> Bool) -> Bits {
            Bits(table.features.indices.filter { holds(table.features[$0]) }, capacity: capacity)
        }
        func yesOrNo(_ feature: FeatureTable.Feature) -> Axis {
            Axis(groups: [Bits(capacity: capacity), features { $0 == feature }])
        }
        var axes = [Axis](
            repeating: Axis(groups: [Bits(capacity: capacity)]), count: 16 + writer.certificateGroups.count)
        func place(_ dimension: Dimension) -> Int {
            LineWriter.position(of: dimension, certificates: writer.certificateGroups.count)
        }
        axes[place(.listener)].groups = listeners.map { name in
            features { feature in
                switch feature {
                case .listener(let names): name.map(names.contains) ?? false
                case .requiresTLS(let number): policies[number].listeners.first { $0.name == name }?.requiresTLS ?? false
                case .requiresLogin(let number): policies[number].listeners.first { $0.name == name }?.requiresLogin ?? false
                default: false
                }
            }
        }
        axes[place(.heloStatus)].groups = [
            Bits(capacity: capacity), features { $0 == .heloVerified }, features { $0 == .heloUnverified },
        ]
        axes[place(.tls)] = yesOrNo(.tls)
        for group in writer.certificateGroups.indices { axes[place(.certificate(group))] = yesOrNo(.certificate(group)) }
        /// None, each that is named, any other.
        axes[place(.login)].groups = [Bits(capacity: capacity)] + (loginNames.map(Optional.some) + [nil]).map { name in
            features { feature in
                switch feature {
                case .anyLogin: true
                case .login(let names): name.map(names.contains) ?? false
                default: false
                }
            }
        }
        axes[place(.mechanism)].groups = (mechanismNames.map(Optional.some) + [nil]).map { name in
            features { if case .mechanism(let names) = $0 { name.map(names.contains) ?? false } else { false } }
        }
        axes[place(.pop)] = yesOrNo(.pop)
        for policy in policies.indices {
            for by in [RequestClass.Ownership.By.login, .pop] {
                axes[place(.owned(by, policy: policy))] = yesOrNo(.owned(by, policy: policy))
            }
        }
        axes[place(.name)].groups = names.groups
        axes[place(.helo)].groups = heloNames.groups
        axes[place(.localAddress)].groups = [Bits(capacity: capacity)] + localAddresses.groups
        axes[place(.client)].groups = clients.groups
        axes[place(.sender)].groups = senders.groups
        axes[place(.to)].groups = recipients.groups
        return axes
    }

    /// Puts the groups that fit the same lines together.
    private func cut(_ dimension: Int) {
        var asking = Bits(capacity: lines.count)
        var always = Bits(capacity: lines.count)
        for line in lines.indices {
            if lines[line].criterion.demands[dimension] == nil { always.insert(line) } else { asking.insert(line) }
        }
        let askers = asking.members
        var atoms: [Bits: Int] = [:]
        for (group, features) in axes[dimension].groups.enumerated() {
            var fits = always
            for line in askers where lines[line].criterion.fits(features, in: dimension) { fits.insert(line) }
            if let atom = atoms[fits] {
                axes[dimension].groupsOfAtom[atom].append(group)
            } else {
                atoms[fits] = axes[dimension].fits.count
                axes[dimension].fits.append(fits)
                axes[dimension].groupsOfAtom.append([group])
            }
        }
    }

    // MARK: Questions

    /// Which requests every list says good to. `isGood` is asked once for each line that takes part.
    struct Question {
        var lists: [DecisionDiagram.List] = []
        var good: [Int] = []
        var taking: [Int] = []
    }

    func products(_ question: Question) -> [[[Int]?]] {
        var question = question
        if !narrowings.isEmpty {
            question.lists.append(DecisionDiagram.List(lines: narrowings, endIsGood: false))
            question.good += narrowings
            question.taking += narrowings
        }
        let diagram = DecisionDiagram(
            fits: axes.map(\.fits), lastDimension: lastDimension, lists: question.lists,
            goodLines: Bits(question.good, capacity: lines.count),
            taking: Bits(question.taking, capacity: lines.count))
        return ProductMerging.merged(diagram.solutions, sizes: axes.map(\.fits.count))
    }

    /// As classes; each set of paths that takes several terms to say makes several of them.
    func classes(_ question: Question) -> [RequestClass] { products(question).flatMap(classes) }

    /// The same for questions whose answers have no request in common.
    func classes(_ questions: [Question]) -> [RequestClass] {
        ProductMerging.merged(questions.flatMap(products), sizes: axes.map(\.fits.count)).flatMap(classes)
    }

    private func place(_ dimension: Dimension) -> Int {
        LineWriter.position(of: dimension, certificates: writer.certificateGroups.count)
    }

    private func classes(_ product: [[Int]?]) -> [RequestClass] {
        /// The groups of a dimension that are in; nil when all are.
        func groups(_ dimension: Dimension) -> [Int]? {
            let axis = place(dimension)
            return product[axis].map { atoms in atoms.flatMap { axes[axis].groupsOfAtom[$0] }.sorted() }
        }
        func yesOrNo(_ dimension: Dimension) -> Bool? { groups(dimension).map { $0 == [1] } }
        var made = RequestClass()
        made.listeners = groups(.listener).map { $0.map { listeners[$0] } }
        made.heloStatuses = groups(.heloStatus).map { $0.map { [.unasked, .verified, .unverified][$0] } }
        made.tls = yesOrNo(.tls)
        for (number, words) in writer.certificateGroups.enumerated() {
            guard let isShown = yesOrNo(.certificate(number)) else { continue }
            if isShown { made.certificates.each.append(words) } else { made.certificates.none += words }
        }
        // Nobody shows a certificate without TLS.
        if !made.certificates.each.isEmpty {
            if made.tls == false { return [] }
            made.tls = nil
        }
        if let groups = groups(.login) { made.logins = logins(groups) }
        if let groups = groups(.mechanism) {
            let others = groups.contains(mechanismNames.count)
            let named = groups.filter { $0 < mechanismNames.count }.map { mechanismNames[$0] }
            made.mechanisms =
                others
                ? RequestClass.Words(words: nil, exceptions: mechanismNames.filter { !named.contains($0) })
                : RequestClass.Words(words: named)
        }
        made.pop = yesOrNo(.pop)
        for policy in policies.indices {
            for by in [RequestClass.Ownership.By.login, .pop] {
                guard let holds = yesOrNo(.owned(by, policy: policy)) else { continue }
                made.ownership.append(RequestClass.Ownership(policy: policy, by: by, holds: holds))
            }
        }
        guard made.settleOwnership() else { return [] }
        made.clients = groups(.client).map(clients.addresses) ?? .everything
        made.localAddresses = groups(.localAddress).map { groups in
            RequestClass.OptionalAddresses(
                hasNone: groups.contains(0), set: localAddresses.addresses(of: groups.filter { $0 > 0 }.map { $0 - 1 }))
        }
        var all = [made]
        func split(_ sets: [PathSet], _ key: WritableKeyPath<RequestClass, PathSet>) {
            all = all.flatMap { one in sets.map { var one = one; one[keyPath: key] = $0; return one } }
        }
        func split(_ sets: [PathSet]?, _ key: WritableKeyPath<RequestClass, PathSet?>) {
            guard let sets else { return }
            all = all.flatMap { one in sets.map { var one = one; one[keyPath: key] = $0; return one } }
        }
        split(groups(.name).map(names.sets), \.names)
        split(groups(.helo).map(heloNames.sets), \.helo)
        if let groups = groups(.sender) { split(senderSets(groups), \.senders) }
        if let groups = groups(.to) { split(recipientSets(groups), \.recipients) }
        return all
    }

    private func senderSets(_ groups: [Int]) -> [PathSet] {
        if let known = describedSenders[groups] { return known }
        let sets = senders.sets(of: groups)
        describedSenders[groups] = sets
        return sets
    }

    private func recipientSets(_ groups: [Int]) -> [PathSet] {
        if let known = describedRecipients[groups] { return known }
        let sets = recipients.sets(of: groups)
        describedRecipients[groups] = sets
        return sets
    }

    private func logins(_ groups: [Int]) -> RequestClass.Logins {
        let hasOthers = groups.contains(loginNames.count + 1)
        let named = groups.filter { (1...max(1, loginNames.count)).contains($0) && $0 <= loginNames.count }
            .map { loginNames[$0 - 1] }
        return RequestClass.Logins(
            hasNone: groups.contains(0), names: hasOthers ? nil : named,
            exceptions: hasOthers ? loginNames.filter { !named.contains($0) } : [])
    }
}

extension RequestClass {
    /// Takes away what a claim on ownership settles by itself: who owns has a login, and who has none owns nothing.
    /// False if nothing is left.
    fileprivate mutating func settleOwnership() -> Bool {
        for claim in ownership where claim.holds {
            switch claim.by {
            case .login: logins.hasNone = false
            case .pop:
                if pop == false { return false }
                pop = true
            }
        }
        if logins.isNoneAlone {
            if !logins.hasNone { return false }
            ownership.removeAll { $0.by == .login }
            mechanisms = nil
        }
        if pop == false { ownership.removeAll { $0.by == .pop } }
        return true
    }
}
