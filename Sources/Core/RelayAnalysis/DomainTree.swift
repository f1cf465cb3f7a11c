import MailTypes
import RelayPolicy

/// Builds the tree of domains of a `PathDimension` in one pass over its sorted keys.
struct DomainTree {
    struct Node {
        var bytes: [UInt8]
        var isExact: Bool
        var pattern: PathPattern?
        var parent: Int
        var features: Bits
    }

    private struct Key: Hashable {
        /// From the right, so that what lies within an end follows it.
        var reversed: [UInt8]
        var isExact: Bool
    }

    private let capacity: Int
    private let localities: [PathDimension.Locality]
    private var own: [Key: Bits] = [:]

    init(capacity: Int, localities: [PathDimension.Locality]) {
        (self.capacity, self.localities) = (capacity, localities)
    }

    mutating func add(exact domain: [UInt8], _ feature: Int?) { add(Key(reversed: domain.reversed(), isExact: true), feature) }
    mutating func add(end: [UInt8], _ feature: Int?) { add(Key(reversed: end.reversed(), isExact: false), feature) }

    private mutating func add(_ key: Key, _ feature: Int?) {
        own[key, default: Bits(capacity: capacity)].formUnion(Bits(feature.map { [$0] } ?? [], capacity: capacity))
    }

    /// Parents come before what is within them; the root is first.
    func build() -> [Node] {
        let keys = own.keys.sorted { a, b in
            if a.reversed == b.reversed { return !a.isExact && b.isExact }
            return a.reversed.lexicographicallyPrecedes(b.reversed)
        }
        /// Ends of local wildcards, to know whose line a domain belongs to.
        let wildcards = localities.map { locality in
            Dictionary(
                locality.domains.entries.filter(\.isWildcard).map { (Array(".".utf8) + $0.domain.bytes, $0) },
                uniquingKeysWith: { first, _ in first })
        }
        let exacts = localities.map { locality in
            Dictionary(
                locality.domains.entries.filter { !$0.isWildcard }.map { ($0.domain.bytes, $0) },
                uniquingKeysWith: { first, _ in first })
        }
        let root = Key(reversed: [], isExact: false)
        var nodes = [
            Node(
                bytes: [], isExact: false, pattern: nil, parent: 0,
                features: own[root] ?? Bits(capacity: capacity))
        ]
        var open: [(key: [UInt8], node: Int)] = [([], 0)]
        for key in keys where key != root {
            while let last = open.last, !key.reversed.starts(with: last.key) { open.removeLast() }
            let parent = open.last?.node ?? 0
            let bytes = Array(key.reversed.reversed())
            var features = nodes[parent].features
            if let bits = own[key] { features.formUnion(bits) }
            for (index, locality) in localities.enumerated() {
                if bytes.last == UInt8(ascii: "]") { features.insert(locality.isForeignLiteral) }
                guard let entry = key.isExact ? exacts[index][bytes] : wildcards[index][bytes] else { continue }
                features.insert(locality.isLocal)
                features.remove(locality.isForeignLiteral)
                if entry.recipients == nil {
                    features.remove(locality.isUnlisted)
                } else {
                    features.insert(locality.isUnlisted)
                }
            }
            nodes.append(
                Node(
                    bytes: bytes, isExact: key.isExact, pattern: Self.pattern(bytes, isExact: key.isExact),
                    parent: parent, features: features))
            if !key.isExact { open.append((key.reversed, nodes.count - 1)) }
        }
        return nodes
    }

    private static func pattern(_ bytes: [UInt8], isExact: Bool) -> PathPattern {
        if isExact, let domain = Domain(String(decoding: bytes, as: UTF8.self)) { return .domain(domain) }
        if bytes.first == UInt8(ascii: "."), let domain = Domain(String(decoding: bytes.dropFirst(), as: UTF8.self)) {
            return .below(domain)
        }
        return .endsWith(bytes)
    }
}
