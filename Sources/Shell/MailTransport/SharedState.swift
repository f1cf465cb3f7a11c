import LoginLedger
import MailTypes
import NIOConcurrencyHelpers
import NIOCore
import RelayPolicy
import Sessions
import Synchronization

/// What all event loops of a gateway share: connection counts, spent limits, bans.
final class SharedState: Sendable {
    private struct Counts {
        var connections = 0
        /// The most that there were since memory was given back.
        var mostConnections = 0
        /// By holder.
        var ofClient: [IPAddress: Int] = [:]
        var limits = LimitCounters()
        var bans = RelayBans()
        var watch = SharedAddressWatch()
    }

    private let counts = NIOLockedValueBox(Counts())
    let descriptors = Descriptors()
    private let lastPause = NIOLockedValueBox<NIODeadline?>(nil)
    let hasSuspicions = Atomic(false)

    func withWatch<Result>(_ body: (inout SharedAddressWatch) -> Result) -> Result {
        counts.withLockedValue { body(&$0.watch) }
    }

    /// Whether no event loop has said within a minute that it accepts nobody.
    func pauseIsNews(at now: NIODeadline) -> Bool {
        lastPause.withLockedValue { last in
            if let last, now < last + .minutes(1) { return false }
            last = now
            return true
        }
    }

    /// False when the client, or all together, hold as many connections as they may.
    func admit(_ client: IPAddress, _ limits: GatewaySettings.ConnectionLimits) -> Bool {
        let client = client.holder
        return counts.withLockedValue { counts in
            if let total = limits.total, counts.connections >= total { return false }
            let ofClient = counts.ofClient[client, default: 0]
            if let most = limits.forEachClient, ofClient >= most { return false }
            counts.connections += 1
            counts.mostConnections = max(counts.mostConnections, counts.connections)
            counts.ofClient[client] = ofClient + 1
            return true
        }
    }

    func leave(_ client: IPAddress) {
        let client = client.holder
        counts.withLockedValue { counts in
            counts.connections -= 1
            let left = counts.ofClient[client, default: 1] - 1
            counts.ofClient[client] = left > 0 ? left : nil
        }
    }

    private static let manyConnections = 100

    /// Whether the greater part of many connections has ended since this was last true.
    func manyHaveLeft() -> Bool {
        counts.withLockedValue { counts in
            let left = counts.mostConnections - counts.connections
            guard left >= max(Self.manyConnections, counts.mostConnections / 2) else { return false }
            counts.mostConnections = counts.connections
            return true
        }
    }

    func charge(_ rules: [Rule], for request: RelayRequest, counted: Set<String>) -> LimitCounters.Outcome {
        counts.withLockedValue { $0.limits.charge(rules, for: request, counted: counted) }
    }

    func charge(bytes: UInt64, to rules: [Rule], for request: RelayRequest) {
        counts.withLockedValue { $0.limits.charge(bytes: bytes, to: rules, for: request) }
    }

    func isBanned(_ client: IPAddress, at now: Instant) -> Bool {
        counts.withLockedValue { $0.bans.isBanned(client, at: now) }
    }

    func relayRefused(_ client: IPAddress, at now: Instant, _ limit: GatewaySettings.RefusedRelays) {
        counts.withLockedValue {
            $0.bans.refused(client, at: now, count: limit.count, window: limit.window, ban: limit.ban)
        }
    }
}
