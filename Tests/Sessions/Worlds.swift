import Diagnostics
import MailProtocols
import MailTypes
import RelayPolicy

@testable import Sessions

/// A small site: `ours.test` is local, 192.0.2.1 is the office and may relay, everybody else is a stranger.
enum Site {
    static let office = IPAddress(v4: 0xc000_0201)
    static let stranger = IPAddress(v4: 0xc633_6407)
    static let now = Instant(seconds: 1_700_000_000)

    static func policy(routes: Policy.Routes = .init(local: "mta", elsewhere: "out")) -> Policy {
        let place = SourceLocation(file: "gatepost.conf", line: 1, column: 1)
        var policy = Policy()
        policy.local = LocalDomains([
            .init(domain: Domain("ours.test")!, at: place),
            .init(domain: Domain("branch.test")!, upstream: "branch", at: place),
        ])
        var conditions = Conditions()
        let range = IPRange(first: office, last: office)!
        conditions.from = .init(AddressSet([range]), text: "office")
        policy.relay = [Rule(name: "office", at: place, verb: .permit, conditions: conditions)]
        policy.routes = routes
        return policy
    }

    /// The office may send to `one.test` and to `two.test`, a message an hour each.
    static var twoLimitedRules: Policy {
        var policy = policy()
        policy.relay = ["one", "two"].map { name in
            var rule = policy.relay[0]
            rule.name = name
            rule.conditions.to = .init(PathPatternSet([.domain(Domain("\(name).test")!)]), text: "\(name).test")
            rule.limits = [
                Limit(count: 1, unit: .messages, window: .seconds(3600), subject: .client, thenReject: false, at: rule.at)
            ]
            return rule
        }
        return policy
    }

    static func session(
        _ client: IPAddress, announced: ServerCapabilities = .everything, limits: SessionLimits = SessionLimits(),
        policy: Policy = policy()
    ) -> GatewaySession {
        let terms = GatewayTerms(policy: CompiledPolicy(policy), hostname: "gate.test", limits: limits)
        let request = RelayRequest(client: client, forwardPath: WrittenPath(.postmaster), now: now)
        return GatewaySession(terms: terms, request: request, announced: announced)
    }

    static var moment: Moment { Moment(now: now, newIdentifier: { "ID" }) }
}

extension ServerCapabilities {
    static var everything: ServerCapabilities {
        var all = ServerCapabilities()
        (all.pipelining, all.eightBitMIME, all.smtpUTF8, all.dsn, all.enhancedStatusCodes) = (true, true, true, true, true)
        all.size = 0
        return all
    }
}

extension GatewaySession {
    /// One command, alone in its packet.
    mutating func say(_ line: String, isLast: Bool = true) -> Action {
        received(Array(line.utf8), isLast: isLast, at: Site.moment)
    }

    /// A session up to DATA's 354.
    static func receivingData(_ client: IPAddress, to: String, limits: SessionLimits = SessionLimits()) -> GatewaySession {
        var session = Site.session(client, limits: limits)
        _ = session.say("EHLO client.test")
        _ = session.say("MAIL FROM:<a@client.test>")
        _ = session.say("RCPT TO:<\(to)>")
        _ = session.recipientAnswered(.accepted(Reply(250, "2.1.5", "Ok")))
        _ = session.say("DATA")
        _ = session.dataAnswered(Reply(code: 354, lines: [Array("go".utf8)]))
        return session
    }

    mutating func data(_ text: String) -> DataStep {
        Array(text.utf8).withUnsafeBytes { receivedData($0) }
    }
}

extension GatewaySession.Action {
    /// The reply's code; nil for an action that waits.
    var code: UInt16? {
        switch self {
        case .reply(let reply), .replyAndClose(let reply), .endTransaction(let reply), .startTLS(let reply): reply.code
        default: nil
        }
    }
}
