import MailTypes
import RelayPolicy
import Testing

@testable import NameLookups

@Suite("from questions about a client to answers")
struct NameLookupTests {
    static let client = IPAddress("192.0.2.1")!
    static let stranger = IPAddress("198.51.100.7")!

    /// A zone: what is at each name; what is not written is not there.
    struct Zone {
        var names: DNSAnswer = .none(seconds: 300)
        var addresses: [String: DNSAnswer] = [:]
        private(set) var asked: [String] = []

        mutating func answer(_ question: DNSQuestion) -> DNSAnswer {
            asked.append("\(question.type) \(question.name)")
            return question.type == .ptr ? names : addresses["\(question.name)"] ?? .none(seconds: 300)
        }

        mutating func find(_ question: NameQuestion) -> (NameAnswer, seconds: UInt32?) {
            var (lookup, step) = NameLookup.begin(question)
            while case .ask(let question) = step { step = lookup.answered(answer(question)) }
            guard case .found(let answer, let seconds) = step else { fatalError("nothing else is left") }
            return (answer, seconds)
        }
    }

    static func names(_ texts: String..., seconds: UInt32 = 300) -> DNSAnswer {
        .records(texts.map { .name(name($0)) }, seconds: seconds)
    }

    static func addresses(_ texts: String..., seconds: UInt32 = 300) -> DNSAnswer {
        .records(texts.map { .address(IPAddress($0)!) }, seconds: seconds)
    }

    static func nameOfClient(_ names: DNSAnswer, _ addresses: [String: DNSAnswer] = [:]) -> RelayRequest.ClientName? {
        var zone = Zone(names: names, addresses: addresses)
        guard case (.clientName(let name), _) = zone.find(.clientName(client)) else { return nil }
        return name
    }

    @Test(
        "a name is confirmed only by its own addresses",
        arguments: [
            (names("a.example"), ["a.example": addresses("198.51.100.7", "192.0.2.1")], .confirmed(Domain("a.example")!)),
            (names("a.example"), ["a.example": addresses("198.51.100.7")], .forged),
            (names("a.example"), [:], .forged),
            (.none(seconds: 1), ["a.example": addresses("192.0.2.1")], .absent),
            (.failed, ["a.example": addresses("192.0.2.1")], .temporary(nil)),
            (names("a.example"), ["a.example": .failed], .temporary(Domain("a.example")!)),
        ] as [(DNSAnswer, [String: DNSAnswer], RelayRequest.ClientName)])
    func one(names: DNSAnswer, addresses: [String: DNSAnswer], wanted: RelayRequest.ClientName) {
        #expect(Self.nameOfClient(names, addresses) == wanted)
    }

    @Test("of several names the first by its bytes that is confirmed counts, whatever the order of the answer")
    func several() {
        let ours = Self.addresses("192.0.2.1")
        let zone = ["a.example": Self.addresses("198.51.100.7"), "b.example": ours, "c.example": ours]
        let wanted = RelayRequest.ClientName.confirmed(Domain("b.example")!)
        #expect(Self.nameOfClient(Self.names("a.example", "b.example", "c.example"), zone) == wanted)
        #expect(Self.nameOfClient(Self.names("c.example", "b.example", "a.example", "b.example"), zone) == wanted)
    }

    @Test("a name that could not be asked gives no later one its place")
    func faultGivesNoOtherName() {
        let zone = ["a.example": DNSAnswer.failed, "b.example": Self.addresses("192.0.2.1")]
        #expect(Self.nameOfClient(Self.names("a.example", "b.example"), zone) == .temporary(nil))
        // One before it does not lead back, and it is the last: it, or none.
        let other = ["a.example": Self.addresses("198.51.100.7"), "b.example": DNSAnswer.failed]
        #expect(Self.nameOfClient(Self.names("a.example", "b.example"), other) == .temporary(Domain("b.example")!))
    }

    /// A fault of the DNS must not make a name of another: with any answers lost, what is found allows what is true.
    @Test("whatever answers are lost, what is said allows the truth")
    func faults() {
        let all = ["a.example", "b.example", "c.example"]
        for confirmed in 0..<8 {
            let zone = Dictionary(
                uniqueKeysWithValues: all.enumerated().map { index, name in
                    (name, Self.addresses(confirmed >> index & 1 == 1 ? "192.0.2.1" : "198.51.100.7"))
                })
            let truth = Self.nameOfClient(Self.names("a.example", "b.example", "c.example"), zone)
            for lost in 0..<16 {
                var broken = zone
                for (index, name) in all.enumerated() where lost >> index & 1 == 1 { broken[name] = .failed }
                let names = lost >> 3 == 1 ? .failed : Self.names("a.example", "b.example", "c.example")
                switch Self.nameOfClient(names, broken) {
                case .temporary(nil): break
                case .temporary(let candidate?):
                    #expect(truth == .confirmed(candidate) || truth == .forged)
                case let found: #expect(found == truth)
                }
            }
        }
    }

    @Test("no more than ten names are tried, and what is no host name is none of them")
    func bounded() {
        let many = DNSAnswer.records((10..<40).map { .name(name("n\($0).example")) }, seconds: 300)
        var zone = Zone(names: many, addresses: ["n39.example": Self.addresses("192.0.2.1")])
        #expect(zone.find(.clientName(Self.client)).0 == .clientName(.forged))
        #expect(zone.asked.count == 1 + NameLookup.mostNames)
        zone = Zone(names: many, addresses: ["n19.example": Self.addresses("192.0.2.1")])
        #expect(zone.find(.clientName(Self.client)).0 == .clientName(.confirmed(Domain("n19.example")!)))
        zone = Zone(names: .records([.name(DNSName(reverseOf: Self.client))], seconds: 300))
        #expect(zone.find(.clientName(Self.client)).0 == .clientName(.forged))
    }

    @Test("an IPv6 client is asked for by its nibbles and AAAA")
    func ipv6() {
        let client = IPAddress("2001:db8::1")!
        var zone = Zone(names: Self.names("a.example"), addresses: ["a.example": Self.addresses("2001:db8::1")])
        #expect(zone.find(.clientName(client)).0 == .clientName(.confirmed(Domain("a.example")!)))
        #expect(zone.asked == ["ptr \(DNSName(reverseOf: client))", "aaaa a.example"])
    }

    @Test("it holds for the least of the times of what was asked")
    func lifetimes() {
        var zone = Zone(
            names: Self.names("a.example", "b.example", seconds: 100),
            addresses: ["a.example": .none(seconds: 20), "b.example": Self.addresses("192.0.2.1", seconds: 50)])
        #expect(zone.find(.clientName(Self.client)).seconds == 20)
        zone = Zone(names: .failed)
        #expect(zone.find(.clientName(Self.client)).seconds == nil)
    }

    @Test(
        "a HELO name is verified by its addresses alone",
        arguments: [
            (addresses("198.51.100.7", "192.0.2.1"), .verified), (addresses("198.51.100.7"), .unverified),
            (.none(seconds: 1), .unverified), (.failed, .temporary),
        ] as [(DNSAnswer, RelayRequest.HeloStatus)])
    func helo(answer: DNSAnswer, wanted: RelayRequest.HeloStatus) {
        var zone = Zone(addresses: ["mail.example": answer])
        #expect(zone.find(.helo(Domain("mail.example")!, client: Self.client)).0 == .helo(wanted))
        #expect(zone.asked == ["a mail.example"])
    }

    @Test("a name too long for the DNS leads nowhere and is not asked for")
    func longName() throws {
        let label = String(repeating: "a", count: 63)
        let long = try #require(Domain([label, label, label, String(repeating: "b", count: 62)].joined(separator: ".")))
        var zone = Zone()
        #expect(zone.find(.helo(long, client: Self.client)).0 == .helo(.unverified))
        #expect(zone.asked.isEmpty)
    }

    @Test("answers are kept for their time, within bounds, and the oldest goes first")
    func cache() {
        let name = NameAnswer.clientName(.confirmed(Domain("a.example")!))
        let question = NameQuestion.clientName(Self.client)
        for (answer, seconds, until) in [
            (name, 60, 60), (name, 0, 5), (name, 1_000_000, 3600), (.clientName(.absent), 100_000, 300), (.helo(.verified), 4000, 3600),
            (.clientName(.temporary(nil)), nil, 10),
        ] as [(NameAnswer, UInt32?, UInt64)] {
            var cache = NameCache()
            cache.keep(answer, to: question, seconds: seconds, at: 1000)
            #expect(cache.answer(to: question, at: 1000 + until - 1) == answer)
            #expect(cache.answer(to: question, at: 1000 + until) == nil)
        }
        var cache = NameCache(capacity: 3)
        let questions = (0..<10).map { NameQuestion.clientName(IPAddress(v4: $0)) }
        for question in questions.prefix(3) { cache.keep(name, to: question, seconds: 60, at: 0) }
        cache.keep(name, to: questions[0], seconds: 90, at: 0)
        for question in questions.dropFirst(3).prefix(5) {
            cache.keep(name, to: question, seconds: 60, at: 0)
            #expect(cache.count == 3)
        }
        #expect(questions.map { cache.answer(to: $0, at: 1) != nil } == (0..<10).map { (5...7).contains($0) })
    }
}
