import MailTypes
import Testing

@testable import LoginLedger

@Suite("bans for refused relays")
struct RelayBansTests {
    private static let client = IPAddress(v4: 1)

    private static func refuse(_ bans: inout RelayBans, _ client: IPAddress = client, at seconds: Int64) {
        bans.refused(
            client, at: Instant(seconds: seconds), count: 3, window: .seconds(600), ban: .seconds(3600))
    }

    @Test("the third refusal within the window bans for the time, one client and no other")
    func ban() {
        var bans = RelayBans()
        Self.refuse(&bans, at: 0)
        Self.refuse(&bans, at: 1)
        #expect(!bans.isBanned(Self.client, at: Instant(seconds: 2)))
        Self.refuse(&bans, at: 2)
        #expect(bans.isBanned(Self.client, at: Instant(seconds: 3)))
        #expect(bans.isBanned(Self.client, at: Instant(seconds: 3601)))
        #expect(!bans.isBanned(Self.client, at: Instant(seconds: 3602)))
        #expect(!bans.isBanned(IPAddress(v4: 2), at: Instant(seconds: 3)))
    }

    @Test("refusals further apart than the window do not ban")
    func window() {
        var bans = RelayBans()
        for seconds: Int64 in [0, 600, 1200, 1800] { Self.refuse(&bans, at: seconds) }
        #expect(!bans.isBanned(Self.client, at: Instant(seconds: 1801)))
    }

    @Test("a client of IPv6 is its /64: another address of it is the same client, one outside is not")
    func networksOfIPv6() {
        let inside = UInt128(0x2001_0db8_0000_0001) << 64
        var bans = RelayBans()
        for (seconds, host) in [UInt128(1), 2, UInt128(UInt64.max)].enumerated() {
            Self.refuse(&bans, IPAddress(v6: inside | host), at: Int64(seconds))
        }
        #expect(bans.isBanned(IPAddress(v6: inside | 77), at: Instant(seconds: 3)))
        #expect(!bans.isBanned(IPAddress(v6: inside + (1 << 64)), at: Instant(seconds: 3)))
        #expect(!bans.isBanned(IPAddress(v6: inside - 1), at: Instant(seconds: 3)))
    }

    @Test("a full table bans nobody new and forgets nobody who is banned")
    func capacity() {
        var bans = RelayBans(capacity: 1)
        for seconds: Int64 in 0..<3 { Self.refuse(&bans, at: seconds) }
        for seconds: Int64 in 0..<3 { Self.refuse(&bans, IPAddress(v4: 2), at: seconds) }
        #expect(bans.isBanned(Self.client, at: Instant(seconds: 3)))
        #expect(!bans.isBanned(IPAddress(v4: 2), at: Instant(seconds: 3)))
    }
}
