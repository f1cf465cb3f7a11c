import MailTypes
import RelayPolicy

/// Paths (or host names) cut into regions in which the same features hold; regions with the same features belong
/// together.
///
/// Domains form a tree: its root is every domain, below it stand ends of domains and single domains, each within the
/// longest end that holds it. Beside the tree stand single mailboxes, and local parts that a pattern names at every
/// domain (`user@*`), which see the whole tree with their own features added.
struct PathDimension {
    /// For each group of regions its features.
    private(set) var groups: [Bits] = []
    let special: Int
    private(set) var nodes: [Node] = []
    private(set) var mailboxes: [Region] = []
    private(set) var localParts: [StarredLocalPart] = []
    private var numbers: [Bits: Int] = [:]

    struct Node {
        /// Nil at the root.
        var pattern: PathPattern?
        var parent: Int
        var group: Int
        /// A literal that no policy calls its own: always refused for its form, so that nothing need be said of it.
        var isForeignLiteral: Bool
    }

    struct Region {
        var localPart: [UInt8]
        var domain: Domain
        var node: Int
        var group: Int
    }

    struct StarredLocalPart {
        var localPart: [UInt8]
        /// The group at each node's group.
        var groupAt: [Int: Int]
    }

    /// What the regions are asked, beside patterns.
    struct Locality {
        var domains: LocalDomains
        var isLocal: Int
        var isUnlisted: Int
        var isPostmaster: Int
        var isForeignLiteral: Int
        /// Whether any listener lets local recipients be relayed; if not, `postmaster` is a name like others.
        var tellsPostmasters: Bool
    }

    private let capacity: Int
    private let localities: [Locality]
    private static let postmaster = Array("postmaster".utf8)
    private static let literalEnd: [UInt8] = [UInt8(ascii: "]")]

    init(
        _ features: [(feature: Int, patterns: [PathPattern])], special specialFeatures: [Int], capacity: Int,
        localities: [Locality] = [], alsoCutAt extra: [PathPattern] = []
    ) {
        (self.capacity, self.localities) = (capacity, localities)
        var special = Bits(specialFeatures, capacity: capacity)
        if !localities.isEmpty {
            // `<postmaster>` is local, listed, and a postmaster.
            for locality in localities {
                special.insert(locality.isLocal)
                special.insert(locality.isPostmaster)
            }
            for (feature, patterns) in features
            where patterns.contains(where: { $0.folded == .localPart(Self.postmaster) }) { special.insert(feature) }
        } else {
            for (feature, patterns) in features where patterns.contains(.null) { special.insert(feature) }
        }
        groups = [special]
        numbers = [special: 0]
        self.special = 0

        var tree = DomainTree(capacity: capacity, localities: localities)
        var starred: [[UInt8]: Bits] = [:]
        var named: [Mailbox: [Int]] = [:]
        func add(_ pattern: PathPattern, _ feature: Int?) {
            switch pattern.folded {
            case .null: break
            case .domain(let domain): tree.add(exact: domain, feature)
            case .below(let domain):
                if !domain.isLiteral { tree.add(below: domain, feature) }
            case .endsWith(let text): tree.add(end: text, feature)
            case .localPart(let localPart):
                if let feature { starred[localPart, default: Bits(capacity: capacity)].insert(feature) }
            case .mailbox(let localPart, let domain):
                tree.add(exact: domain, nil)
                named[Mailbox(localPart: localPart, domain: domain), default: []] += feature.map { [$0] } ?? []
            }
        }
        for (feature, patterns) in features { for pattern in patterns { add(pattern, feature) } }
        for pattern in extra { add(pattern, nil) }
        for locality in localities {
            tree.add(end: Self.literalEnd, nil)
            for entry in locality.domains.entries {
                add(entry.isWildcard ? .below(entry.domain) : .domain(entry.domain), nil)
                for mailbox in entry.recipients ?? [] { add(.mailbox(localPart: mailbox.localPart, domain: mailbox.domain), nil) }
            }
            if locality.tellsPostmasters { starred[Self.postmaster] = starred[Self.postmaster] ?? Bits(capacity: capacity) }
        }

        let built = tree.build()
        nodes = built.map { node in
            Node(
                pattern: node.pattern, parent: node.parent, group: group(node.features),
                isForeignLiteral: !localities.isEmpty && node.isLiteral
                    && localities.allSatisfy { node.features.contains($0.isForeignLiteral) })
        }
        var nodeOfDomain: [Domain: Int] = [:]
        if !named.isEmpty {
            for (index, node) in built.enumerated() { if case .domain(let domain) = node.pattern { nodeOfDomain[domain] = index } }
        }
        for (mailbox, own) in named {
            guard let node = nodeOfDomain[mailbox.domain] else { continue }
            var features = built[node].features
            for feature in own { features.insert(feature) }
            if let bits = starred[mailbox.localPart] { features.formUnion(bits) }
            mark(&features, localPart: mailbox.localPart, at: mailbox.domain)
            mailboxes.append(
                Region(
                    localPart: mailbox.localPart, domain: mailbox.domain, node: node, group: group(features)))
        }
        mailboxes.sort { a, b in
            a.domain == b.domain
                ? a.localPart.lexicographicallyPrecedes(b.localPart) : a.domain.bytes.lexicographicallyPrecedes(b.domain.bytes)
        }
        let nodeGroups = Set(nodes.map(\.group)).sorted()
        localParts = starred.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { localPart, bits in
            var groupAt: [Int: Int] = [:]
            for node in nodeGroups {
                var features = groups[node]
                features.formUnion(bits)
                mark(&features, localPart: localPart, at: nil)
                groupAt[node] = group(features)
            }
            return StarredLocalPart(localPart: localPart, groupAt: groupAt)
        }
    }

    private mutating func group(_ features: Bits) -> Int {
        if let number = numbers[features] { return number }
        numbers[features] = groups.count
        groups.append(features)
        return groups.count - 1
    }

    /// What a local part makes of the features of its domain: the postmaster is always listed, and so is a mailbox
    /// that the domain's own line lists.
    private func mark(_ features: inout Bits, localPart: [UInt8], at domain: Domain?) {
        for locality in localities where features.contains(locality.isLocal) {
            if localPart == Self.postmaster {
                features.insert(locality.isPostmaster)
                features.remove(locality.isUnlisted)
            } else if let domain, let listed = locality.domains.entry(for: domain)?.recipients,
                listed.contains(Mailbox(localPart: localPart, domain: domain))
            {
                features.remove(locality.isUnlisted)
            }
        }
    }
}
