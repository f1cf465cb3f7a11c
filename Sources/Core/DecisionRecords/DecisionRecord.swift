import JSONText
import MailTypes
import RelayPolicy

/// One decision as it is kept and shown: in the log, in answers of the command line, in JSON.
///
/// It holds only what was known when the decision fell, so that it can be judged again.
public struct DecisionRecord: Sendable {
    /// By which door the request came.
    public enum Via: String, Sendable, CaseIterable {
        case gateway, policy, milter, `try`
    }

    /// 26 characters, in the order of time.
    public var id: String
    public var time: Instant
    public var via: Via
    public var clientPort: UInt16?
    /// What followed `MAIL FROM:`, if that is no path; `request.reversePath` says nothing then.
    public var unreadableReversePath: [UInt8]?
    /// What followed `RCPT TO:`, as the client wrote it. If it is no path, `request.forwardPath` says nothing.
    public var forwardPathGiven: [UInt8]
    /// The request and the decision, shared with whoever handed them over until they are changed.
    @usableFromInline
    var judged: JudgedRequest
    /// Every rule read, the deciding one last; nil where only the decision was asked for.
    public var trace: [Explanation.Step]?
    /// The permits that came closest; nil where only the decision was asked for.
    public var closest: [Explanation.Step]?
    /// The protected server's own final reply: what we said and what it did are two things.
    public var outcome: Reply?

    public init(
        id: String, time: Instant, via: Via, clientPort: UInt16? = nil, judged: JudgedRequest,
        unreadableReversePath: [UInt8]? = nil, forwardPathGiven: [UInt8], explanation: Explanation? = nil,
        outcome: Reply? = nil
    ) {
        self.id = id
        self.time = time
        self.via = via
        self.clientPort = clientPort
        self.judged = judged
        self.unreadableReversePath = unreadableReversePath
        self.forwardPathGiven = forwardPathGiven
        trace = explanation?.trace
        closest = explanation?.closest
        self.outcome = outcome
    }

    public init(
        id: String, time: Instant, via: Via, clientPort: UInt16? = nil, request: RelayRequest,
        unreadableReversePath: [UInt8]? = nil, forwardPathGiven: [UInt8], decision: Decision,
        explanation: Explanation? = nil, outcome: Reply? = nil
    ) {
        self.init(
            id: id, time: time, via: via, clientPort: clientPort, judged: JudgedRequest(request, decision),
            unreadableReversePath: unreadableReversePath, forwardPathGiven: forwardPathGiven, explanation: explanation,
            outcome: outcome)
    }

    @inlinable public var request: RelayRequest {
        _read { yield judged.request }
        set { judged = JudgedRequest(newValue, judged.decision) }
    }
    @inlinable public var decision: Decision {
        _read { yield judged.decision }
        set { judged = JudgedRequest(judged.request, newValue) }
    }
}

// The facts as text, the same for every form of the record.
extension DecisionRecord {
    /// The host name that DNS confirmed; nil otherwise.
    var clientName: Domain? {
        guard case .confirmed(let name) = request.clientName else { return nil }
        return name
    }

    var login: String? {
        guard case .known(let login) = request.login else { return nil }
        return login.name
    }

    /// Without angle brackets; `<>` for the null reverse-path.
    var reversePath: [UInt8] {
        var bytes: [UInt8] = []
        appendReversePath(to: &bytes)
        return bytes
    }

    /// `reversePath` behind what stands in `bytes`.
    func appendReversePath(to bytes: inout [UInt8]) {
        if let unreadableReversePath {
            bytes += Self.withoutBrackets(unreadableReversePath)
        } else if case .mailbox(let mailbox) = request.reversePath {
            mailbox.appendWireForm(to: &bytes)
        } else {
            bytes += "<>"
        }
    }

    var recipientGiven: [UInt8] { Self.withoutBrackets(forwardPathGiven) }

    /// What was judged and is sent on, without brackets; nil if it never had one reading.
    var forwardPath: [UInt8]? {
        guard decision.forwardPath != nil else { return nil }
        var bytes: [UInt8] = []
        appendForwardPath(to: &bytes)
        return bytes
    }

    /// `forwardPath` behind what stands in `bytes`; of one that has none what the client wrote.
    func appendForwardPath(to bytes: inout [UInt8]) {
        if decision.reason == .observed {
            request.forwardPath.appendSpelling(to: &bytes)
        } else if let path = decision.forwardPath {
            path.appendPath(to: &bytes)
        } else {
            bytes += recipientGiven
        }
    }

    private static func withoutBrackets(_ path: [UInt8]) -> [UInt8] {
        guard path.count > 2, path.first == UInt8(ascii: "<"), path.last == UInt8(ascii: ">") else { return path }
        return Array(path.dropFirst().dropLast())
    }
}

extension DecisionRecord {
    /// The record as `docs/json/decision.schema.json` describes it. Bytes that are not UTF-8 are shown as U+FFFD.
    public var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("id", .string(id)),
            .init("time", .string(time.rfc3339(milliseconds: true))),
            .init("via", .string(via.rawValue)),
            .init("listener", .optional(request.listener)),
            .init("client", .string(request.client.description)),
            .init("clientPort", clientPort.map { .number(Int($0)) } ?? .null),
            .init("clientName", .optional(clientName?.description)),
            .init("helo", request.helo.map(Self.text) ?? .null),
            .init("tls", .optional(request.tlsVersion)),
            .init("login", .optional(login)),
            .init("certificate", certificate),
            .init("reversePath", Self.text(reversePath)),
            .init("forwardPathGiven", Self.text(recipientGiven)),
            .init("forwardPath", forwardPath.map(Self.text) ?? .null),
            .init("verdict", .string(decision.verdict.rawValue)),
            .init("reason", .string(decision.reason.rawValue)),
            .init("rule", decision.rule?.json ?? .null),
            .init("reply", .string(decision.reply.description)),
        ]
        if let outcome { members.append(.init("outcome", .string(outcome.description))) }
        members += rareFacts
        members.append(.init("observed", .bool(decision.observed)))
        if let instead = decision.wouldHaveBeen { members.append(.init("wouldHaveBeen", Self.json(instead))) }
        if let trace { members.append(.init("trace", .array(trace.map(Self.json)))) }
        if let closest { members.append(.init("closest", .array(closest.map(Self.json)))) }
        return .object(members)
    }

    /// The word of the rule, or a list of them where the certificate fits several.
    private var certificate: JSONValue {
        switch request.certificates.count {
        case 0: .null
        case 1: .string(request.certificates[0])
        default: .array(request.certificates.map(JSONValue.string))
        }
    }

    private static func text(_ bytes: [UInt8]) -> JSONValue { .string(String(decoding: bytes, as: UTF8.self)) }

    private static func json(_ outcome: Decision.Outcome) -> JSONValue {
        .object([
            .init("verdict", .string(outcome.verdict.rawValue)), .init("reason", .string(outcome.reason.rawValue)),
            .init("rule", outcome.rule?.json ?? .null),
        ])
    }

    private static func json(_ step: Explanation.Step) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("rule", .string(step.rule.name)), .init("at", .string(step.rule.at.lineReference)),
            .init("stopped", .optional(step.stopped)), .init("because", .optional(step.because)),
        ]
        if step.undecided { members.append(.init("undecided", .bool(true))) }
        if step.observed { members.append(.init("observed", .bool(true))) }
        return .object(members)
    }
}

extension Decision.RuleReference {
    /// As the schemas in `docs/json` describe it.
    public var json: JSONValue {
        .object([.init("name", .string(name)), .init("at", .string(at.lineReference))])
    }
}
