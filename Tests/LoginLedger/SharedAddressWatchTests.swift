import MailTypes
import Testing

@testable import LoginLedger

@Suite("permitted addresses that are shared")
struct SharedAddressWatchTests {
    private static let bridge = IPAddress("172.17.0.1")!
    private static let bridge6 = IPAddress("fd00:17::1")!
    private static let start = Instant(seconds: 1_700_000_000)

    private static func name(_ number: Int) -> [UInt8] { Array("host-\(number).test".utf8) }
    private static func domain(_ number: Int) -> Domain { Domain("domain-\(number).test")! }

    @Test("one name too many, and once only it is news")
    func names() {
        var watch = SharedAddressWatch()
        for number in 1...SharedAddressWatch.mostHELONames {
            for _ in 1...3 { #expect(watch.saw(Self.bridge, helo: Self.name(number), senderDomain: nil, at: Self.start) == nil) }
        }
        #expect(!watch.isSuspected(Self.bridge, at: Self.start))
        let news = watch.saw(Self.bridge, helo: Self.name(0), senderDomain: nil, at: Self.start)
        #expect(news?.sign == .heloNames && news?.reason == "more than 30 HELO names within an hour")
        #expect(watch.isSuspected(Self.bridge, at: Self.start))
        for number in 0...200 {
            #expect(watch.saw(Self.bridge, helo: Self.name(number), senderDomain: nil, at: Self.start) == nil)
        }
        #expect(watch.suspicions(at: Self.start).map(\.address) == [Self.bridge])
    }

    @Test("so many sender domains, so many foreign names")
    func otherSigns() {
        var watch = SharedAddressWatch()
        for number in 1...SharedAddressWatch.mostSenderDomains {
            #expect(watch.saw(Self.bridge, helo: Self.name(1), senderDomain: Self.domain(number), at: Self.start) == nil)
        }
        #expect(watch.saw(Self.bridge, helo: Self.name(1), senderDomain: Self.domain(0), at: Self.start)?.sign == .senderDomains)
        var names = SharedAddressWatch()
        for number in 1...SharedAddressWatch.mostForeignNames {
            #expect(names.saw(Self.bridge, helo: nil, senderDomain: nil, foreignName: Self.domain(number), at: Self.start) == nil)
        }
        #expect(names.saw(Self.bridge, helo: nil, senderDomain: nil, foreignName: Self.domain(0), at: Self.start)?.sign == .foreignNames)
    }

    @Test("case makes no other name, and a window that has ended counts no more")
    func sameNames() {
        var watch = SharedAddressWatch()
        for number in 1...SharedAddressWatch.mostHELONames {
            _ = watch.saw(Self.bridge, helo: Self.name(number), senderDomain: nil, at: Self.start)
            _ = watch.saw(Self.bridge, helo: Array("HOST-\(number).TEST".utf8), senderDomain: nil, at: Self.start)
        }
        #expect(!watch.isSuspected(Self.bridge, at: Self.start))
        let later = Self.start.advanced(by: SharedAddressWatch.window)
        #expect(watch.saw(Self.bridge, helo: Self.name(0), senderDomain: nil, at: later) == nil)
    }

    @Test("a suspicion ends a day after the last hour in which it held, and is news again")
    func end() {
        var watch = SharedAddressWatch()
        func flood(_ watch: inout SharedAddressWatch, at now: Instant) -> Int {
            (0...SharedAddressWatch.mostHELONames).count {
                watch.saw(Self.bridge, helo: Self.name($0), senderDomain: nil, at: now) != nil
            }
        }
        #expect(flood(&watch, at: Self.start) == 1)
        let twelve = Self.start.advanced(by: .seconds(12 * 3600))
        #expect(flood(&watch, at: twelve) == 0)
        let end = twelve.advanced(by: SharedAddressWatch.suspicion)
        #expect(watch.isSuspected(Self.bridge, at: Instant(seconds: end.seconds - 1)))
        #expect(!watch.isSuspected(Self.bridge, at: end))
        #expect(flood(&watch, at: end) == 1)
    }

    @Test("IPv4 and IPv6 of one host are judged apart")
    func families() {
        var watch = SharedAddressWatch()
        for number in 0...SharedAddressWatch.mostHELONames {
            _ = watch.saw(Self.bridge6, helo: Self.name(number), senderDomain: nil, at: Self.start)
            _ = watch.saw(Self.bridge, helo: Self.name(1), senderDomain: nil, at: Self.start)
        }
        #expect(watch.isSuspected(Self.bridge6, at: Self.start) && !watch.isSuspected(Self.bridge, at: Self.start))
    }

    @Test("memory is bounded: what there is no room for is not watched until something has ended")
    func capacity() {
        var watch = SharedAddressWatch(capacity: 2)
        func flood(_ last: UInt32, at now: Instant) -> Bool {
            let address = IPAddress(v4: 0x0a00_0000 + last)
            for number in 0...SharedAddressWatch.mostHELONames {
                _ = watch.saw(address, helo: Self.name(number), senderDomain: nil, at: now)
            }
            return watch.isSuspected(address, at: now)
        }
        _ = watch.saw(IPAddress(v4: 0x0a00_0009), helo: Self.name(1), senderDomain: nil, at: Self.start)
        #expect(flood(1, at: Self.start))
        #expect(!flood(2, at: Self.start))
        #expect(flood(2, at: Self.start.advanced(by: SharedAddressWatch.window)))
    }
}
