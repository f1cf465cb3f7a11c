import MailTypes
import RelayPolicy

/// Builds the tree of domains of a `PathDimension` in one pass over its sorted keys.
struct DomainTree {
    struct Node {
        /// Nil at the root.
        var pattern: PathPattern?
        var parent: Int
        var features: Bits
        var isLiteral: Bool
    }

    private struct Key: Hashable {
        /// From the right, so that what lies within an end follows it.
        var reversed: [UInt8]
        var isExact: Bool

        func hash(into hasher: inout Hasher) {
            hasher.combine(isExact)
            hasher.combine(reversed.count)
            reversed.withUnsafeBytes { hasher.combine(bytes: $0) }
        }
    }

    private struct Own {
        var pattern: PathPattern
        var features: [Int] = []
    }

    private let capacity: Int
    private let localities: [PathDimension.Locality]
    private var own: [Key: Own] = [:]

    init(capacity: Int, localities: [PathDimension.Locality]) {
        (self.capacity, self.localities) = (capacity, localities)
    }

    mutating func add(exact domain: Domain, _ feature: Int?) {
        add(Key(reversed: domain.bytes.reversed(), isExact: true), feature) { .domain(domain) }
    }

    mutating func add(below domain: Domain, _ feature: Int?) {
        var reversed: [UInt8] = domain.bytes.reversed()
        reversed.append(UInt8(ascii: "."))
        add(Key(reversed: reversed, isExact: false), feature) { .below(domain) }
    }

    mutating func add(end: [UInt8], _ feature: Int?) {
        add(Key(reversed: end.reversed(), isExact: false), feature) {
            guard end.first == UInt8(ascii: "."), let domain = Domain(String(decoding: end.dropFirst(), as: UTF8.self)) else {
                return .endsWith(end)
            }
            return .below(domain)
        }
    }

    private mutating func add(_ key: Key, _ feature: Int?, _ pattern: () -> PathPattern) {
        if let feature {
            own[key, default: Own(pattern: pattern())].features.append(feature)
        } else if own[key] == nil {
            own[key] = Own(pattern: pattern())
        }
    }

    /// Parents come before what is within them; the root is first.
    func build() -> [Node] {
        let keys = own.sorted { Self.isBefore($0.key, $1.key) }
        /// Lines of local domains, to know whose a domain is.
        let (exacts, wildcards) = (lines(areWildcards: false), lines(areWildcards: true))
        let root = Key(reversed: [], isExact: false)
        var nodes = [
            Node(
                pattern: nil, parent: 0, features: Bits(own[root]?.features ?? [], capacity: capacity),
                isLiteral: false)
        ]
        nodes.reserveCapacity(keys.count + 1)
        var open: [(key: [UInt8], node: Int)] = [([], 0)]
        for (key, own) in keys where key != root {
            while let last = open.last, !key.reversed.starts(with: last.key) { open.removeLast() }
            let parent = open.last?.node ?? 0
            let isLiteral = key.reversed.first == UInt8(ascii: "]")
            var features = nodes[parent].features
            for feature in own.features { features.insert(feature) }
            for (index, locality) in localities.enumerated() {
                if isLiteral { features.insert(locality.isForeignLiteral) }
                let entry: LocalDomains.Entry? =
                    switch own.pattern {
                    case .domain(let domain): exacts[index][domain]
                    case .below(let domain): wildcards[index][domain]
                    default: nil
                    }
                guard let entry else { continue }
                features.insert(locality.isLocal)
                features.remove(locality.isForeignLiteral)
                if entry.recipients == nil {
                    features.remove(locality.isUnlisted)
                } else {
                    features.insert(locality.isUnlisted)
                }
            }
            nodes.append(
                Node(pattern: own.pattern, parent: parent, features: features, isLiteral: isLiteral))
            if !key.isExact { open.append((key.reversed, nodes.count - 1)) }
        }
        return nodes
    }

    private func lines(areWildcards: Bool) -> [[Domain: LocalDomains.Entry]] {
        localities.map { locality in
            Dictionary(
                locality.domains.entries.filter { $0.isWildcard == areWildcards }.map { ($0.domain, $0) },
                uniquingKeysWith: { first, _ in first })
        }
    }

    /// In the order of their bytes; of an end and a domain of the same bytes the end first.
    private static func isBefore(_ a: Key, _ b: Key) -> Bool {
        a.reversed.withUnsafeBufferPointer { first in
            b.reversed.withUnsafeBufferPointer { second in
                let common = min(first.count, second.count)
                var index = 0
                while index < common {
                    if first[index] != second[index] { return first[index] < second[index] }
                    index += 1
                }
                return first.count == second.count ? !a.isExact && b.isExact : first.count < second.count
            }
        }
    }
}
