import DecisionRecords
import MailTypes
import RelayPolicy

/// The main log of Exim: recipients that an ACL rejected, and those that were taken, each once.
///
///     2026-11-24 17:20:01 1rABCD-0001Xy-2z <= x@evil.test H=(evil) [198.51.100.7] P=esmtp S=345 for a@b.test
///
/// A taken recipient is told by the arrival if it names them (`log_selector = +received_recipients`), else by its first
/// delivery.
struct EximLogReader {
    private var queue = MessageQueue()

    /// The time at a line's front, nil if it is none, and what follows. Nil if the line does not begin so.
    static func timeAndMessage(of line: ArraySlice<UInt8>) -> (time: Instant?, message: ArraySlice<UInt8>)? {
        var rest = line
        let day = rest.nextWord()
        let dashes = day.enumerated().allSatisfy { [4, 7].contains($0) ? $1 == UInt8(ascii: "-") : $1.isDigit }
        guard day.count == 10, dashes else { return nil }
        let clock = rest.nextWord()
        guard clock.count >= 8, clock.first?.isDigit == true else { return nil }
        var zone: ArraySlice<UInt8> = [UInt8(ascii: "Z")]
        if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            rest.dropFirst().prefix(4).allSatisfy(\.isDigit)
        {
            zone = rest.nextWord()
        }
        return (LogTime.rfc3339(day + [UInt8(ascii: "T")] + clock + zone), rest)
    }

    mutating func read(_ message: ArraySlice<UInt8>, time: Instant) -> [LogReader.Finding] {
        var rest = message
        if rest.first == UInt8(ascii: "["), let end = rest.first("] ") {
            let number = rest[(rest.startIndex + 1)..<end.lowerBound]
            if number.allSatisfy(\.isDigit) { rest = rest[end.upperBound...] }
        }
        var afterID = rest
        let id = afterID.nextWord()
        guard Self.isMessageID(id) else { return EximReject(rest, time: time).map { [$0.finding] } ?? [] }
        switch afterID.nextWord().text {
        case "<=": return arrived(id, afterID, time)
        case "=>", "->", ">>", "==", "**": return delivered(id, afterID)
        case "Completed":
            queue[id] = nil
            return []
        default:
            let words = rest.dropFirst(id.count + 1)
            return EximReject(words, time: time).map { [$0.finding] } ?? []
        }
    }

    /// `1rABCD-0001Xy-2z`, and since 4.97 `1rABCD-00000001abc-2xyz`.
    private static func isMessageID(_ word: ArraySlice<UInt8>) -> Bool {
        let parts = word.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        return [[6, 6, 2], [6, 11, 4]].contains(parts.map(\.count))
            && parts.allSatisfy { $0.allSatisfy(\.isAlphanumeric) }
    }

    private mutating func arrived(_ id: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, _ time: Instant)
        -> [LogReader.Finding]
    {
        let address = text.prefix(upTo: PathText.end(of: text, before: " "))
        let sender = PathText.bracketed(address)
        var fields = text[address.endIndex...].dropFirst()
        var message = QueuedMessage(sender: sender)
        defer { queue[id] = message }
        guard fields.begins("H=") else { return [] }
        guard let facts = EximClient.facts(&fields, time) else { return [.unread("no client behind `H=`")] }
        message.facts = facts
        guard let recipients = EximClient.recipients(fields) else { return [] }
        message.isTold = true
        // Exim completes every address, so a word without a domain is a part of something else.
        guard recipients.allSatisfy({ $0.contains(UInt8(ascii: "@")) }) else {
            return [.unread("recipients in two readings")]
        }
        return recipients.flatMap { message.accepted($0) }
    }

    /// `bill <bill@example.com> R=…`: the address in brackets is the one that the client said, where that is another.
    private mutating func delivered(_ id: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> [LogReader.Finding] {
        let written = PathText.end(of: text, before: " ")
        let marks: [StaticString] = [" F=", " P=", " R=", " T=", ": "]
        let end = marks.compactMap { text[written...].first($0)?.lowerBound }.min() ?? text.endIndex
        var recipient = text[..<end]
        if recipient.last == UInt8(ascii: ">"), let open = recipient.last(" <") {
            recipient = recipient[open.upperBound...].dropLast()
        }
        guard var message = queue[id] else { return [.withoutClient] }
        if message.isTold { return [] }
        // An address without a domain, a file, a pipe: what the client said is not in this line.
        guard recipient.contains(UInt8(ascii: "@")) else {
            return message.recipients.isEmpty ? [.unread("a delivery without its address")] : []
        }
        let findings = message.accepted(recipient)
        queue[id] = message
        return findings
    }
}
