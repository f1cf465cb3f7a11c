import MailTypes
import RelayPolicy
import TestSupport
import Testing

/// A world so small that all of its requests can be tried: a few values of some facts, and rules that ask about them.
struct SmallWorld: CustomTestStringConvertible, Sendable {
    let name: String
    let requests: [RelayRequest]
    /// Adds a condition to a rule.
    let conditions: [@Sendable (inout Conditions, inout SeededRandom) -> Void]
    /// Every value that a fact of `request` which is not known may really have, one fact at a time.
    let completions: @Sendable (RelayRequest) -> [[RelayRequest]]

    var testDescription: String { name }

    /// All combinations of what the facts that are not known may really be.
    func worldsBehind(_ request: RelayRequest) -> [RelayRequest] {
        var worlds = [request]
        while let open = worlds.firstIndex(where: { !completions($0).isEmpty }) {
            let request = worlds.remove(at: open)
            worlds += completions(request)[0]
        }
        return worlds
    }

    func randomPolicy(_ random: inout SeededRandom) -> Policy {
        var policy = Policy()
        policy.local = LocalDomains([local("ours.example"), local("branch.example", via: "branch")])
        policy.listeners = [
            Policy.Listener(name: "public"),
            Policy.Listener(name: "submission", requiresLogin: true, requiresTLS: random.once(in: 2)),
        ]
        policy.ownership = ["anna": patternSet("anna@ours.example"), "bert": patternSet("*@evil.example")]
        let verbs: [Rule.Verb] = [.permit, .permit, .permit, .reject, .reject, .defer]
        policy.relay = (0..<random.below(6)).map { randomRule($0, random.pick(verbs), &random) }
        policy.refuse = (0..<random.below(4)).map {
            randomRule($0, random.pick([.reject, .reject, .pass, .defer]), &random)
        }
        return policy
    }

    private func randomRule(_ index: Int, _ verb: Rule.Verb, _ random: inout SeededRandom) -> Rule {
        var conditions = Conditions()
        for _ in 0..<random.below(4) { random.pick(self.conditions)(&conditions, &random) }
        let isPermit = verb == .permit
        return Rule(
            name: "\(index)", at: place(index + 1), verb: verb, conditions: conditions,
            limits: isPermit && random.once(in: 2) ? [hourly(UInt64(index + 1))] : [],
            until: isPermit && random.once(in: 4) ? CalendarDay("2026-12-31") : nil, observes: random.once(in: 8))
    }
}

extension SmallWorld {
    static let all = [who, whence]

    /// Addresses, logins, mailboxes and the clock.
    static let who = SmallWorld(
        name: "who", requests: whoRequests,
        conditions: [
            { conditions, random in conditions.from = addresses(random.some(clients).joined(separator: " ")) },
            { conditions, random in
                conditions.login = .init(
                    names: random.once(in: 2) ? nil : random.some(["anna", "bert"]),
                    mechanisms: random.once(in: 3) ? ["PLAIN"] : nil)
            },
            { conditions, _ in conditions.needsPOPLogin = true },
            { conditions, random in
                conditions.sender = patterns(
                    random.some(["<>", "*@ours.example", "x@evil.example"]).joined(separator: " "))
            },
            { conditions, _ in conditions.senderOwnedByLogin = true },
            { conditions, random in
                conditions.to = patterns(
                    random.some(["victim.example", "a@ours.example", "postmaster@*"]).joined(separator: " "))
            },
        ],
        completions: { request in
            var open: [[RelayRequest]] = []
            if request.login == .unknown {
                let logins: [RelayRequest.Fact<RelayRequest.Login>] =
                    [.absent] + ["anna", "bert", "zoe"].map { .known(.init(name: $0, mechanism: "PLAIN")) }
                    + [.known(.init(name: "anna"))]
                open.append(logins.map { request.with(\.login, $0) })
            }
            if request.popLogin == .unknown {
                let logins: [RelayRequest.Fact<RelayRequest.POPLogin>] =
                    [.absent] + ["anna", "bert", nil].map { .known(.init(name: $0)) }
                open.append(logins.map { request.with(\.popLogin, $0) })
            }
            if request.clockIsBehind {
                // It is later than the clock says, and then a POP login may be too old.
                let right = request.with(\.clockIsBehind, false)
                let later = [right, right.with(\.now, Instant("2030-01-01")!)]
                open.append(later + later.map { $0.with(\.popLogin, .absent) })
            }
            return open
        })

    /// Names, listeners, TLS and HELO.
    static let whence = SmallWorld(
        name: "whence", requests: whenceRequests,
        conditions: [
            { conditions, random in
                conditions.name = random.pick([
                    .some(.none), .oneOf(exact: [domain("a.example")], below: []),
                    .oneOf(exact: [domain("b.example")], below: [domain("a.example")]),
                ])
            },
            { conditions, random in
                conditions.helo = random.pick([
                    .verified, .unverified, .oneOf(exact: [domain("a.example")], below: []),
                ])
            },
            { conditions, random in conditions.listeners = random.some(["public", "submission"]) },
            { conditions, random in conditions.tls = random.pick([.any, .certificate(["ca.pem"])]) },
            { conditions, _ in conditions.localAddress = addresses("192.0.2.25") },
            { conditions, _ in conditions.to = patterns("victim.example") },
        ],
        completions: { request in
            var open: [[RelayRequest]] = []
            if case .temporary(let candidate) = request.clientName {
                let names =
                    candidate.map { [$0] } ?? ["a.example", "x.a.example", "b.example", "c.example"].map(domain)
                open.append(
                    (names.map(RelayRequest.ClientName.confirmed) + [.absent, .forged]).map {
                        request.with(\.clientName, $0)
                    })
            }
            if request.heloStatus == .temporary {
                open.append([.verified, .unverified].map { request.with(\.heloStatus, $0) })
            }
            return open
        })

    private static let clients = ["192.0.2.1", "192.0.2.2", "2001:db8::1"]

    private static let whoRequests: [RelayRequest] = {
        var requests = clients.map { request(from: $0) }
        requests = requests.withEach(
            \.reversePath, ["<>", "anna@ours.example", "x@evil.example"].map(ReversePath.init(from:)))
        requests = requests.withEach(
            \.forwardPath,
            ["a@ours.example", "postmaster@ours.example", "<postmaster>", "y@victim.example", "u%v@ours.example"]
                .map(WrittenPath.init(to:)))
        requests = requests.withEach(
            \.login, [.absent, .unknown, .known(.init(name: "Anna", mechanism: "PLAIN")), .known(.init(name: "bert"))])
        requests = requests.withEach(
            \.popLogin, [.absent, .unknown, .known(.init(name: "anna")), .known(.init(name: nil))])
        requests = requests.withEach(\.clockIsBehind, [false, true])
        return requests.withEach(\.now, ["2026-12-31", "2027-01-01"].map { Instant($0)! })
    }()

    private static let whenceRequests: [RelayRequest] = {
        var requests = [request(to: "a@branch.example"), request(to: "y@victim.example")]
        requests = requests.withEach(
            \.clientName,
            [
                .absent, .forged, .confirmed(domain("a.example")), .confirmed(domain("x.a.example")), .temporary(nil),
                .temporary(domain("b.example")),
            ])
        requests = requests.withEach(\.heloStatus, [.unasked, .verified, .unverified, .temporary])
        requests = requests.withEach(\.helo, [nil, Array("A.example".utf8), Array("-".utf8)])
        requests = requests.withEach(\.listener, [nil, "public", "submission"])
        requests = requests.flatMap {
            [$0, $0.with(\.tlsVersion, "TLSv1.3"), $0.with(\.tlsVersion, "TLSv1.3").with(\.certificates, ["ca.pem"])]
        }
        return requests.withEach(\.localAddress, [nil, IPAddress("192.0.2.25")!])
    }()
}

extension RelayRequest {
    func with<Value>(_ fact: WritableKeyPath<RelayRequest, Value>, _ value: Value) -> RelayRequest {
        var request = self
        request[keyPath: fact] = value
        return request
    }
}

extension [RelayRequest] {
    func withEach<Value>(_ fact: WritableKeyPath<RelayRequest, Value>, _ values: [Value]) -> [RelayRequest] {
        flatMap { request in values.map { request.with(fact, $0) } }
    }
}
