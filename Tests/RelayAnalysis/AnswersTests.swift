import MailTypes
import PolicyWorlds
import RelayPolicy
import Testing

@testable import RelayAnalysis

@Suite("answers about a policy")
struct AnswersTests {
    private func strangers(_ policy: Policy) -> StrangersAnswer {
        policy.whoCanRelay(at: now, isPublicSuffix: { $0 == domain("com") }).strangersCanRelay
    }

    @Test("a first rule is one class, and it is what the rule says")
    func firstRule() throws {
        let policy = Policy(relay: [
            rule(.permit, "office") {
                $0.from = addresses("192.0.2.0/24", except: "192.0.2.66")
                $0.sender = patterns("*@ours.example")
            },
            rule(.permit, "staff") { $0.login = .init(names: nil) },
        ])
        let grants = try policy.grants(at: now)
        let first = try #require(grants.first)
        #expect(grants.count { $0.rule == 0 } == 1)
        #expect(first.requests.clients == addressSet("192.0.2.0/24").subtracting(addressSet("192.0.2.66")))
        #expect(first.requests.senders == PathSet(patternList("*@ours.example")))
        #expect(first.requests.recipients == PathSet(nil, except: patternList("ours.example")))
        #expect(first.requests.logins.isEverything)
    }

    @Test(
        "recipients that are settled do not join those of whom the client is still to be asked",
        arguments: ["a.test", "b.test", "c.test"])
    func settledBesideOpen(settled: String) throws {
        let names = ["a.test", "b.test", "c.test"]
        // Nine addresses are more parts than recipients have, so that the client is asked last.
        var rules = names.enumerated().filter { $1 != settled }.flatMap { index, name in
            (1...9).map { number in
                rule(.reject, "\(name) \(number)") {
                    $0.from = addresses("192.0.2.\(number + 20 * index)")
                    $0.to = patterns(name)
                }
            }
        }
        rules.append(rule(.permit, "rest", proofNone: true) { $0.to = patterns(names.joined(separator: " ")) })
        let policy = Policy(relay: rules)
        let grants = try policy.grants(at: now)
        for last in [1, 9, 15, 21, 29, 41, 49, 60] {
            for name in names + ["d.test"] {
                let request = RelayRequest(
                    client: IPAddress("192.0.2.\(last)")!, forwardPath: WrittenPath(to: "far@\(name)"), now: now)
                let path = try #require(policy.canonicalPath(of: request.forwardPath, from: request.reversePath))
                let holding = grants.count { $0.requests.contains(request, to: path, under: [policy]) }
                #expect(holding == (policy.relayRule(for: request) == nil ? 0 : 1), "\(last) to \(name)")
            }
        }
    }

    @Test("the sets decide who is a stranger, not the text")
    func strangersBySets() {
        func policy(_ clients: String, _ rules: [Rule] = []) -> Policy {
            Policy(relay: rules + [rule(.permit, "p") { $0.from = addresses(clients) }])
        }
        #expect(strangers(policy("0.0.0.0/1 128.0.0.0/1")) == .yes)
        #expect(strangers(policy("198.0.0.0/8")) == .no)
        #expect(strangers(policy("198.0.0.0/8 20.0.0.0")) == .yes)
        #expect(strangers(policy("10.0.0.0/8 172.16.0.0/12 198.0.0.0/9")) == .no)
        #expect(strangers(policy("2001::/20")) == .no)
        #expect(strangers(policy("2001::/19")) == .yes)
        let reject = rule(.reject, "most") { $0.from = addresses("0.0.0.0/1 128.0.0.0/2") }
        let rest = rule(.reject, "rest") { $0.from = addresses("192.0.0.0/2", except: "198.51.100.0/24") }
        #expect(strangers(policy("0.0.0.0/0", [reject, rest])) == .no)
        #expect(strangers(policy("0.0.0.0/0", [reject])) == .yes)
    }

    @Test("a reject that can be evaded keeps no stranger out")
    func evadable() {
        let policy = Policy(relay: [
            rule(.reject, "some senders") { $0.sender = patterns("*@evil.example") },
            rule(.permit, "all") { $0.from = addresses("0.0.0.0/0") },
        ])
        #expect(strangers(policy) == .yes)
    }

    @Test("a name that anybody can have is none; `proof none` counts where it is reached")
    func names() {
        #expect(strangers(Policy(relay: [rule(.permit, "n") { $0.name = .oneOf(exact: [], below: [domain("com")]) }])) == .yes)
        #expect(strangers(Policy(relay: [rule(.permit, "n") { $0.name = .oneOf(exact: [], below: [domain("a.com")]) }])) == .no)
        let open = rule(.permit, "open", proofNone: true) { $0.to = patterns("partner.example") }
        #expect(strangers(Policy(relay: [open])) == .yes)
        #expect(strangers(Policy(relay: [rule(.reject, "first") { $0.to = patterns("partner.example") }, open])) == .no)
    }

    @Test("what observes is answered by the server behind")
    func observing() {
        var policy = Policy(relay: [])
        policy.observes = true
        #expect(strangers(policy) == .asTheServerBehind)
        policy.observes = false
        policy.listeners = [Policy.Listener(name: "old", observes: true)]
        #expect(strangers(policy) == .asTheServerBehind)
    }

    @Test("a permit counts through its last day, and not after it")
    func dates() throws {
        let policy = Policy(relay: [rule(.permit, "p", until: "2026-11-24") { $0.from = addresses("192.0.2.1") }])
        #expect(try policy.grants(at: now).count == 1)
        #expect(try policy.grants(at: Instant("2026-11-25")!).isEmpty)
    }

    @Test("a proof fails with a request that shows it, and holds where there is none")
    func proofs() throws {
        let policy = Policy(relay: [
            rule(.permit, "office") { $0.from = addresses("192.0.2.0/24") },
            rule(.permit, "staff") { $0.login = .init(names: nil) },
        ])
        func never(_ write: (inout Narrowing) -> Void) throws -> Counterexample? {
            var narrowing = Narrowing()
            narrowing.toElsewhere = true
            write(&narrowing)
            return try policy.counterexample(toNever: narrowing, at: now)
        }
        let others = addressSet("192.0.2.0/24").complement
        #expect(try never { ($0.clients, $0.login, $0.withoutPOP) = (others, Narrowing.Login.none, true) } == nil)
        let found = try never { $0.clients = others }
        #expect(found.map { policy.relay[$0.rule ?? 0].name } == "staff")
        let edge = try never { ($0.clients, $0.login) = (addressSet("192.0.2.255-192.0.3.0"), Narrowing.Login.none) }
        #expect(edge?.request.client == IPAddress("192.0.2.255"))
    }

    @Test("delivery is no relaying, but a named local recipient counts for `never … to`")
    func delivery() throws {
        var narrowing = Narrowing()
        narrowing.recipients = patternList("ours.example")
        let found = try Policy().with(local: "ours.example").counterexample(toNever: narrowing, at: now)
        #expect(found != nil && found?.rule == nil)
    }

    @Test("limits say how much a holder can send, in windows that may meet")
    func reach() throws {
        let hourly = Limit(
            count: 200, unit: .recipients, window: .seconds(3600), subject: .login, thenReject: false, at: place(1))
        var policy = Policy(relay: [
            rule(.permit, "staff", limits: [hourly]) { $0.login = .init(names: ["anna"]) },
            rule(.permit, "office", limits: [hourly]) { $0.from = addresses("192.0.2.0/24") },
        ])
        policy.ownership = ["anna": patterns("anna@ours.example").set]
        let reach = policy.reach(of: try policy.grants(at: now), recipientsPerMessage: nil)
        // A limit for each login binds no client that needs none.
        #expect(reach.first?.holder == .client(addressSet("192.0.2.0/24")) && reach.first?.aDay == nil)
        #expect(reach.last?.holder == .login(["anna"]) && reach.last?.anHour == 400 && reach.last?.aDay == 5000)
    }

    @Test("who has a login and the address of a rule that asks for none has it by the address")
    func reachByAddress() throws {
        func limit(_ subject: Limit.Subject) -> Limit {
            Limit(count: 200, unit: .recipients, window: .seconds(3600), subject: subject, thenReject: false, at: place(1))
        }
        // The clients of "office" that are logged in get there since "staff" does not take foreign senders.
        var policy = Policy(relay: [
            rule(.permit, "staff", limits: [limit(.login)]) {
                $0.login = .init(names: nil)
                $0.senderOwnedByLogin = true
            },
            rule(.permit, "office", limits: [limit(.client)]) { $0.from = addresses("192.0.2.0/24") },
        ])
        policy.ownership = ["anna": patterns("anna@ours.example").set]
        let reach = policy.reach(of: try policy.grants(at: now), recipientsPerMessage: nil)
        for one in reach {
            #expect(one.anHour == 400, "\(one.holder)")
            if case .client(let set) = one.holder {
                #expect(set == addressSet("192.0.2.0/24") && one.rules == [1])
            } else {
                #expect(one.rules == [0])
            }
        }
        #expect(reach.count == 3)
    }
}

extension Policy {
    fileprivate func with(local: String) -> Policy {
        var policy = self
        policy.local = LocalDomains([localEntry(local)])
        return policy
    }
}
