import DecisionRecords
import MailLogs

/// What of a log is no decision that can be judged.
struct UnreadParts {
    private(set) var unread = 0
    private(set) var newer = 0
    private(set) var withoutClient = 0
    /// The first few lines that could not be read, with place and reason.
    private var examples: [String] = []

    private static let examplesShown = 3

    /// Decisions are none of its business.
    mutating func add(_ finding: LogReader.Finding, at place: String) {
        switch finding {
        case .decision: break
        case .withoutClient: withoutClient += 1
        case .unread(let why):
            unread += 1
            note("\(place): \(why)")
        case .newer(let what):
            newer += 1
            note("\(place): from a newer version: unknown \(what)")
        }
    }

    private mutating func note(_ text: String) {
        if examples.count < Self.examplesShown { examples.append(text) }
    }

    var isEmpty: Bool { unread + newer + withoutClient == 0 }
    var isPartial: Bool { unread + newer > 0 }

    /// For people.
    var remarks: [String] {
        var lines: [String] = []
        if withoutClient > 0 {
            lines.append(
                "\(grouped(withoutClient)) taken from a client that is not in the log, or from the host itself")
        }
        if unread > 0 { lines.append("\(grouped(unread)) \(unread == 1 ? "line" : "lines") could not be read") }
        if newer > 0 { lines.append("\(counted(newer, "record")) from a newer version, skipped") }
        return lines + examples.map { "    " + EscapedText.forTerminal($0) }
    }
}
