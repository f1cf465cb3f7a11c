import DecisionRecords
import JSONText
import MailTypes

/// Reads logs line by line: Gatepost's own, text and JSON, and the mail logs of Postfix and Exim, also mixed. Each line
/// says itself what it is, by how it begins; nothing that a client wrote stands there.
public struct LogReader: Sendable {
    /// What one line gives. A line about something else gives nothing.
    public enum Finding: Hashable, Sendable {
        case decision(PastDecision)
        /// The line is of a known kind and cannot be read. Why, for people, lower case, no full stop.
        case unread(String)
        /// A record from a newer version: what it holds that this version does not know.
        case newer(String)
        /// A delivery of a message whose arrival is not in the log, or that came from the host itself.
        case withoutClient
    }

    private let now: Instant
    private var postfix = PostfixLogReader()
    private var exim = EximLogReader()

    /// `now` stands for a time that the log does not say.
    public init(now: Instant) { self.now = now }

    /// `line` without its line end.
    public mutating func read(_ line: [UInt8]) -> [Finding] {
        let line = line[...]
        if line.first == UInt8(ascii: "{") || line.begins("verdict=") { return own(line, time: now) }
        if let (time, message) = EximLogReader.timeAndMessage(of: line) { return exim.read(message, time: time ?? now) }
        guard let prefix = LogPrefix(line, now: now) else { return [] }
        let time = prefix.time ?? now
        if prefix.program.begins("exim") {
            // Exim may write its own time too.
            let message = EximLogReader.timeAndMessage(of: prefix.message)?.message ?? prefix.message
            return exim.read(message, time: time)
        }
        if let slash = prefix.program.lastIndex(of: UInt8(ascii: "/")) {
            let service = prefix.program[(slash + 1)...]
            return postfix.read(prefix.message, service: service.text, time: time)
        }
        let isRecord = prefix.message.begins("verdict=") || prefix.message.first == UInt8(ascii: "{")
        return isRecord && prefix.program.begins("gatepost") ? own(prefix.message, time: time) : []
    }

    /// A line of `log { format json }` that is no decision: its time, and then what it is about.
    private static func isNote(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.begins("{\"time\":\""), case .object(let members)? = try? JSONValue(parsing: Array(line)),
            members.count > 1
        else { return false }
        return LogNote.kinds.contains(members[1].name)
    }

    private func own(_ record: ArraySlice<UInt8>, time: Instant) -> [Finding] {
        do throws(PastDecision.Problem) {
            let isJSON = record.first == UInt8(ascii: "{")
            if isJSON, Self.isNote(record) { return [] }
            return [
                .decision(
                    isJSON
                        ? try PastDecision(parsing: Array(record), now: time)
                        : try PastDecision(logLine: Array(record), time: time))
            ]
        } catch {
            switch error {
            case .unreadable(let why): return [.unread(why)]
            case .newer(let what): return [.newer(what)]
            }
        }
    }
}
