import Diagnostics
import MailTypes
import RelayPolicy
import Testing

/// Short ways to write rules and requests by hand.

func addresses(_ text: String, except: String = "") -> Conditions.Addresses {
    Conditions.Addresses(
        addressSet(text).subtracting(addressSet(except)), text: except.isEmpty ? text : "\(text) except \(except)")
}

func addressSet(_ text: String) -> AddressSet {
    AddressSet(text.split(separator: " ").map { try! AddressSet.parse(String($0)) })
}

func patterns(_ text: String) -> Conditions.Patterns {
    Conditions.Patterns(patternSet(text), text: text)
}

func patternSet(_ text: String) -> PathPatternSet {
    PathPatternSet(text.split(separator: " ").map { try! PathPattern(parsing: String($0)) })
}

func domain(_ text: String) -> Domain { Domain(text)! }

func rule(
    _ verb: Rule.Verb, _ name: String, line: Int = 1, limits: [Limit] = [], until: String? = nil,
    observes: Bool = false, reply: Reply? = nil, _ write: (inout Conditions) -> Void = { _ in }
) -> Rule {
    var conditions = Conditions()
    write(&conditions)
    return Rule(
        name: name, at: place(line), verb: verb, conditions: conditions, limits: limits,
        until: until.map { CalendarDay($0)! }, observes: observes, reply: reply)
}

func place(_ line: Int) -> Diagnostics.SourceLocation {
    Diagnostics.SourceLocation(file: "gatepost.conf", line: line, column: 5)
}

func localDomains(_ text: String) -> LocalDomains { LocalDomains(text.split(separator: " ").map { local(String($0)) }) }

func local(_ text: String, via: String? = nil, recipients: [String]? = nil) -> LocalDomains.Entry {
    let isWildcard = text.hasPrefix("*.")
    return LocalDomains.Entry(
        domain: domain(isWildcard ? String(text.dropFirst(2)) : text), isWildcard: isWildcard, upstream: via,
        recipients: recipients.map { Set($0.map(mailbox)) }, at: place(1))
}

func mailbox(_ text: String) -> Mailbox {
    guard case .mailbox(let mailbox) = WrittenPath(to: text).path else { fatalError("\(text) is no mailbox") }
    return mailbox
}

func hourly(_ count: UInt64, thenReject: Bool = false) -> Limit {
    Limit(
        count: count, unit: .recipients, window: .seconds(3600), subject: .client, thenReject: thenReject,
        at: place(1))
}

extension WrittenPath {
    init(to text: String) { self = try! WrittenPath(parsing: Array(text.utf8), allowingBareMailbox: true) }
}

extension ReversePath {
    init(from text: String) { self = try! ReversePath(parsing: Array(text.utf8), allowingBareMailbox: true) }
}

func request(
    from client: String = "198.51.100.7", sender: String = "x@evil.example", to: String = "y@victim.example",
    login: String? = nil, at now: String = "2026-11-24T12:00:00Z", _ more: (inout RelayRequest) -> Void = { _ in }
) -> RelayRequest {
    var request = RelayRequest(client: IPAddress(client)!, forwardPath: WrittenPath(to: to), now: Instant(now)!)
    request.reversePath = ReversePath(from: sender)
    if let login { request.login = .known(RelayRequest.Login(name: login)) }
    more(&request)
    return request
}

extension Policy {
    init(local: String = "ours.example", refuse: [Rule] = [], relay: [Rule] = []) {
        self.init()
        self.local = localDomains(local)
        (self.refuse, self.relay) = (refuse, relay)
    }

    /// The decision of the plain evaluator, which the compiled one and the explanation have to share.
    func decide(_ request: RelayRequest, sourceLocation: Testing.SourceLocation = #_sourceLocation) -> Decision {
        let plain = decidePlainly(request)
        #expect(CompiledPolicy(self).decide(request) == plain, sourceLocation: sourceLocation)
        #expect(explain(request).decision == plain, sourceLocation: sourceLocation)
        return plain
    }
}

extension Decision {
    /// `permit delivery`, `permit relay-rule "office"`, `reject no-rule`
    var gist: String { "\(verdict) \(reason.rawValue)" + (rule.map { " \"\($0.name)\"" } ?? "") }
}
