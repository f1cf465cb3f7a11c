import MailTypes
import RelayPolicy
import Testing

@Suite("Explanations")
struct ExplanationTests {
    static let policy = CompleteExampleTests.policy

    /// `rule: stopped: because`
    func lines(_ steps: [Explanation.Step]) -> [String] {
        steps.map { [$0.rule.name, $0.stopped ?? "fits", $0.because ?? ""].joined(separator: ": ") }
    }

    @Test("the trace holds every rule read, of refuse too, the deciding one last")
    func trace() {
        let explanation = Self.policy.explain(request(from: "192.0.2.10", sender: "anna@example.com"))
        #expect(
            lines(explanation.trace) == [
                "known bad: from: 192.0.2.10 is not in 203.0.113.128/25",
                "old spammer: sender: anna@example.com is not in *@denied.example",
                "office speaks as it likes: fits: ",
                "suspended customers: sender: anna@example.com is not in late@example.com",
                "staff, logged in: login: the client has not logged in",
                "printers, to accounting only: from: 192.0.2.10 is not in 10.20.30.0/28",
                "app servers: from: 192.0.2.10 is not in 192.0.2.200 198.51.100.200",
                "office LAN: fits: ",
            ])
        #expect(explanation.closest.isEmpty)
        #expect(explanation.trace.last?.rule == explanation.decision.rule)
    }

    @Test("the closest are the permits with the fewest conditions unmet, with what stopped them first")
    func closest() {
        let refused = request(from: "192.0.2.66", sender: "anna@example.com") {
            $0.listener = "public"
            $0.heloStatus = .verified
        }
        #expect(
            lines(Self.policy.explain(refused).closest) == [
                "office LAN: from: 192.0.2.66 is not in 192.0.2.0/24 2001:db8:10::/64 except 192.0.2.66 2001:db8:10::66",
                "staff, logged in: login: this listener has auth never (gatepost.conf:48)",
                "app servers: from: 192.0.2.66 is not in 192.0.2.200 198.51.100.200",
            ])
    }

    @Test("what relay was not asked for has no closest permits", arguments: ["u%v@example.com", "info@example.com"])
    func noClosest(to: String) {
        let explanation = Self.policy.explain(request(from: "203.0.113.200", to: to))
        #expect(explanation.decision.verdict == .reject)
        #expect(explanation.closest.isEmpty)
    }

    @Test("an undecided rule names the fact that could not be had, unless another line fails")
    func undecided() {
        let explanation = Self.policy.explain(
            request(sender: "anna@example.com") { ($0.login, $0.popLogin) = (.unknown, .unknown) })
        #expect(explanation.decision.gist == "defer undecided")
        let staff = explanation.trace.first { $0.rule.name == "staff, logged in" }
        #expect(staff?.undecided == true && staff?.stopped == "login")
        let printers = explanation.trace.first { $0.rule.name == "printers, to accounting only" }
        #expect(printers?.undecided == false && printers?.stopped == "from")
    }

    @Test("a rule that observes is shown as skipped")
    func observed() {
        let policy = Policy(relay: [rule(.permit, "trial", observes: true), rule(.reject, "rest")])
        let explanation = policy.explain(request())
        #expect(explanation.trace.map(\.observed) == [true, false])
        #expect(lines(explanation.trace) == ["trial: fits: ", "rest: fits: "])
    }

    /// One rule, a request that it does not fit, and why.
    struct BecauseCase: CustomTestStringConvertible, Sendable {
        let words: String
        var until: String?
        let write: @Sendable (inout Conditions) -> Void
        var ask: @Sendable (inout RelayRequest) -> Void = { _ in }
        var testDescription: String { words }
        init(
            _ words: String, until: String? = nil, _ write: @escaping @Sendable (inout Conditions) -> Void = { _ in },
            ask: @escaping @Sendable (inout RelayRequest) -> Void = { _ in }
        ) {
            (self.words, self.until, self.write, self.ask) = (words, until, write, ask)
        }
    }

    static let names = Conditions.HostNames.oneOf(exact: [domain("a.example")], below: [domain("b.example")])

    @Test(
        "every condition says why in people's words",
        arguments: [
            BecauseCase("the client's name c.example is not a.example or *.b.example", { $0.name = names }) {
                $0.clientName = .confirmed(domain("c.example"))
            },
            BecauseCase("the client's address has no name", { $0.name = names }),
            BecauseCase("the name of the client's address does not lead back to it", { $0.name = names }) {
                $0.clientName = .forged
            },
            BecauseCase("the client's name could not be looked up", { $0.name = names }) {
                $0.clientName = .temporary(nil)
            },
            BecauseCase("the client has a confirmed name, c.example", { $0.name = .some(.none) }) {
                $0.clientName = .confirmed(domain("c.example"))
            },
            BecauseCase("the address connected to is not given", { $0.localAddress = addresses("192.0.2.1") }),
            BecauseCase(
                "192.0.2.2, to which the client connected, is not in 192.0.2.1",
                { $0.localAddress = addresses("192.0.2.1") }
            ) { $0.localAddress = IPAddress("192.0.2.2")! },
            BecauseCase("no listener is named", { $0.listeners = ["a"] }),
            BecauseCase("this is listener z, not a, b, c or 2 more", { $0.listeners = ["a", "b", "c", "d", "e"] }) {
                $0.listener = "z"
            },
            BecauseCase(
                "the client said HELO z, not a.example", { $0.helo = .oneOf(exact: [domain("a.example")], below: []) }
            ) { $0.helo = Array("z".utf8) },
            BecauseCase("the client said no HELO", { $0.helo = .verified }),
            BecauseCase("HELO z does not lead to the client", { $0.helo = .verified }) {
                ($0.helo, $0.heloStatus) = (Array("z".utf8), .unverified)
            },
            BecauseCase("HELO z leads to the client", { $0.helo = .unverified }) {
                ($0.helo, $0.heloStatus) = (Array("z".utf8), .verified)
            },
            BecauseCase("whether HELO z leads to the client could not be looked up", { $0.helo = .unverified }) {
                ($0.helo, $0.heloStatus) = (Array("z".utf8), .temporary)
            },
            BecauseCase("the login zoe is not anna or bert", { $0.login = .init(names: ["anna", "bert"]) }) {
                $0.login = .known(.init(name: "zoe"))
            },
            BecauseCase(
                "zoe logged in by CRAM-MD5, not by PLAIN", { $0.login = .init(names: nil, mechanisms: ["PLAIN"]) }
            ) { $0.login = .known(.init(name: "zoe", mechanism: "CRAM-MD5")) },
            BecauseCase(
                "how zoe logged in is not known, and it must be by PLAIN",
                { $0.login = .init(names: nil, mechanisms: ["PLAIN"]) }
            ) { $0.login = .known(.init(name: "zoe")) },
            BecauseCase("the login could not be verified", { $0.login = .init(names: nil) }) { $0.login = .unknown },
            BecauseCase("the connection has no TLS", { $0.tls = .any }),
            BecauseCase("the client showed no certificate of ca.pem", { $0.tls = .certificate(["ca.pem"]) }),
            BecauseCase("there is no recent POP login from 198.51.100.7", { $0.needsPOPLogin = true }),
            BecauseCase("recent POP logins could not be looked up", { $0.needsPOPLogin = true }) {
                $0.popLogin = .unknown
            },
            BecauseCase(
                "the clock is behind, so nobody can tell whether the POP login is recent", { $0.needsPOPLogin = true }
            ) { ($0.popLogin, $0.clockIsBehind) = (.known(.init(name: "anna")), true) },
            BecauseCase("x@evil.example does not belong to anna", { $0.senderOwnedByLogin = true }) {
                $0.login = .known(.init(name: "anna"))
            },
            BecauseCase("nobody has logged in to whom x@evil.example could belong", { $0.senderOwnedByLogin = true }),
            BecauseCase(
                "the login that x@evil.example should belong to could not be looked up",
                { $0.senderOwnedByLogin = true }
            ) { $0.login = .unknown },
            BecauseCase("<> is not in *@a.example", { $0.sender = patterns("*@a.example") }) { $0.reversePath = .null },
            BecauseCase("y@victim.example is not in friend.example", { $0.to = patterns("friend.example") }),
            BecauseCase("it ended with 2026-10-31", until: "2026-10-31"),
            BecauseCase("the clock is behind, so nobody can tell whether 2026-12-31 is past", until: "2026-12-31") {
                _ in
            } ask: {
                $0.clockIsBehind = true
            },
        ])
    func because(_ test: BecauseCase) {
        let explanation = Policy(relay: [rule(.permit, "it", until: test.until, test.write)]).explain(request(test.ask))
        #expect(explanation.trace.first?.because == test.words)
        #expect(explanation.closest == explanation.trace)
    }
}
