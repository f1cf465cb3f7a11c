import DecisionRecords
import JSONText
import MailLogs
import MailTypes
import RelayPolicy

/// What `replay` found, for people and as `docs/json/replay.schema.json` describes it.
struct ReplayReport {
    private(set) var replay: Replay
    /// As `-c` named it; nil for the standard one.
    private let configuration: String?
    private var unread = UnreadParts()

    private static let groupsShown = 20

    init(policy: Policy, configuration: String?) {
        replay = Replay(policy: policy)
        self.configuration = configuration
    }

    mutating func add(_ finding: LogReader.Finding, at place: String) {
        if case .decision(let past) = finding { replay.add(past) } else { unread.add(finding, at: place) }
    }

    /// Nothing in the input was a decision, or would have been one.
    var isEmpty: Bool { replay.requests == 0 && unread.isEmpty }
    var isPartial: Bool { unread.isPartial }

    var json: JSONValue {
        .object([
            .init("requests", .number(replay.requests)), .init("unread", .number(unread.unread)),
            .init("newer", .number(unread.newer)), .init("withoutClient", .number(unread.withoutClient)),
            .init("outsidePolicy", .number(replay.outsidePolicy)),
            .init("flips", .array(replay.flips.map(Self.json))),
        ])
    }

    private static func json(_ flip: Replay.Flip) -> JSONValue {
        .object([
            .init("from", .string(flip.group.from.rawValue)), .init("to", .string(flip.group.to.rawValue)),
            .init("client", .string(flip.group.client.description)),
            .init("ruleThen", .optional(flip.group.ruleThen)), .init("reasonThen", .optional(flip.group.reasonThen)),
            .init("ruleNow", .optional(flip.group.ruleNow)),
            .init("reasonNow", .string(flip.group.reasonNow.rawValue)),
            .init("count", .number(flip.count)), .init("example", flip.example.json),
        ])
    }
}

// For people.
extension ReplayReport {
    func text(_ style: TerminalStyle) -> String {
        var lines: [String] = []
        let flips = replay.flips
        for verdict in [Verdict.reject, .defer, .permit] {
            let flips = flips.filter { $0.group.to == verdict }
            if !flips.isEmpty { lines += section(verdict, flips, style) }
        }
        let judged = counted(replay.requests, "request")
        if flips.isEmpty { lines.append("\(judged), none would be decided otherwise") }
        lines += remarks
        return lines.joined(separator: "\n")
    }

    private func section(_ verdict: Verdict, _ flips: [Replay.Flip], _ style: TerminalStyle) -> [String] {
        let words = switch verdict {
        case .permit: "permitted"
        case .reject: "rejected"
        case .defer: "deferred"
        }
        let count = flips.reduce(0) { $0 + $1.count }
        var lines = ["would now be \(words): \(grouped(count)) of \(grouped(replay.requests))"]
        for flip in flips.prefix(Self.groupsShown) {
            let line = "\(head(of: flip)): \(grouped(flip.count))   now \(now(flip))"
            lines.append("    " + EscapedText.forTerminal(line))
            lines.append("        " + TryInvocation(flip.example, configuration: configuration).text)
        }
        if flips.count > Self.groupsShown {
            lines.append("    and \(counted(flips.count - Self.groupsShown, "group")) more; --json has all")
        }
        return lines
    }

    /// `client 192.0.2.10, rule "office LAN"`
    private func head(of flip: Replay.Flip) -> String {
        var parts = ["client \(flip.group.client)"]
        if let rule = flip.group.ruleThen {
            parts.append("rule \"\(rule)\"")
        } else if let reason = flip.group.reasonThen {
            parts.append(flip.group.from == .defer ? "deferred, \(reason)" : reason)
        }
        return parts.joined(separator: ", ")
    }

    private func now(_ flip: Replay.Flip) -> String {
        flip.group.ruleNow.map { "\(flip.group.reasonNow.rawValue) \"\($0)\"" } ?? flip.group.reasonNow.rawValue
    }

    private var remarks: [String] {
        var lines: [String] = []
        if replay.outsidePolicy > 0 {
            lines.append(
                "\(grouped(replay.outsidePolicy)) refused then for what no policy says, such as a limit; not counted")
        }
        return lines + unread.remarks
    }
}
