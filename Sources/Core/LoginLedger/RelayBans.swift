import MailTypes

/// Clients that had too many relays refused and for a while get nothing relayed without a login
/// (`refused-relays N per TIME for each client, then no relaying TIME`). Delivery goes on. A client of IPv6 is its /64
/// (`IPAddress.holder`).
public struct RelayBans: Sendable {
    private struct Entry: Sendable {
        var windowEnds: Instant
        var refused: Int
        var bannedUntil: Instant?
    }

    /// Clients remembered at once. A client beyond it is not banned, which takes nothing from anybody: a ban only
    /// ever takes permits away.
    public let capacity: Int
    /// By holder.
    private var entries: [IPAddress: Entry] = [:]
    private var lastPurge: Instant?

    public init(capacity: Int = 1_000_000) { self.capacity = capacity }

    public func isBanned(_ client: IPAddress, at now: Instant) -> Bool {
        entries[client.holder]?.bannedUntil.map { now < $0 } ?? false
    }

    public mutating func refused(
        _ client: IPAddress, at now: Instant, count: Int, window: Duration, ban: Duration
    ) {
        let client = client.holder
        var entry = entries[client] ?? Entry(windowEnds: now, refused: 0, bannedUntil: nil)
        if entry.windowEnds <= now {
            entry.windowEnds = now.advanced(by: window)
            entry.refused = 0
        }
        entry.refused += 1
        if entry.refused >= count { entry.bannedUntil = now.advanced(by: ban) }
        if entries[client] == nil, entries.count >= capacity {
            purge(at: now)
            if entries.count >= capacity { return }
        }
        entries[client] = entry
    }

    /// Forgets clients of whom nothing counts any more. It looks at all of them, so not for every refusal.
    private mutating func purge(at now: Instant) {
        if let lastPurge, lastPurge <= now, now < lastPurge.advanced(by: .seconds(10)) { return }
        lastPurge = now
        entries = entries.filter { now < $0.value.windowEnds || now < $0.value.bannedUntil ?? now }
    }
}

extension Instant {
    /// Whole seconds of `duration` later.
    func advanced(by duration: Duration) -> Instant {
        Instant(seconds: seconds + duration.components.seconds, nanoseconds: nanoseconds)
    }
}
