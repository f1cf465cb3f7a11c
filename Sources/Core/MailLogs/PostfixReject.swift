import DecisionRecords
import MailTypes
import RelayPolicy

/// A recipient that Postfix rejected:
///
///     reject: RCPT from unknown[198.51.100.7]: 554 5.7.1 <y@victim.test>: Relay access denied; from=<x@evil.test>
///     to=<y@victim.test> proto=ESMTP helo=<evil>
///
/// postscreen writes `[198.51.100.7]:4711` for the client, and commas between the fields.
struct PostfixReject {
    let finding: LogReader.Finding

    /// Nil for lines that reject no recipient; `reject_warning` only warns.
    init?(_ text: ArraySlice<UInt8>, service: String, time: Instant) {
        guard text.begins("reject: ") || text.begins("milter-reject: "), let words = text.first(": RCPT from "),
            text[..<words.lowerBound].last(":") == nil
        else { return nil }
        finding = Self.decision(text[words.upperBound...], service, time) ?? .unread("a rejected RCPT in two readings")
    }

    /// Nil unless each of the marks between the fields stands there once: a client can write them into an address.
    private static func decision(_ text: ArraySlice<UInt8>, _ service: String, _ time: Instant) -> LogReader.Finding? {
        let isComma = service == "postscreen"
        guard let from = only("; from=<", in: text), let to = only(isComma ? ">, to=<" : "> to=<", in: text),
            let `protocol` = only(isComma ? ">, proto=" : "> proto=", in: text), from.upperBound <= to.lowerBound,
            to.upperBound <= `protocol`.lowerBound, var facts = PostfixClient.facts(text, time),
            let client = text.first("]")
        else { return nil }
        let tail = text[`protocol`.upperBound...]
        if let helo = tail.between("helo=<", ">"), !helo.isEmpty { facts.helo = Array(helo) }
        if let login = tail.between("> sasl_username=<", ">"), !login.isEmpty {
            facts.login = .known(.init(name: login.text))
        }

        guard let space = text[client.upperBound...].first(": ") else { return nil }
        let reply = text[space.upperBound..<from.lowerBound]
        guard let verdict = Self.verdict(reply) else { return nil }
        let trial = TrialRequest(
            facts: facts, sender: PathText.bracketed(text[from.upperBound..<to.lowerBound]),
            to: PathText.bracketed(text[to.upperBound..<`protocol`.lowerBound]))
        return .decision(PastDecision(trial: trial, verdict: verdict, reason: reason(reply)))
    }

    private static func only(_ mark: StaticString, in text: ArraySlice<UInt8>) -> Range<Int>? {
        guard let range = text.first(mark), text[range.upperBound...].first(mark) == nil else { return nil }
        return range
    }

    private static func verdict(_ reply: ArraySlice<UInt8>) -> Verdict? {
        switch reply.first {
        case UInt8(ascii: "4"): .defer
        case UInt8(ascii: "5"): .reject
        default: nil
        }
    }

    /// `Relay access denied` of `554 5.7.1 <y@victim.test>: Relay access denied`.
    private static func reason(_ reply: ArraySlice<UInt8>) -> String? {
        var rest = reply
        _ = rest.nextWord()
        if rest.first?.isDigit == true { _ = rest.nextWord() }
        if rest.first == UInt8(ascii: "<"), let end = rest.first(">: ") { rest = rest[end.upperBound...] }
        return ReasonText.harmless(rest)
    }
}

/// Another server's words for why it refused.
enum ReasonText {
    private static let longest = 120

    /// Short, and without control characters, which a client may have put there; nil for nothing.
    static func harmless(_ bytes: ArraySlice<UInt8>) -> String? {
        let text = String(decoding: bytes.prefix(longest).map { $0 < 0x20 || $0 == 0x7f ? 0x3f : $0 }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }
}
