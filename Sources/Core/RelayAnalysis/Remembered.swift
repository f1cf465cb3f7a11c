import MailTypes

/// What was worked out of large sets that many classes share.
///
/// To hash such a set takes as long as to read it, so sets are told apart by a digest of a few of their elements first, and
/// then compared; two copies of one set are the same at a glance.
public struct Remembered<Key: LargeSet, Value> {
    private var known: [Key.Digest: [(key: Key, value: Value)]] = [:]

    public init() {}

    /// The value of `key`, which is made where it is not known yet.
    public mutating func value<Problem: Error>(of key: Key, _ make: () throws(Problem) -> Value) throws(Problem) -> Value {
        let digest = key.digest
        if let value = known[digest]?.first(where: { $0.key == key })?.value { return value }
        let value = try make()
        known[digest, default: []].append((key, value))
        return value
    }
}

/// A set that can be long.
public protocol LargeSet: Equatable {
    associatedtype Digest: Hashable
    /// The same for equal sets, mostly different for others, and quick to have.
    var digest: Digest { get }
}

extension PathSet: LargeSet {
    public struct Digest: Hashable {
        fileprivate let counts: [Int?]
        fileprivate let ends: [PathPattern?]
        fileprivate let hasSpecial: Bool
    }

    public var digest: Digest {
        Digest(
            counts: [patterns?.count, exceptions.count, localParts?.count],
            ends: [patterns?.first, patterns?.last, exceptions.first, exceptions.last], hasSpecial: hasSpecial)
    }
}

extension AddressSet: LargeSet {
    public struct Digest: Hashable {
        fileprivate let count: Int
        fileprivate let ends: [IPRange?]
    }

    public var digest: Digest { Digest(count: ranges.count, ends: [ranges.first, ranges.last]) }
}
