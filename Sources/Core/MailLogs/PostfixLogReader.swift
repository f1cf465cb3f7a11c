import DecisionRecords
import MailTypes
import RelayPolicy

/// The mail log of Postfix: recipients that smtpd and postscreen rejected, and those that were taken, each once.
///
/// A taken recipient is told by its first delivery, with the client that smtpd names for the queue id and the sender
/// that qmgr names. HELO and TLS of taken mail are not in the log.
struct PostfixLogReader {
    private var queue = MessageQueue()

    /// `service` is what stands last in the program's name: `smtpd` of `postfix/submission/smtpd`.
    mutating func read(_ message: ArraySlice<UInt8>, service: String, time: Instant) -> [LogReader.Finding] {
        guard let colon = message.first(": ") else { return [] }
        let id = message[..<colon.lowerBound]
        guard !id.isEmpty, id.allSatisfy(\.isAlphanumeric) else { return [] }
        let rest = message[colon.upperBound...]
        switch service {
        case "smtpd", "postscreen":
            if rest.begins("client=") { return arrived(id, rest.dropFirst(7), time) }
            return PostfixReject(rest, service: service, time: time).map { [$0.finding] } ?? []
        case "pickup":
            if rest.begins("uid=") { queue[id] = QueuedMessage() }
        case "qmgr":
            if rest.elementsEqual("removed".utf8) { queue[id] = nil }
            if rest.begins("from=<"), let end = rest.last(">, size=") {
                queue[id]?.sender = PathText.bracketed(rest[(rest.startIndex + 6)..<end.lowerBound])
            }
        default:
            if rest.begins("to=<") { return delivered(id, rest.dropFirst(4)) }
        }
        return []
    }

    private mutating func arrived(_ id: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>, _ time: Instant)
        -> [LogReader.Finding]
    {
        guard var facts = PostfixClient.facts(text, time) else { return [.unread("no client in `client=`")] }
        // Behind a content filter: the message was told when it came in.
        if text.first(", orig_client=") != nil {
            queue[id] = QueuedMessage()
            return []
        }
        if let login = PostfixClient.value("sasl_username", in: text) {
            let mechanism = PostfixClient.value("sasl_method", in: text)?.uppercased()
            facts.login = .known(.init(name: login, mechanism: mechanism))
        }
        queue[id] = QueuedMessage(facts: facts)
        return []
    }

    /// `x@y>, orig_to=<z>, relay=…, status=…`: the address behind `orig_to` is the one that the client said, before
    /// aliases were put in its place. One without a domain was completed by Postfix, and then the other is nearer.
    private mutating func delivered(_ id: ArraySlice<UInt8>, _ text: ArraySlice<UInt8>) -> [LogReader.Finding] {
        // The text behind `status=` is the other server's, which may say anything.
        guard let end = text.first(", status="), let last = text[..<end.lowerBound].last(">, relay=") else {
            return [.unread("a delivery without relay or status")]
        }
        let addresses = text[..<last.lowerBound]
        var recipient = addresses
        if let original = addresses.last(">, orig_to=<") {
            let written = addresses[original.upperBound...]
            recipient = written.contains(UInt8(ascii: "@")) ? written : addresses[..<original.lowerBound]
        }
        return queue[id]?.accepted(recipient) ?? [.withoutClient]
    }
}
