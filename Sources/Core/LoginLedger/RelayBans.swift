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

    /// By holder. A client for which there is no room is not banned, which takes nothing from anybody: a ban only ever
    /// takes permits away.
    private var entries: BoundedTable<IPAddress, Entry>

    public init(capacity: Int = 1_000_000) { entries = BoundedTable(capacity: capacity) }

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
        guard entries.hasRoom(for: client, at: now, counts: { now < $0.windowEnds || now < $0.bannedUntil ?? now }) else { return }
        entries.put(entry, for: client)
    }
}

extension Instant {
    /// Whole seconds of `duration` later.
    func advanced(by duration: Duration) -> Instant {
        Instant(seconds: seconds + duration.components.seconds, nanoseconds: nanoseconds)
    }
}
