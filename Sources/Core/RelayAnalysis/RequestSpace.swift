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
    var addressRisks = Remembered<AddressSet, [Risk]>()
    var describedClients: [[Int]: AddressSet] = [:]
    var describedRecipients: [[Int]: [PathSet]] = [:]
    var describedSenders: [[Int]: [PathSet]] = [:]
    var describedNames: [[Int]: [PathSet]] = [:]
    /// What all questions about this space may cost together.
    let work: Work
    let samples: Samples

    /// In the dimensions of certificates, logins, POP logins and names: the group of requests that have none.
    static let noValue = 0

    init(_ policies: [Policy], narrowedTo narrowing: [Narrowing] = [], _ work: Work) throws(EffortSpent) {
        (self.policies, self.work, samples) = (policies, work, Samples(work))
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
        axes = makeAxes()
        for index in axes.indices { try cut(index) }
    }

    func place(_ dimension: Dimension) -> Int {
        LineWriter.position(of: dimension, certificates: writer.certificateGroups.count)
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
    private func cut(_ dimension: Int) throws(EffortSpent) {
        var asking = Bits(capacity: lines.count)
        var always = Bits(capacity: lines.count)
        for line in lines.indices {
            if lines[line].criterion.demands[dimension] == nil { always.insert(line) } else { asking.insert(line) }
        }
        let askers = asking.members
        try work.spend(axes[dimension].groups.count * (1 + askers.count))
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
}
