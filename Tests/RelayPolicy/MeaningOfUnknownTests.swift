import MailTypes
import RelayPolicy
import Testing

@Suite("Meaning 7 and 8: what is not known, and what runs out")
struct MeaningOfUnknownTests {
    /// `p?` is a permit of which nobody can tell, `p!` one that fits, `p-` one that does not; `r` and `d` likewise.
    static func relay(_ text: String) -> [Rule] {
        text.split(separator: " ").enumerated().map { index, word in
            let verb: Rule.Verb =
                switch word.first {
                case "p": .permit
                case "r": .reject
                case "d": .defer
                default: .pass
                }
            return rule(verb, "\(index)", limits: verb == .permit ? [hourly(UInt64(index + 1))] : []) {
                switch word.last {
                case "?": $0.login = .init(names: nil)
                case "-": $0.from = addresses("203.0.113.0/24")
                default: break
                }
            }
        }
    }

    static let askingForLogin = request { $0.login = .unknown }

    @Test(
        "7: undecided rules stand if all say what follows them",
        arguments: [
            ("p! ", "permit relay-rule \"0\"", [0]),
            ("p? p!", "permit relay-rule \"0\"", [0, 1]),
            ("p? p? p!", "permit relay-rule \"0\"", [0, 1, 2]),
            ("p- p? p! p!", "permit relay-rule \"1\"", [1, 2]),
            ("p?", "defer undecided", []),
            ("p? r!", "defer undecided", []),
            ("r?", "reject deny-rule \"0\"", []),
            ("r? r?", "reject deny-rule \"0\"", []),
            ("r- r?", "reject deny-rule \"1\"", []),
            ("r? r!", "reject deny-rule \"0\"", []),
            ("r? p!", "defer undecided", []),
            ("p? r? p!", "defer undecided", []),
            ("p? r? r!", "defer undecided", []),
            ("r? p- d!", "defer undecided", []),
            ("d? d!", "defer deny-rule \"0\"", []),
            ("d?", "defer undecided", []),
            ("d? p!", "defer undecided", []),
            ("p! r?", "permit relay-rule \"0\"", [0]),
        ])
    func relayUndecided(rules: String, gist: String, charged: [Int]) {
        let decision = Policy(relay: Self.relay(rules)).decide(Self.askingForLogin)
        #expect(decision.gist == gist)
        #expect(decision.chargedRules == charged)
        if gist == "defer undecided" { #expect(decision.reply.description.hasPrefix("451 4.3.0 ")) }
    }

    @Test(
        "7: the same in refuse, whose end lets pass",
        arguments: [
            ("r!", "reject deny-rule \"0\""), ("r?", "defer undecided"), ("a?", "permit delivery"),
            ("a? a!", "permit delivery"), ("a? r!", "defer undecided"), ("r? r!", "reject deny-rule \"0\""),
            ("r? a!", "defer undecided"), ("a! r!", "permit delivery"), ("a- r-", "permit delivery"),
            ("d? d!", "defer deny-rule \"0\""),
        ])
    func refuseUndecided(rules: String, gist: String) {
        let policy = Policy(refuse: Self.relay(rules))
        #expect(policy.decide(request(to: "a@ours.example") { $0.login = .unknown }).gist == gist)
    }

    @Test("7: another line that is known not to fit settles a rule, whatever is not known")
    func settledByAnotherLine() {
        let policy = Policy(relay: [
            rule(.permit, "it") {
                $0.login = .init(names: nil)
                $0.needsPOPLogin = true
                $0.name = .oneOf(exact: [domain("a.example")], below: [])
                $0.to = patterns("elsewhere.example")
            }
        ])
        let nothingKnown = request {
            ($0.login, $0.popLogin, $0.clientName) = (.unknown, .unknown, .temporary(nil))
        }
        #expect(policy.decide(nothingKnown).gist == "reject no-rule")
        var fitting = nothingKnown
        fitting.forwardPath = WrittenPath(to: "y@elsewhere.example")
        #expect(policy.decide(fitting).gist == "defer undecided")
    }

    @Test(
        "7: a name that DNS did not confirm in time",
        arguments: [
            (RelayRequest.ClientName.temporary(nil), "defer undecided", "defer undecided"),
            (.temporary(domain("a.example")), "defer undecided", "defer undecided"),
            (.temporary(domain("b.example")), "reject no-rule", "defer undecided"),
            (.confirmed(domain("a.example")), "permit relay-rule \"it\"", "reject no-rule"),
            (.forged, "reject no-rule", "permit relay-rule \"it\""),
            (.absent, "reject no-rule", "permit relay-rule \"it\""),
        ])
    func temporaryName(name: RelayRequest.ClientName, byName: String, byNone: String) {
        let named = Policy(relay: [
            rule(.permit, "it") { $0.name = .oneOf(exact: [domain("a.example")], below: []) }
        ])
        let nameless = Policy(relay: [rule(.permit, "it") { $0.name = .some(.none) }])
        #expect(named.decide(request { $0.clientName = name }).gist == byName)
        #expect(nameless.decide(request { $0.clientName = name }).gist == byNone)
    }

    @Test("7: a HELO that DNS did not verify in time", arguments: [Conditions.HeloCondition.verified, .unverified])
    func temporaryHELO(condition: Conditions.HeloCondition) {
        let policy = Policy(refuse: [rule(.reject, "it") { $0.helo = condition }])
        let decision = policy.decide(request(to: "a@ours.example") { $0.heloStatus = .temporary })
        #expect(decision.gist == "defer undecided")
    }

    @Test(
        "8: until is through that day, and a clock that is behind leaves it open",
        arguments: [
            ("2027-03-31T23:59:59Z", false, "permit relay-rule \"it\""),
            ("2027-04-01T00:00:00Z", false, "reject no-rule"),
            ("2027-04-01T01:59:59+02:00", false, "permit relay-rule \"it\""),
            ("2020-01-01", true, "defer undecided"), ("2027-04-01T00:00:00Z", true, "reject no-rule"),
        ])
    func until(now: String, clockIsBehind: Bool, gist: String) {
        let policy = Policy(relay: [rule(.permit, "it", until: "2027-03-31")])
        #expect(policy.decide(request(at: now) { $0.clockIsBehind = clockIsBehind }).gist == gist)
    }

    @Test("8: a date opens nothing: on a reject it does not count")
    func untilOnReject() {
        let policy = Policy(relay: [rule(.reject, "it", until: "2020-01-01"), rule(.permit, "all")])
        #expect(policy.decide(request()).gist == "reject deny-rule \"it\"")
    }

    @Test("8: by a clock that is behind nobody can tell whether a POP login is recent")
    func popByAClockThatIsBehind() {
        let policy = Policy(
            refuse: [
                rule(.pass, "customers") { $0.needsPOPLogin = true },
                rule(.reject, "bad") { $0.sender = patterns("bad@evil.example") },
            ], relay: [rule(.permit, "it") { $0.needsPOPLogin = true }])
        let known = request {
            $0.popLogin = .known(.init(name: "anna"))
            $0.clockIsBehind = true
        }
        #expect(policy.decide(known).gist == "defer undecided")
        var bad = known
        bad.reversePath = ReversePath(from: "bad@evil.example")
        bad.forwardPath = WrittenPath(to: "a@ours.example")
        #expect(policy.decide(bad).gist == "defer undecided", "a pass that may have run out must not save it")
        var absent = known
        absent.popLogin = .absent
        #expect(policy.decide(absent).gist == "reject no-rule")
    }

    @Test("8: a spent limit ends it, 4xx or where it says so 5xx, and one that cannot be read 4xx")
    func limits() {
        let policy = Policy(relay: [
            rule(.permit, "it", limits: [hourly(5), hourly(50, thenReject: true)]), rule(.permit, "all"),
        ])
        let decision = policy.decide(request())
        #expect(decision.chargedRules == [0])
        let permit = policy.relay[0]
        let spent = decision.whenSpent(permit.limits[0], of: permit)
        #expect(spent.gist == "defer limit \"it\"")
        #expect(spent.reply.description.hasPrefix("450 4.7.1 "))
        let spentForGood = decision.whenSpent(permit.limits[1], of: permit)
        #expect(spentForGood.gist == "reject limit \"it\"")
        #expect(spentForGood.reply.description.hasPrefix("550 5.7.1 "))
        let unread = decision.whenLimitCannotBeRead(of: permit)
        #expect(unread.gist == "defer store-down \"it\"")
        #expect(unread.reply.description.hasPrefix("451 4.3.0 "))
        for refusal in [spent, spentForGood, unread] {
            #expect(refusal.destination == nil && refusal.chargedRules.isEmpty)
        }
    }
}

@Suite("Meaning 7: a client of whom a balancer does not say the address")
struct UnknownClientTests {
    private static func request(_ write: (inout RelayRequest) -> Void = { _ in }) -> RelayRequest {
        var request = RelayRequest(
            ofUnknownClientTo: WrittenPath(to: "y@victim.example"), now: Instant(seconds: 1_700_000_000))
        write(&request)
        return request
    }

    private static func policy(refuse: [Rule] = [], relay: [Rule]) -> Policy {
        var policy = Policy(refuse: refuse, relay: relay)
        policy.local = localDomains("ours.example")
        return policy
    }

    private static let everywhere = "0.0.0.0/0 ::/0"

    @Test("an address permits nothing, however wide, and keeps nothing below it from being asked", arguments: [
        (["permit from"], "defer undecided"), (["permit local-address"], "defer undecided"),
        (["permit name none"], "defer undecided"), (["permit login"], "permit relay-rule \"0\""),
        (["permit from", "permit login"], "permit relay-rule \"0\""), (["reject from", "permit login"], "defer undecided"),
        (["permit from and login"], "defer undecided"), (["permit from, other login"], "reject no-rule"),
    ])
    func relay(rules: [String], gist: String) {
        let relay = rules.enumerated().map { index, text in
            rule(text.hasPrefix("permit") ? .permit : .reject, "\(index)") { conditions in
                if text.contains("from") { conditions.from = addresses(Self.everywhere) }
                if text.contains("local-address") { conditions.localAddress = addresses(Self.everywhere) }
                if text.contains("name") { conditions.name = Conditions.HostNames.none }
                if text.contains("login") { conditions.login = .init(names: text.contains("other") ? ["bert"] : nil) }
            }
        }
        let policy = Self.policy(relay: relay)
        let request = Self.request { $0.login = .known(.init(name: "anna")) }
        #expect(policy.decide(request).gist == gist)
        #expect(CompiledPolicy(policy).decide(request) == policy.decidePlainly(request))
    }

    @Test("a delivery goes on where no refusal may fit, and waits where one may")
    func delivery() {
        let bad = rule(.reject, "bad") { $0.from = addresses("203.0.113.0/24") }
        let request = Self.request { $0.forwardPath = WrittenPath(to: "info@ours.example") }
        for (refuse, verdict) in [([], Verdict.permit), ([bad], .defer)] {
            let policy = Self.policy(refuse: refuse, relay: [])
            #expect(policy.decidePlainly(request).verdict == verdict)
            #expect(CompiledPolicy(policy).decide(request).verdict == verdict)
        }
    }

    @Test("it is nobody's relay client by address")
    func relayClient() {
        let office = Self.policy(relay: [rule(.permit, "all") { $0.from = addresses(Self.everywhere) }])
        #expect(!office.isRelayClientPlainly(Self.request()))
        #expect(!CompiledPolicy(office).isRelayClient(Self.request()))
    }
}
