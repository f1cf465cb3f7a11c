import MailTypes
import RelayPolicy
import Testing

/// The complete file of the language page, made by hand, and what its `tests { }` claim.
@Suite("The complete example")
struct CompleteExampleTests {
    static let policy: Policy = {
        var policy = Policy()
        policy.local = LocalDomains([
            local("example.com"), local("example.org"), local("hosted.example"), local("branch.example", via: "branch"),
        ])
        policy.listeners = [
            Policy.Listener(name: "public", authNeverAt: place(48)),
            Policy.Listener(name: "submission", requiresLogin: true, requiresTLS: true),
        ]
        policy.routes = Policy.Routes(local: "mailstore", elsewhere: "smarthost")
        policy.ownership = ["anna": patternSet("anna@example.com"), "bert": patternSet("bert@example.com")]
        let office = "192.0.2.0/24 2001:db8:10::/64"
        policy.refuse = [
            rule(.reject, "known bad", line: 70) { $0.from = addresses("203.0.113.128/25") },
            rule(.reject, "old spammer", line: 71, reply: Reply(550, "5.7.1", "Not from there")) {
                $0.sender = patterns("*@denied.example")
            },
            rule(.pass, "office speaks as it likes", line: 72) { $0.from = addresses(office) },
            rule(.reject, "lying HELO", line: 73) {
                $0.helo = .unverified
                $0.listeners = ["public"]
            },
        ]
        policy.relay = [
            rule(.reject, "suspended customers", line: 77) { $0.sender = patterns("late@example.com") },
            rule(.permit, "staff, logged in", line: 81, limits: [hourly(200)]) {
                $0.login = Conditions.LoginCondition(names: nil)
                $0.senderOwnedByLogin = true
            },
            rule(.permit, "printers, to accounting only", line: 86, limits: [hourly(100)], until: "2027-03-31") {
                $0.from = addresses("10.20.30.0/28")
                $0.sender = patterns("scanner@example.com alerts@example.com")
                $0.to = patterns("accounting.example")
            },
            rule(.permit, "app servers", line: 93) {
                $0.from = addresses("192.0.2.200 198.51.100.200")
                $0.sender = patterns("*@example.com *@example.org")
                $0.tls = .certificate(["app-ca.pem"])
            },
            rule(.permit, "office LAN", line: 98, limits: [hourly(500)]) {
                $0.from = addresses(office, except: "192.0.2.66 2001:db8:10::66")
            },
            rule(.permit, "recent POP login", line: 102, limits: [hourly(50)]) {
                $0.needsPOPLogin = true
                $0.senderOwnedByLogin = true
            },
        ]
        return policy
    }()

    @Test(
        "the tests of the page hold",
        arguments: [
            (request(from: "198.51.100.7", sender: "x@evil.example", to: "y@victim.example"), "reject no-rule"),
            (request(from: "198.51.100.7", sender: "x@evil.example", to: "info@example.com"), "permit delivery"),
            (
                request(from: "198.51.100.7", sender: "x@evil.example", to: "y%victim.example@example.com"),
                "reject address-trick"
            ),
            (
                request(from: "192.0.2.10", sender: "anna@example.com", to: "y@victim.example"),
                "permit relay-rule \"office LAN\""
            ),
            (request(from: "192.0.2.66", sender: "anna@example.com", to: "y@victim.example"), "reject no-rule"),
            (
                request(from: "10.20.30.5", sender: "scanner@example.com", to: "bills@accounting.example"),
                "permit relay-rule \"printers, to accounting only\""
            ),
            (
                request(from: "203.0.113.9", sender: "bert@example.com", to: "y@victim.example", login: "anna"),
                "reject sender-not-owned"
            ),
        ])
    func pageTests(request: RelayRequest, gist: String) {
        #expect(Self.policy.decide(request).gist == gist)
    }

    @Test(
        "what the page says besides",
        arguments: [
            (request(sender: "late@example.com"), "reject deny-rule \"suspended customers\""),
            (request(sender: "late@example.com", to: "info@example.com"), "permit delivery"),
            (request(sender: "a@denied.example", to: "info@example.com"), "reject deny-rule \"old spammer\""),
            (
                request(from: "192.0.2.10", sender: "a@denied.example", to: "info@example.com"),
                "reject deny-rule \"old spammer\""
            ),
            (
                request(from: "192.0.2.10", to: "info@example.com") {
                    $0.listener = "public"
                    $0.heloStatus = .unverified
                }, "permit delivery"
            ),
            (
                request(to: "info@example.com") {
                    $0.listener = "public"
                    $0.heloStatus = .unverified
                }, "reject deny-rule \"lying HELO\""
            ),
            (request(from: "203.0.113.200", to: "postmaster@example.com"), "reject deny-rule \"known bad\""),
            (request(sender: "a@denied.example", to: "postmaster@example.com"), "permit delivery"),
            (request(sender: "a@denied.example", to: "<Postmaster>"), "permit delivery"),
            (request(sender: "anna@example.com", login: "ANNA"), "permit relay-rule \"staff, logged in\""),
            (
                request(sender: "anna@example.com") { $0.popLogin = .known(.init(name: "anna")) },
                "permit relay-rule \"recent POP login\""
            ),
            (
                request(from: "198.51.100.200", sender: "app@example.org") { $0.certificates = ["app-ca.pem"] },
                "permit relay-rule \"app servers\""
            ),
            (request(from: "198.51.100.200", sender: "app@example.org"), "reject no-rule"),
            (
                request(
                    from: "10.20.30.5", sender: "scanner@example.com", to: "bills@accounting.example",
                    at: "2027-03-31T23:59:59Z"), "permit relay-rule \"printers, to accounting only\""
            ),
            (
                request(
                    from: "10.20.30.5", sender: "scanner@example.com", to: "bills@accounting.example",
                    at: "2027-04-01T00:00:00Z"), "reject no-rule"
            ),
        ])
    func besides(request: RelayRequest, gist: String) {
        #expect(Self.policy.decide(request).gist == gist)
    }

    @Test("a branch is delivered through its upstream, and whatever is relayed goes elsewhere")
    func destinations() {
        #expect(Self.policy.decide(request(to: "a@branch.example")).destination == .delivery(via: "branch"))
        #expect(Self.policy.decide(request(to: "a@example.com")).destination == .delivery(via: nil))
        #expect(Self.policy.decide(request(from: "192.0.2.10")).destination == .relay)
    }

    @Test("on the submission port a colleague is reached only through a permit")
    func submission() {
        let toColleague = request(sender: "anna@example.com", to: "a@branch.example") {
            $0.listener = "submission"
            $0.tlsVersion = "TLSv1.3"
        }
        #expect(Self.policy.decide(toColleague).gist == "reject login-required")
        var loggedIn = toColleague
        loggedIn.login = .known(.init(name: "anna"))
        let decision = Self.policy.decide(loggedIn)
        #expect(decision.gist == "permit relay-rule \"staff, logged in\"")
        #expect(decision.destination == .delivery(via: "branch"))
        #expect(decision.chargedRules == [1])
        loggedIn.reversePath = ReversePath(from: "bert@example.com")
        #expect(Self.policy.decide(loggedIn).gist == "reject sender-not-owned")
    }
}
