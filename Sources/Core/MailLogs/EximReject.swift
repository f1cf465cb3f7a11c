import DecisionRecords
import MailTypes

/// A recipient that Exim rejected:
///
///     H=(evil) [198.51.100.7] F=<x@evil.test> rejected RCPT <y@victim.test>: relay not permitted
struct EximReject {
    let finding: LogReader.Finding

    /// Nil for lines that reject no recipient.
    init?(_ text: ArraySlice<UInt8>, time: Instant) {
        guard text.begins("H="), text.first("rejected RCPT ") != nil else { return nil }
        finding = Self.decision(text, time)
    }

    /// Read from the left, each part as far as it goes: a client can write the words between the parts into an address.
    private static func decision(_ text: ArraySlice<UInt8>, _ time: Instant) -> LogReader.Finding {
        var rest = text
        guard let facts = EximClient.facts(&rest, time), rest.begins("F=<") else {
            return .unread("no client or sender")
        }
        let sender = path(&rest, after: 2)
        let isTemporary = rest.begins(" temporarily ")
        rest = rest.dropFirst(isTemporary ? 13 : 1)
        guard rest.begins("rejected RCPT ") else {
            return .unread("`rejected RCPT` stands where it is somebody's text")
        }
        rest = rest.dropFirst(14)
        let recipient = path(&rest, after: 0)
        let reason = rest.begins(": ") ? ReasonText.harmless(rest.dropFirst(2)) : nil
        let trial = TrialRequest(facts: facts, sender: Array(sender), to: Array(recipient))
        return .decision(PastDecision(trial: trial, verdict: isTemporary ? .defer : .reject, reason: reason))
    }

    /// Takes a path with its brackets, or a word without them, and what stands before it.
    private static func path(_ rest: inout ArraySlice<UInt8>, after skipped: Int) -> ArraySlice<UInt8> {
        let text = rest.dropFirst(skipped)
        let isBracketed = text.first == UInt8(ascii: "<")
        var end = PathText.end(of: text, before: isBracketed ? ">" : ":")
        if isBracketed, end < text.endIndex { end += 1 }
        defer { rest = text[end...] }
        return text[..<end]
    }
}
