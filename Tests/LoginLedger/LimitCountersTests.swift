import Diagnostics
import MailTypes
import RelayPolicy
import Testing

@testable import LoginLedger

@Suite("what is spent of a limit")
struct LimitCountersTests {
    private static let place = SourceLocation(file: "gatepost.conf", line: 1, column: 1)

    private static func rule(_ count: UInt64, _ unit: Limit.Unit, _ subject: Limit.Subject, name: String = "r") -> Rule {
        let limit = Limit(
            count: count, unit: unit, window: .seconds(60), subject: subject, thenReject: false, at: place)
        return Rule(name: name, at: place, verb: .permit, limits: [limit])
    }

    private static func request(_ client: UInt32 = 1, at seconds: Int64 = 0, login: String? = nil) -> RelayRequest {
        var request = RelayRequest(
            client: IPAddress(v4: client), forwardPath: WrittenPath(.postmaster), now: Instant(seconds: seconds))
        if let login { request.login = .known(.init(name: login)) }
        return request
    }

    private static func isCharged(_ outcome: LimitCounters.Outcome) -> Bool { outcome == .charged }

    @Test("N recipients fit into a window, the next does not, and a new window begins behind it")
    func window() {
        var counters = LimitCounters()
        let rule = Self.rule(3, .recipients, .client)
        let outcomes = [0, 1, 2, 3, 59, 60].map {
            Self.isCharged(counters.charge([rule], for: Self.request(at: $0)))
        }
        #expect(outcomes == [true, true, true, false, false, true])
    }

    @Test("each subject is counted by itself, logins without regard to case")
    func subjects() {
        var counters = LimitCounters()
        let byClient = Self.rule(1, .recipients, .client)
        #expect(Self.isCharged(counters.charge([byClient], for: Self.request(1))))
        #expect(Self.isCharged(counters.charge([byClient], for: Self.request(2))))
        #expect(!Self.isCharged(counters.charge([byClient], for: Self.request(1))))
        let byLogin = Self.rule(1, .recipients, .login, name: "l")
        #expect(Self.isCharged(counters.charge([byLogin], for: Self.request(login: "Anna"))))
        #expect(!Self.isCharged(counters.charge([byLogin], for: Self.request(login: "anna"))))
    }

    @Test("a limit for each login cannot be read without one, and is not permitted")
    func unreadable() {
        var counters = LimitCounters()
        let rule = Self.rule(5, .recipients, .login)
        #expect(counters.charge([rule], for: Self.request()) == .unreadable(of: rule))
    }

    @Test("messages are counted once, bytes when they are delivered")
    func units() {
        var counters = LimitCounters()
        let messages = Self.rule(1, .messages, .rule)
        #expect(Self.isCharged(counters.charge([messages], for: Self.request())))
        #expect(!Self.isCharged(counters.charge([messages], for: Self.request())))
        // The last message that fits may have many recipients.
        #expect(Self.isCharged(counters.charge([messages], for: Self.request(), counted: [messages.name])))
        let bytes = Self.rule(100, .bytes, .rule, name: "b")
        #expect(Self.isCharged(counters.charge([bytes], for: Self.request())))
        counters.charge(bytes: 100, to: [bytes], for: Self.request())
        #expect(!Self.isCharged(counters.charge([bytes], for: Self.request())))
    }

    @Test("when one of several limits is spent, none is charged")
    func allOrNothing() {
        var counters = LimitCounters()
        let narrow = Self.rule(1, .recipients, .rule, name: "narrow")
        let wide = Self.rule(2, .recipients, .rule, name: "wide")
        _ = counters.charge([narrow], for: Self.request())
        #expect(!Self.isCharged(counters.charge([wide, narrow], for: Self.request())))
        #expect(Self.isCharged(counters.charge([wide], for: Self.request())))
        #expect(Self.isCharged(counters.charge([wide], for: Self.request())))
    }

    @Test("without room for another subject nothing more is permitted, until windows have ended")
    func capacity() {
        var counters = LimitCounters(capacity: 2)
        let rule = Self.rule(5, .recipients, .client)
        for client: UInt32 in [1, 2] {
            #expect(Self.isCharged(counters.charge([rule], for: Self.request(client))))
        }
        #expect(counters.charge([rule], for: Self.request(3)) == .unreadable(of: rule))
        #expect(Self.isCharged(counters.charge([rule], for: Self.request(3, at: 60))))
        #expect(counters.count <= 2)
    }
}
