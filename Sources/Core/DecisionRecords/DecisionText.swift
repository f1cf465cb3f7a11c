import MailTypes
import RelayPolicy

/// The record as people read it on a terminal.
///
///     reject    23 Nov 2026 23:40:01 +0100   public   198.51.100.7 -> y@victim.example   from x@evil.example
///     reason    no-rule: nothing in relay { } fits          reply 550 5.7.1 Relaying denied
///     closest   "office LAN"        gatepost.conf:105  stopped at from   198.51.100.7 is not in office
///               "staff, logged in"  gatepost.conf:87   stopped at login  this listener has auth never
public struct DecisionText: Sendable {
    /// Without line ends, and without control characters.
    public private(set) var lines: [String] = []
    private let record: DecisionRecord

    /// `time` is the record's time, in the zone of whoever reads it.
    public init(_ record: DecisionRecord, time: String) {
        self.record = record
        addHead(time: time)
        addReason()
        if let trace = record.trace { addSteps("read", trace) }
        if let closest = record.closest { addSteps("closest", closest) }
    }

    private mutating func addHead(time: String) {
        let decision = record.decision
        let recipient = record.forwardPath ?? record.recipientGiven
        var parts = [time]
        if let listener = record.request.listener { parts.append(listener) }
        // A refusal at the connection or at MAIL has no recipient.
        let arrow = recipient.isEmpty ? "" : " -> \(String(decoding: recipient, as: UTF8.self))"
        parts.append("\(record.request.client)\(arrow)")
        parts.append("from \(String(decoding: record.reversePath, as: UTF8.self))")
        if let login = record.login { parts.append("login \(login)") }
        add(decision.verdict.rawValue, parts.joined(separator: "   "))
        if let forwardPath = record.forwardPath, forwardPath != record.recipientGiven {
            add("written", String(decoding: record.recipientGiven, as: UTF8.self))
        }
    }

    private mutating func addReason() {
        let decision = record.decision
        add("reason", "\(decision.reason.rawValue): \(sentence)   reply \(decision.reply)")
        if let instead = decision.wouldHaveBeen {
            let rule = instead.rule.map { " by \"\($0.name)\" (\($0.at.lineReference))" } ?? ""
            let verdict = "\(instead.verdict.rawValue), \(instead.reason.rawValue)"
            add("observed", "without `observe` it would be \(verdict)\(rule)")
        }
        if let outcome = record.outcome { add("outcome", outcome.description) }
    }

    private mutating func addSteps(_ label: String, _ steps: [Explanation.Step]) {
        let names = steps.map { "\"\($0.rule.name)\"" }
        let places = steps.map(\.rule.at.lineReference)
        let endings = steps.map(Self.ending)
        let widths = [names, places, endings].map { column in column.map(\.count).max() ?? 0 }
        for (index, step) in steps.enumerated() {
            let columns = [names[index], places[index], endings[index]]
            let padded = zip(columns, widths).map { text, width in
                text + String(repeating: " ", count: width - text.count)
            }
            add(index == 0 ? label : "", padded.joined(separator: "  ") + "  " + (step.because ?? ""))
        }
    }

    /// How reading a rule ended.
    private static func ending(of step: Explanation.Step) -> String {
        guard let stopped = step.stopped else { return step.observed ? "would fit" : "fits" }
        return (step.undecided ? "undecided by " : "stopped at ") + stopped
    }

    private mutating func add(_ label: String, _ text: String) {
        let padding = String(repeating: " ", count: max(10 - label.count, 1))
        var line = EscapedText.forTerminal(label + padding + text)
        while line.last == " " { line.removeLast() }
        lines.append(line)
    }
}

extension DecisionText {
    private var sentence: String {
        let rule = record.decision.rule.map { "\"\($0.name)\" (\($0.at.lineReference))" }
        switch record.decision.reason {
        case .delivery: return "the domain is ours, so it is delivery and not relaying"
        case .relayRule: return "\(rule ?? "a rule") permits it"
        case .noRule: return "nothing in relay { } fits"
        case .denyRule: return "\(rule ?? "a rule") says so"
        case .addressTrick: return "the address hides another destination"
        case .limit: return rule.map { "the limit of \($0) is spent" } ?? "the message has as many recipients as one may have"
        case .loginRequired: return "the listener demands a login"
        case .loginFailed: return "the login failed"
        case .tlsRequired: return "the listener demands TLS"
        case .senderNotOwned: return "the sender does not belong to the login"
        case .unknownRecipient: return "the domain is ours and has no such mailbox"
        case .protocolError: return "what the client sent is no address"
        case .upstreamRefused: return "the protected server said so"
        case .upstreamDown: return "the protected server could not be reached"
        case .storeDown: return "the store could not be read"
        case .shuttingDown: return "the gate is being stopped"
        case .undecided: return "a fact that decides could not be had"
        case .otherServer: return "the transaction already belongs to another server"
        case .banned: return "too many refused relays from this client"
        case .observed: return "an `observe` passes it on to a server that judges for itself"
        }
    }
}
