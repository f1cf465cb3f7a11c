import MailTypes
import RelayPolicy
import TestSupport

/// A random policy whose rules meet in every dimension, and requests from the edges of its sets.
public struct World {
    public private(set) var policy = Policy()
    private var random: SeededRandom
    private var edges: [IPAddress] = [IPAddress("198.51.100.7")!]
    private static let domains = [
        "a.example", "b.a.example", "c.b.a.example", "ours.example", "x.ours.example", "za.example", "test", "a.test",
    ]
    private static let locals = ["anna", "bert", "postmaster", "SRS0=h=t=d=u", "a%b", "Anna"]
    private static let logins = ["anna", "bert", "carl"]
    private static let listeners = ["public", "submission", "inside"]
    private static let words = ["ca.pem", "app.pem", "fingerprint:00"]

    public init(seed: UInt64) {
        random = SeededRandom(seed: seed)
        build()
    }

    private mutating func build() {
        var entries = [localEntry("ours.example", recipients: random.once(in: 3) ? ["anna@ours.example"] : nil)]
        if random.once(in: 2) { entries.append(localEntry("*.ours.example")) }
        if random.once(in: 3) { entries.append(localEntry("*.example", recipients: random.once(in: 2) ? ["bert@a.example"] : nil)) }
        if random.once(in: 3) { entries.append(localEntry("[192.0.2.1]")) }
        policy.local = LocalDomains(entries)
        if random.once(in: 4) { policy.tricks.everywhere = [.percent: random.pick([.resolve, .asWritten])] }
        policy.listeners = [
            Policy.Listener(name: "public"),
            Policy.Listener(name: "submission", requiresLogin: true, requiresTLS: random.once(in: 2)),
        ]
        policy.ownership = [
            "anna": patterns("anna@ours.example *@a.example").set, "bert": patterns("bert@a.test *.a.example").set,
        ]
        policy.relay = (0..<(1 + random.below(6))).map { rule($0, [.permit, .permit, .permit, .reject, .defer]) }
        if random.once(in: 2) {
            policy.refuse = (0..<random.below(4)).map { rule(100 + $0, [.reject, .reject, .pass, .defer]) }
        }
        if random.once(in: 4) {
            policy.connectionRules = [
                Rule(name: "200", at: place(200), verb: .reject, conditions: fromAlone())
            ]
        }
    }

    private mutating func rule(_ index: Int, _ verbs: [Rule.Verb]) -> Rule {
        var conditions = Conditions()
        for _ in 0..<(1 + random.below(3)) {
            switch random.below(13) {
            case 0, 1, 2: conditions.from = addressCondition()
            case 3: conditions.name = random.pick([.some(.none), .oneOf(exact: [someDomain()], below: random.once(in: 2) ? [someDomain()] : [])])
            case 4: conditions.localAddress = addressCondition()
            case 5: conditions.listeners = random.some(Self.listeners)
            case 6: conditions.helo = random.pick([.verified, .unverified, .oneOf(exact: [someDomain()], below: [someDomain()])])
            case 7:
                conditions.login = .init(
                    names: random.once(in: 2) ? nil : random.some(Self.logins),
                    mechanisms: random.once(in: 4) ? ["PLAIN"] : nil)
            case 8: conditions.tls = random.pick([.any, .certificate(random.some(Self.words))])
            case 9: conditions.needsPOPLogin = true
            case 10: conditions.sender = somePatterns(isSender: true)
            case 11: conditions.senderOwnedByLogin = true
            default: conditions.to = somePatterns(isSender: false)
            }
        }
        let verb = random.pick(verbs)
        return Rule(
            name: "\(index)", at: place(index + 1), verb: verb, conditions: conditions,
            until: verb == .permit && random.once(in: 10) ? CalendarDay("2026-11-23") : nil,
            observes: random.once(in: 15))
    }

    private mutating func fromAlone() -> Conditions {
        var conditions = Conditions()
        conditions.from = addressCondition()
        return conditions
    }

    private mutating func addressCondition() -> Conditions.Addresses {
        let ranges = (0...random.below(3)).map { _ -> IPRange in
            let (a, b) = (random.below(16), random.below(16))
            let isV4 = !random.once(in: 4)
            func address(_ number: Int) -> IPAddress {
                isV4 ? IPAddress(v4: 0xc000_0200 + UInt32(number)) : IPAddress(v6: (0x2001_0db8 << 96) + UInt128(number))
            }
            edges += [address(min(a, b)), address(max(a, b))]
            return IPRange(first: address(min(a, b)), last: address(max(a, b)))!
        }
        let set = AddressSet(ranges)
        return Conditions.Addresses(random.once(in: 6) ? set.complement : set, text: "some")
    }

    private mutating func someDomain() -> Domain { domain(random.pick(Self.domains)) }

    private mutating func somePatterns(isSender: Bool) -> Conditions.Patterns {
        let written = (0...random.below(3)).map { _ -> String in
            let name = random.pick(Self.domains)
            switch random.below(9) {
            case 0 where isSender: return "<>"
            case 0, 1: return "\(random.pick(Self.locals))@*"
            case 2, 3: return "*.\(name)"
            case 4: return "ends-with:\(name.dropFirst(random.below(3)))"
            case 5, 6: return "\(random.pick(Self.locals))@\(name)"
            default: return name
            }
        }
        return patterns(written.joined(separator: " "))
    }

    public mutating func request() -> RelayRequest {
        var made = RelayRequest(client: client(), forwardPath: forwardPath(), now: now)
        if !random.once(in: 5) { made.reversePath = .mailbox(someMailbox()) }
        if random.once(in: 2) {
            made.login = .known(
                .init(name: random.pick(Self.logins + ["Zoe"]), mechanism: random.pick([nil, "PLAIN", "LOGIN"])))
        }
        if random.once(in: 3) { made.popLogin = random.pick([.known(.init(name: "anna")), .known(.init(name: "zoe")), .known(.init(name: nil))]) }
        if random.once(in: 2) { made.listener = random.pick(Self.listeners + ["unheard-of"]) }
        if random.once(in: 2) { made.localAddress = client() }
        if random.once(in: 2) { made.tlsVersion = "TLSv1.3" }
        if made.tlsVersion != nil, random.once(in: 2) { made.certificates = random.some(Self.words) }
        if random.once(in: 2) { made.heloStatus = random.pick([.verified, .unverified]) }
        if random.once(in: 2) { made.helo = random.pick([Array(name().utf8), Array("-".utf8)]) }
        if random.once(in: 2) { made.clientName = random.pick([.confirmed(domain(name())), .forged]) }
        return made
    }

    private mutating func client() -> IPAddress {
        let edge = random.pick(edges)
        let value = random.pick([edge.value, edge.value &+ 1, edge.value &- 1])
        return edge.family == .v4 ? IPAddress(v4: UInt32(truncatingIfNeeded: value)) : IPAddress(v6: value)
    }

    private mutating func someMailbox() -> Mailbox {
        mailbox("\(random.pick(Self.locals + ["zoe"]))@\(name())")
    }

    private mutating func forwardPath() -> WrittenPath {
        switch random.below(16) {
        case 0: WrittenPath(to: "<postmaster>")
        case 1: WrittenPath(to: "u@[192.0.2.1]")
        case 2: WrittenPath(to: "u@[192.0.2.2]")
        default: WrittenPath(.mailbox(someMailbox()))
        }
    }

    /// A domain of the rules, or one above, below or beside it.
    private mutating func name() -> String {
        let name = random.pick(Self.domains)
        return switch random.below(6) {
        case 0: "q.\(name)"
        case 1: "z\(name)"
        case 2: "example"
        default: name
        }
    }
}
