import DecisionRecords
import MailTypes

/// A recipient that Exim rejected:
///
///     H=(evil) [198.51.100.7] F=<x@evil.test> rejected RCPT <y@victim.test>: relay not permitted
struct EximReject {
    let finding: LogReader.Finding?

    /// Nil for lines that reject no recipient.
    init?(_ text: ArraySlice<UInt8>, time: Instant) {
        guard text.begins("H="), let words = text.first("rejected RCPT ") else { return nil }
        finding = Self.decision(text, words, time) ?? .unread("a rejected RCPT in two readings")
    }

    /// Nil unless each mark stands there once: a client can write them into its HELO and into an address.
    private static func decision(_ text: ArraySlice<UInt8>, _ words: Range<Int>, _ time: Instant)
        -> LogReader.Finding?
    {
        guard text[words.upperBound...].first("rejected RCPT ") == nil, let facts = EximClient.facts(text, time),
            let from = text.first(" F=<"), text[from.upperBound...].first(" F=<") == nil
        else { return nil }
        var head = text[from.upperBound..<words.lowerBound]
        let isTemporary = head.last("> temporarily ")?.upperBound == head.endIndex
        guard let end = head.last(isTemporary ? "> temporarily " : "> "), end.upperBound == head.endIndex else {
            return nil
        }
        head = head[..<end.lowerBound]
        let tail = text[words.upperBound...]
        let recipient: ArraySlice<UInt8>
        let rest: ArraySlice<UInt8>
        if tail.first == UInt8(ascii: "<"), let close = tail.first(">") {
            (recipient, rest) = (tail[..<close.upperBound], tail[close.upperBound...])
        } else {
            let colon = tail.first(": ")
            (recipient, rest) = (tail[..<(colon?.lowerBound ?? tail.endIndex)], colon.map { tail[$0.lowerBound...] } ?? [])
        }
        let reason = rest.first(": ").flatMap { ReasonText.harmless(rest[$0.upperBound...]) }
        let trial = TrialRequest(facts: facts, sender: PathText.bracketed(head), to: Array(recipient))
        return .decision(PastDecision(trial: trial, verdict: isTemporary ? .defer : .reject, reason: reason))
    }
}
