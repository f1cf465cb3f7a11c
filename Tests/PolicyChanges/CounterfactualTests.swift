import DecisionRecords
import Diagnostics
import JSONText
import MailTypes
import PolicyChanges
import PolicyLanguage
import RelayAnalysis
import RelayPolicy
import Testing

/// What would have permitted a request.
@Suite("counterfactuals")
struct CounterfactualTests {
    static let now = Instant("2026-11-24T12:00:00Z")!

    static let text = """
        version 1
        networks  office    192.0.2.0/24    # ours
        # printers have no name
        local { domains ours.test }
        listen public {
            address  127.0.0.1:2525
        }
        refuse {
            reject "known bad" { from 203.0.113.66 }
        }
        relay {
            reject "gone" { sender gone@ours.test }
            permit "staff" {
                login   any
                sender  *@ours.test
            }
            permit "printers" {
                from    10.0.0.0/28
                to      a.test
            }
            # all but the kiosk
            permit "office" { from office except 192.0.2.66 }
        }
        auth { users file:users }

        """

    static func files(_ path: String) -> Result<[UInt8], FileProblem> {
        path == "users"
            ? .success(Array("anna - anna@ours.test\nbert - bert@ours.test\n".utf8))
            : .failure(FileProblem("no such file"))
    }

    static func configuration(_ text: String = text) throws -> Configuration {
        let result = Configuration.read(Array(text.utf8), file: "x.conf", purpose: .policyOnly, now: now, files: files)
        return try #require(result.configuration, "\(result.diagnostics.map(\.message))")
    }

    static func request(
        _ client: String, _ sender: String, _ to: String, change: (inout RelayRequest) -> Void = { _ in }
    ) throws -> RelayRequest {
        var request = RelayRequest(
            client: try #require(IPAddress(client)),
            forwardPath: try WrittenPath(parsing: Array(to.utf8), allowingBareMailbox: true), now: now)
        request.reversePath = try ReversePath(parsing: Array(sender.utf8), allowingBareMailbox: true)
        change(&request)
        return request
    }

    static func decision(_ request: RelayRequest, _ policy: Policy) -> Decision {
        policy.connectionRefusal(request) ?? policy.demands(of: request) ?? policy.decidePlainly(request)
    }

    static func found(_ request: RelayRequest, in text: String = text) throws -> Counterfactuals {
        let configuration = try configuration(text)
        return Counterfactuals(
            of: request, decision(request, configuration.policy), configuration, Array(text.utf8), file: "x.conf",
            files: files)
    }

    /// Points of every set of the example and beside them.
    static func world() throws -> [RelayRequest] {
        var world: [RelayRequest] = []
        for client in [
            "192.0.2.1", "192.0.2.66", "10.0.0.1", "198.51.100.8", "198.51.100.9", "203.0.113.66", "2001:db8::1",
        ] {
            for sender in ["<>", "anna@ours.test", "gone@ours.test", "x@evil.test"] {
                for to in ["y@victim.test", "z@victim.test", "y@a.test", "y@ours.test", "y%victim.test@ours.test"] {
                    for login in [nil, "anna", "other"] {
                        world.append(
                            try request(client, sender, to) {
                                if let login { $0.login = .known(RelayRequest.Login(name: login)) }
                            })
                    }
                }
            }
        }
        return world
    }

    @Test("every change permits the request when it is made, and what is said to gain is what gains")
    func proved() throws {
        let (old, world) = (try Self.configuration().policy, try Self.world())
        var kinds: Set<Counterfactual.Kind> = []
        // Eleven is no part of any period in the world's order.
        let asked = stride(from: 0, to: world.count, by: 11).map { world[$0] }
        for request in asked where Self.decision(request, old).verdict != .permit {
            for suggestion in try Self.found(request).suggestions {
                kinds.insert(suggestion.kind)
                guard let bytes = suggestion.bytes, let gain = suggestion.gain else {
                    #expect(old.relay.contains { $0.name == suggestion.rule.name })
                    continue
                }
                let new = try Self.configuration(String(decoding: bytes, as: UTF8.self)).policy
                let decision = Self.decision(request, new)
                #expect(decision.verdict == .permit && decision.rule == suggestion.rule)
                for other in world {
                    let isPermitted = Self.decision(other, new).verdict == .permit
                    let gains = isPermitted && Self.decision(other, old).verdict != .permit
                    let isNamed = gain.changes.contains { change in
                        old.canonicalPath(of: other.forwardPath, from: other.reversePath).map {
                            change.grant.requests.contains(other, to: $0, under: [old, new])
                        } ?? false
                    }
                    #expect(gains == isNamed, "\(suggestion.what): \(other)")
                    if suggestion.isForThisRequestAlone, gains {
                        #expect(other.client == request.client && other.reversePath == request.reversePath)
                        #expect(other.forwardPath == request.forwardPath)
                    }
                }
            }
        }
        #expect(kinds == [.logIn, .addPermit, .removeException, .addToNetwork, .addToRule, .addRecipient])
    }

    @Test(
        "the first suggestion is the mildest",
        arguments: [
            ("198.51.100.8", "anna@ours.test", "y@victim.test", "log in as anna", 13),
            (
                "198.51.100.8", "x@evil.test", "y@victim.test",
                "permit this client, sender and recipient until 2026-12-01", 23
            ),
            (
                "192.0.2.1", "gone@ours.test", "y@victim.test",
                "permit this client, sender and recipient until 2026-12-01", 12
            ),
        ])
    func first(client: String, sender: String, to: String, what: String, line: Int) throws {
        let found = try Self.found(try Self.request(client, sender, to))
        let first = try #require(found.suggestions.first)
        #expect(first.what == what)
        #expect(first.isForThisRequestAlone)
        #expect(first.rule.at.line == line)
        #expect(found.noRuleHelps == nil)
    }

    @Test("a login is offered on a listener that has one, over TLS where that demands it")
    func otherListener() throws {
        let text = Self.text.replacing(
            "relay {",
            with:
                "listen submission {\n    address 127.0.0.1:2587\n    starttls required\n    auth required\n}\nrelay {"
        )
        let onPublic = try Self.found(
            try Self.request("198.51.100.8", "anna@ours.test", "y@victim.test") { $0.listener = "public" }, in: text)
        #expect(onPublic.suggestions.first?.what == "log in as anna on the listener submission, over TLS")
        let onSubmission = try Self.found(
            try Self.request("198.51.100.8", "anna@ours.test", "y@victim.test") {
                ($0.listener, $0.tlsVersion) = ("submission", "TLSv1.3")
            }, in: text)
        #expect(onSubmission.suggestions.map(\.what) == ["log in as anna"])
        #expect(onSubmission.noRuleHelps?.contains("demands a login") == true)
    }

    static let twins = """
        version 1
        networks  office  192.0.2.0/24
        networks  lan     10.0.0.0/24
        networks  wlan    10.0.1.0/24
        local { domains ours.test }
        listen public { address 127.0.0.1:2525 }
        listen inside { address 127.0.0.1:2526 }
        relay {
            permit "lan" { from lan }
            permit "office" {
                from      office
                listener  public
            }
            permit "wlan" {
                from      wlan
                listener  public inside
            }
        }

        """

    @Test("of changes that differ in the listener alone, the one that lets through on the fewest")
    func oneOfTwins() throws {
        let request = try Self.request("198.51.100.8", "x@evil.test", "y@victim.test") { $0.listener = "public" }
        let found = try Self.found(request, in: Self.twins)
        #expect(found.suggestions.map(\.kind) == [.addPermit, .addToNetwork])
        #expect(found.suggestions.last?.what == "add 198.51.100.8 to the network office")
        let inside = try Self.request("198.51.100.8", "x@evil.test", "y@victim.test") { $0.listener = "inside" }
        #expect(try Self.found(inside, in: Self.twins).suggestions.last?.what == "add 198.51.100.8 to the network wlan")
    }

    @Test("changes that differ in more are not taken for one")
    func noTwins() throws {
        let limited = Self.twins.replacing("listener  public\n", with: "listener  public\n        limit  5 recipients per hour for each client\n")
        let narrower = Self.twins.replacing("listener  public\n", with: "listener  public\n        to  victim.test\n")
        for text in [limited, narrower] {
            let request = try Self.request("198.51.100.8", "x@evil.test", "y@victim.test") { $0.listener = "public" }
            let found = try Self.found(request, in: text).suggestions.filter { $0.kind == .addToNetwork }
            #expect(Set(found.map(\.what)) == ["add 198.51.100.8 to the network office", "add 198.51.100.8 to the network wlan"])
        }
    }

    @Test(
        "what no rule of `relay` can permit is said to be so",
        arguments: [
            ("198.51.100.8", "y%victim.test@ours.test", "hides another destination"),
            ("203.0.113.66", "y@victim.test", "\"known bad\" (x.conf:9) of `refuse`"),
        ])
    func noRuleHelps(client: String, to: String, said: String) throws {
        let found = try Self.found(try Self.request(client, "x@evil.test", to))
        #expect(found.noRuleHelps?.contains(said) == true)
        #expect(found.suggestions.isEmpty)
    }

    @Test(
        "a spent limit and a server's own word are nothing that a rule could mend",
        arguments: [Reason.limit, .banned, .upstreamRefused])
    func afterTheRules(reason: Reason) throws {
        let configuration = try Self.configuration()
        let request = try Self.request("192.0.2.1", "x@evil.test", "y@victim.test")
        var decision = Self.decision(request, configuration.policy)
        (decision.verdict, decision.reason) = (.defer, reason)
        let found = Counterfactuals(
            of: request, decision, configuration, Array(Self.text.utf8), file: "x.conf", files: Self.files)
        #expect(found.noRuleHelps != nil)
        #expect(found.suggestions.allSatisfy { $0.bytes == nil })
    }

    @Test("paths of strangers are words of the language and of a shell, or are not offered")
    func hostilePaths() throws {
        for sender in [
            "\"a' $(x) b\"@evil.test", "\"x } permit\"@evil.test", "\"*\"@evil.test", "\"file:users\"@evil.test",
            "a{b}#c@evil.test",
        ] {
            let request = try Self.request("198.51.100.8", sender, "y@victim.test")
            let narrow = try Self.found(request).suggestions.first { $0.kind == .addPermit }
            guard let narrow else { continue }
            #expect(narrow.isForThisRequestAlone)
            let words = try #require(narrow.command)
            let text = CounterfactualText(try Self.found(request)).lines.first { $0.contains("gatepost permit") }
            #expect(text?.contains("$(x)") != true || text?.contains("'\"\\\"a'\\'' $(x) b\\\"@evil.test\"'") == true)
            #expect(words.contains("--sender"))
        }
    }
}
