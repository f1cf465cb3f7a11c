import MailTypes

/// What is remembered of each of many, such as clients, with room for `capacity` of them. What no longer counts is
/// forgotten when there is no room left.
struct BoundedTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// Keys at once.
    let capacity: Int
    private var values: [Key: Value] = [:]
    private var lastPurge: Instant?

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { values.count }
    var all: Dictionary<Key, Value>.Values { values.values }

    subscript(key: Key) -> Value? { values[key] }

    /// Whether `key` is there or can be put there; what does not count any more is forgotten for it.
    mutating func hasRoom(for key: Key, at now: Instant, counts: (Value) -> Bool) -> Bool {
        if values[key] != nil || values.count < capacity { return true }
        purge(at: now, counts)
        return values.count < capacity
    }

    /// There has to be room for it.
    mutating func put(_ value: Value, for key: Key) { values[key] = value }

    /// It looks at everything, so not for everybody who finds the table full.
    private mutating func purge(at now: Instant, _ counts: (Value) -> Bool) {
        if let lastPurge, lastPurge <= now, now < lastPurge.advanced(by: .seconds(10)) { return }
        lastPurge = now
        values = values.filter { counts($0.value) }
    }
}
