import DecisionRecords
import MailTypes
import RelayPolicy

/// What is known of a message on its way through a mail server's log.
struct QueuedMessage {
    /// Nil: from the host itself, or from another message (a bounce); no client asked for it.
    var facts: RelayRequest?
    /// Nil until the log has said it.
    var sender: [UInt8]?
    /// Those already told, since one recipient may have many deliveries.
    var recipients: Set<[UInt8]> = []
    /// The arrival named all recipients, so no delivery tells of another.
    var isTold = false

    /// A recipient that the server had taken.
    mutating func accepted(_ recipient: ArraySlice<UInt8>) -> [LogReader.Finding] {
        guard recipients.insert(Array(recipient)).inserted else { return [] }
        guard let facts, let sender else { return [.withoutClient] }
        let trial = TrialRequest(facts: facts, sender: sender, to: PathText.bracketed(recipient))
        return [.decision(PastDecision(trial: trial, verdict: .permit))]
    }
}

/// Paths as they stand in logs.
enum PathText {
    /// With the angle brackets of the wire.
    static func bracketed(_ path: ArraySlice<UInt8>) -> [UInt8] {
        if path.first == UInt8(ascii: "<"), path.last == UInt8(ascii: ">") { return Array(path) }
        return [UInt8(ascii: "<")] + path + [UInt8(ascii: ">")]
    }
}

extension PathText {
    /// Where the address at the front of `text` ends: at the first `mark` outside quotation marks (RFC 5321 §4.1.2,
    /// `Quoted-string`), else at the end of the text.
    static func end(of text: ArraySlice<UInt8>, before mark: Unicode.Scalar) -> Int {
        var isQuoted = false
        var index = text.startIndex
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\\") where isQuoted: index += 1
            case UInt8(ascii: mark) where !isQuoted: return index
            default: break
            }
            index += 1
        }
        return text.endIndex
    }
}

/// Messages by queue id. A log that never tells the end of any does not fill the memory.
struct MessageQueue {
    private static let most = 100_000
    private var messages: [[UInt8]: QueuedMessage] = [:]
    private var order: [[UInt8]] = []

    /// Nil if the log has not told where it came from.
    subscript(id: ArraySlice<UInt8>) -> QueuedMessage? {
        get { messages[Array(id)] }
        set {
            let key = Array(id)
            if newValue != nil, messages[key] == nil {
                order.append(key)
                if order.count > Self.most { dropOldest() }
            }
            messages[key] = newValue
        }
    }

    /// Half of what was begun, so that the cost is spread.
    private mutating func dropOldest() {
        order.removeAll { messages[$0] == nil }
        guard order.count > Self.most / 2 else { return }
        for key in order.prefix(order.count - Self.most / 2) { messages[key] = nil }
        order.removeFirst(order.count - Self.most / 2)
    }
}
