import MailProtocols
import MailTypes
import RelayPolicy
import Testing

@testable import Sessions

@Suite("telling the protected server of the client")
struct TellingTests {
    private static let offer = RecipientOffer(
        upstream: "mta", reversePath: .null, mailParameters: MailParameters(),
        forwardPath: .mailbox(Mailbox(localPart: Array("x".utf8), domain: Domain("ours.test")!)),
        parameters: RecipientParameters(), tellsClient: true)

    static var stranger: ClientIntroduction {
        var client = ClientIntroduction(helo: Array("client.test".utf8))
        client.client = TransportAddress(IPAddress("198.51.100.7")!, port: 40312)
        client.local = TransportAddress(IPAddress("192.0.2.25")!, port: 25)
        return client
    }

    private static func reply(_ code: UInt16, _ lines: String...) -> Reply {
        Reply(code: code, lines: lines.map { Array($0.utf8) })
    }

    private static func sent(_ actions: [UpstreamSession.Action]) -> String {
        actions.map { if case .send(let bytes) = $0 { String(decoding: bytes, as: UTF8.self) } else { "" } }.joined()
    }

    private static func isBroken(_ actions: [UpstreamSession.Action]) -> Bool {
        actions.contains { if case .broken = $0 { true } else { false } }
    }

    private static func refusal(_ actions: [UpstreamSession.Action]) -> UInt16? {
        for action in actions { if case .clientRefused(let reply) = action { return reply.code } }
        return nil
    }

    // MARK: XCLIENT

    @Test("XCLIENT goes between two EHLO, the second with the client's name")
    func xclient() {
        var session = UpstreamSession(hostname: "gate.test", telling: .xclient, client: Self.stranger)
        #expect(!session.beginsWithHeader && session.proxyHeader(from: nil, to: nil).isEmpty)
        #expect(Self.sent(session.received(Self.reply(220, "hello"))) == "EHLO gate.test\r\n")
        #expect(
            Self.sent(session.received(Self.reply(250, "hello", "PIPELINING", "XCLIENT NAME ADDR PORT PROTO HELO LOGIN DESTADDR DESTPORT")))
                == "XCLIENT ADDR=198.51.100.7 PORT=40312 NAME=[UNAVAILABLE] DESTADDR=192.0.2.25 DESTPORT=25 PROTO=ESMTP HELO=client.test\r\n")
        #expect(Self.sent(session.received(Self.reply(220, "hello again"))) == "EHLO client.test\r\n")
        #expect(session.received(Self.reply(250, "hello", "PIPELINING")) == [.ready])
        #expect(session.capabilities.xclient?.contains(.addr) == true)
        #expect(Self.sent(session.offer(Self.offer)).hasPrefix("MAIL FROM:<>\r\nRCPT"))
    }

    @Test("only what the server announces is said", arguments: [
        ("ADDR", "XCLIENT ADDR=198.51.100.7\r\n"),
        ("addr name", "XCLIENT ADDR=198.51.100.7 NAME=[UNAVAILABLE]\r\n"),
        ("LOGIN ADDR X PORT", "XCLIENT ADDR=198.51.100.7 PORT=40312\r\n"),
    ])
    func attributes(announced: String, command: String) {
        var session = UpstreamSession(hostname: "gate.test", telling: .xclient, client: Self.stranger)
        _ = session.received(Self.reply(220, "hello"))
        #expect(Self.sent(session.received(Self.reply(250, "hello", "XCLIENT \(announced)"))) == command)
    }

    @Test("a server that does not offer XCLIENT, or no ADDR with it, gets nothing", arguments: [
        ["hello"], ["hello", "PIPELINING"], ["hello", "XCLIENT"], ["hello", "XCLIENT NAME PORT LOGIN"], ["hello", "XFORWARD ADDR"],
    ])
    func notOffered(lines: [String]) {
        var session = UpstreamSession(hostname: "gate.test", telling: .xclient, client: Self.stranger)
        _ = session.received(Self.reply(220, "hello"))
        let actions = session.received(Reply(code: 250, lines: lines.map { Array($0.utf8) }))
        #expect(Self.refusal(actions) == 451)
        #expect(Self.sent(actions).isEmpty)
    }

    @Test("whatever is said to XCLIENT but 220 refuses for now", arguments: [250, 421, 450, 500, 501, 503, 550] as [UInt16])
    func refusedCommand(code: UInt16) {
        var session = UpstreamSession(hostname: "gate.test", telling: .xclient, client: Self.stranger)
        _ = session.received(Self.reply(220, "hello"))
        _ = session.received(Self.reply(250, "hello", "XCLIENT ADDR"))
        let refusal = Self.refusal(session.received(Self.reply(code, "no")))
        #expect(refusal == (code == 450 ? 450 : 451))
    }

    @Test("what is said to the client's own name is for the client", arguments: [
        (421, 451), (450, 450), (501, 501), (550, 550),
    ] as [(UInt16, UInt16)])
    func refusedName(code: UInt16, told: UInt16) {
        var session = UpstreamSession(hostname: "gate.test", telling: .xclient, client: Self.stranger)
        _ = session.received(Self.reply(220, "hello"))
        _ = session.received(Self.reply(250, "hello", "XCLIENT ADDR"))
        _ = session.received(Self.reply(220, "hello"))
        let actions = session.received(Self.reply(code, "no"))
        #expect(Self.refusal(actions) == told)
        #expect(Self.sent(actions).isEmpty)
    }

    @Test("EHLO refused before XCLIENT: no HELO, since there is no telling then")
    func refusedBeforeXClient() {
        for (code, isForClient) in [(500, true), (421, false), (450, false)] as [(UInt16, Bool)] {
            var session = UpstreamSession(hostname: "gate.test", telling: .xclient, client: Self.stranger)
            _ = session.received(Self.reply(220, "hello"))
            let actions = session.received(Self.reply(code, "no"))
            #expect((Self.refusal(actions) == 451) == isForClient && Self.sent(actions).isEmpty)
        }
        var ours = UpstreamSession(hostname: "gate.test", telling: .xclient)
        _ = ours.received(Self.reply(220, "hello"))
        #expect(Self.sent(ours.received(Self.reply(500, "no"))) == "HELO gate.test\r\n")
    }

    @Test("our own connection to such a server says EHLO once and tells nobody")
    func ours() {
        var session = UpstreamSession(hostname: "gate.test", telling: .xclient)
        #expect(Self.sent(session.received(Self.reply(220, "hello"))) == "EHLO gate.test\r\n")
        #expect(session.received(Self.reply(250, "hello", "XCLIENT ADDR")) == [.ready])
    }

    @Test("values are xtext, of IPv6 with its word, and one that is too long is left out")
    func values() {
        var client = Self.stranger
        client.client = TransportAddress(IPAddress("2001:db8::7")!, port: 1)
        client.name = .known(Domain("mail.example")!)
        client.helo = Array("a+b=c".utf8)
        client.saidEHLO = false
        func text(_ attributes: XClientAttributes) -> String? { client.xclient(for: attributes).map { String(decoding: $0, as: UTF8.self) } }
        #expect(text([.addr, .name, .helo, .proto]) == "XCLIENT ADDR=IPV6:2001:db8::7 NAME=mail.example PROTO=SMTP HELO=a+2Bb+3Dc")
        client.name = .temporarilyUnavailable
        client.helo = [UInt8](repeating: UInt8(ascii: "+"), count: 255)
        #expect(text([.addr, .name, .helo]) == "XCLIENT ADDR=IPV6:2001:db8::7 NAME=[TEMPUNAVAIL]")
        (client.client, client.local, client.helo) = (nil, nil, nil)
        #expect(text([.addr, .port, .helo, .destAddr]) == "XCLIENT ADDR=[UNAVAILABLE] PORT=[UNAVAILABLE] DESTADDR=[UNAVAILABLE] HELO=[UNAVAILABLE]")
        #expect(text([.name]) == nil)
    }

    // MARK: PROXY

    @Test("a header begins every connection to a server that expects one")
    func headers() {
        let told = UpstreamSession(hostname: "gate.test", telling: .proxyV1, client: Self.stranger)
        let ends = (from: TransportAddress(IPAddress("10.0.0.9")!, port: 5555), to: TransportAddress(IPAddress("10.0.0.25")!, port: 25))
        func header(_ session: UpstreamSession) -> String {
            String(decoding: session.proxyHeader(from: ends.from, to: ends.to), as: UTF8.self)
        }
        #expect(header(told) == "PROXY TCP4 198.51.100.7 192.0.2.25 40312 25\r\n")
        let ours = UpstreamSession(hostname: "gate.test", telling: .proxyV1)
        #expect(header(ours) == "PROXY TCP4 10.0.0.9 10.0.0.25 5555 25\r\n")
        #expect(ours.proxyHeader(from: nil, to: ends.to) == Array("PROXY UNKNOWN\r\n".utf8))
        let oursByTwo = UpstreamSession(hostname: "gate.test", telling: .proxyV2)
        #expect(oursByTwo.proxyHeader(from: ends.from, to: ends.to) == ProxyHeader(.balancer).wireForm(.two))
        #expect(header(UpstreamSession(hostname: "gate.test", client: Self.stranger)).isEmpty)
    }

    @Test("behind a header EHLO has the client's name, and HELO is never tried", arguments: [ClientTelling.proxyV1, .proxyV2])
    func helloBehindHeader(telling: ClientTelling) {
        var session = UpstreamSession(hostname: "gate.test", telling: telling, client: Self.stranger)
        #expect(Self.sent(session.received(Self.reply(220, "hello"))) == "EHLO client.test\r\n")
        // A server that expects no header answers it, not EHLO.
        let actions = session.received(Self.reply(500, "what?"))
        #expect(Self.refusal(actions) == 451)
        #expect(Self.sent(actions).isEmpty)
        var ours = UpstreamSession(hostname: "gate.test", telling: telling)
        _ = ours.received(Self.reply(220, "hello"))
        #expect(Self.isBroken(ours.received(Self.reply(500, "what?"))))
    }

    @Test("a refusing greeting is for the client, but not for ever")
    func greeting() {
        var session = UpstreamSession(hostname: "gate.test", telling: .proxyV2, client: Self.stranger)
        #expect(Self.refusal(session.received(Self.reply(554, "no"))) == 451)
        var ours = UpstreamSession(hostname: "gate.test", telling: .proxyV2)
        #expect(Self.isBroken(ours.received(Self.reply(554, "no"))))
    }

    // MARK: Which transactions tell

    private static func session(_ client: IPAddress, told: Set<String> = ["mta", "out"]) -> GatewaySession {
        let terms = GatewayTerms(policy: CompiledPolicy(Site.policy(routes: .init(local: "mta", elsewhere: "mta"))), hostname: "gate.test", toldUpstreams: told)
        let request = RelayRequest(client: client, forwardPath: WrittenPath(.postmaster), now: Site.now)
        return GatewaySession(terms: terms, request: request, announced: .everything)
    }

    private static func offer(_ session: inout GatewaySession, _ path: String) -> RecipientOffer? {
        if case .offer(let offer) = session.say("RCPT TO:<\(path)>") { return offer }
        return nil
    }

    @Test("a stranger's delivery tells, a relay client's transaction does not, to whomever it goes")
    func whoIsTold() {
        for (client, path, told, tells) in [
            (Site.stranger, "a@ours.test", ["mta"], true), (Site.stranger, "a@ours.test", [], false),
            (Site.stranger, "a@branch.test", ["mta"], false), (Site.stranger, "a@branch.test", ["branch"], true),
            (Site.office, "a@ours.test", ["mta"], false), (Site.office, "a@elsewhere.test", ["mta"], false),
        ] as [(IPAddress, String, Set<String>, Bool)] {
            var session = Self.session(client, told: told)
            _ = session.say("EHLO client.test")
            _ = session.say("MAIL FROM:<a@client.test>")
            #expect(Self.offer(&session, path)?.tellsClient == tells, "\(client) \(path) \(told)")
        }
    }

    @Test("whether a client may relay by its name is known before a delivery of it tells or does not, also where both go to one server")
    func relayClientByName() {
        var policy = Site.policy(routes: .init(local: "mta", elsewhere: "mta"))
        policy.relay.append(SessionNamesTests.partner)
        let terms = GatewayTerms(policy: CompiledPolicy(policy), hostname: "gate.test", toldUpstreams: ["mta"])
        let answers: [(NameAnswer, Bool)] = [
            (SessionNamesTests.mx, false), (.clientName(.forged), true), (.clientName(.temporary(nil)), true),
        ]
        for (answer, tells) in answers {
            let request = RelayRequest(client: Site.stranger, forwardPath: WrittenPath(.postmaster), now: Site.now)
            var session = GatewaySession(terms: terms, request: request, announced: .everything)
            _ = session.say("EHLO client.test")
            _ = session.say("MAIL FROM:<a@client.test>")
            #expect(SessionNamesTests.questions(session.say("RCPT TO:<a@ours.test>")) == [.clientName(Site.stranger)])
            guard session.awaitsNames, case .offer(let offer) = session.namesResolved([answer], at: Site.moment) else { continue }
            #expect(offer.tellsClient == tells)
        }
    }

    @Test("an unknown client is told as such, and its address is nobody's")
    func unknownClient() {
        let terms = GatewayTerms(policy: CompiledPolicy(Site.policy()), hostname: "gate.test", toldUpstreams: ["mta"])
        let request = RelayRequest(ofUnknownClientTo: WrittenPath(.postmaster), now: Site.now)
        var session = GatewaySession(terms: terms, request: request, announced: .everything)
        #expect(session.say("EHLO client.test").code == 250)
        _ = session.say("MAIL FROM:<a@client.test>")
        #expect(Self.offer(&session, "a@ours.test")?.tellsClient == true)
        let introduction = session.introduction(port: 1, localPort: 2)
        #expect(introduction.client == nil && introduction.local == nil)
        #expect(introduction.proxyHeader == ProxyHeader(.unknown))
        #expect(ClientTelling.allCases.filter(introduction.canBeTold) == [.xclient])
        _ = session.recipientAnswered(.accepted(Reply(250, "2.1.5", "Ok")))
        #expect(session.say("RCPT TO:<a@elsewhere.test>").code == 451)
        #expect(session.say("QUIT").code == 221)
    }

    @Test("an unknown client meets no `reject connection` at its greeting, and every one at its recipients")
    func unknownClientAndConnectionRules() {
        var policy = Site.policy()
        var rule = policy.relay[0]
        rule.verb = .reject
        rule.name = "bad"
        policy.connectionRules = [rule]
        let terms = GatewayTerms(policy: CompiledPolicy(policy), hostname: "gate.test")
        let request = RelayRequest(ofUnknownClientTo: WrittenPath(.postmaster), now: Site.now)
        var session = GatewaySession(terms: terms, request: request, announced: .everything)
        #expect(session.say("EHLO client.test").code == 250)
        _ = session.say("MAIL FROM:<a@client.test>")
        #expect(session.say("RCPT TO:<a@ours.test>").code == 451)
    }
}
