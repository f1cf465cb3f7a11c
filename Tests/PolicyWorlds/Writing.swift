import Diagnostics
import MailTypes
import RelayPolicy

/// Short ways to write rules and requests by hand.

public let now = Instant("2026-11-24T12:00:00Z")!

public func addressSet(_ text: String) -> AddressSet {
    AddressSet(text.split(separator: " ").map { try! AddressSet.parse(String($0)) })
}

public func addresses(_ text: String, except: String = "") -> Conditions.Addresses {
    Conditions.Addresses(addressSet(text).subtracting(addressSet(except)), text: text)
}

public func patternList(_ text: String) -> [PathPattern] {
    text.split(separator: " ").map { try! PathPattern(parsing: String($0)) }
}

public func patterns(_ text: String) -> Conditions.Patterns {
    Conditions.Patterns(PathPatternSet(patternList(text)), text: text)
}

public func domain(_ text: String) -> Domain { Domain(text)! }

public func place(_ line: Int) -> Diagnostics.SourceLocation {
    Diagnostics.SourceLocation(file: "gatepost.conf", line: line, column: 5)
}

public func rule(
    _ verb: Rule.Verb, _ name: String, until: String? = nil, proofNone: Bool = false, observes: Bool = false,
    limits: [Limit] = [], _ write: (inout Conditions) -> Void = { _ in }
) -> Rule {
    var conditions = Conditions()
    write(&conditions)
    return Rule(
        name: name, at: place(1), verb: verb, conditions: conditions, limits: limits,
        until: until.map { CalendarDay($0)! }, proofNone: proofNone, observes: observes)
}

public func localEntry(_ text: String, recipients: [String]? = nil) -> LocalDomains.Entry {
    let isWildcard = text.hasPrefix("*.")
    return LocalDomains.Entry(
        domain: domain(isWildcard ? String(text.dropFirst(2)) : text), isWildcard: isWildcard,
        recipients: recipients.map { Set($0.map(mailbox)) }, at: place(1))
}

public func mailbox(_ text: String) -> Mailbox {
    guard case .mailbox(let mailbox) = WrittenPath(to: text).path else { fatalError("\(text) is no mailbox") }
    return mailbox
}

extension WrittenPath {
    public init(to text: String) { self = try! WrittenPath(parsing: Array(text.utf8), allowingBareMailbox: true) }
}

extension ReversePath {
    public init(from text: String) { self = try! ReversePath(parsing: Array(text.utf8), allowingBareMailbox: true) }
}

extension Policy {
    public init(local: String = "ours.example", refuse: [Rule] = [], relay: [Rule] = []) {
        self.init()
        self.local = LocalDomains(local.split(separator: " ").map { localEntry(String($0)) })
        (self.refuse, self.relay) = (refuse, relay)
    }

    /// The permit that lets the request be relayed, as a session meets it: connection, MAIL, RCPT. Nil where it is
    /// refused or is delivery.
    public func relayRule(for request: RelayRequest) -> String? {
        guard connectionRefusal(request) == nil, demands(of: request) == nil else { return nil }
        let decision = decidePlainly(request)
        return decision.verdict == .permit && decision.reason == .relayRule ? decision.rule?.name : nil
    }
}
