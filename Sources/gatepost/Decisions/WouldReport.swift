import DecisionRecords
import JSONText
import MailTypes
import PolicyChanges
import RelayPolicy
import Storage

/// What `log --would` found, for people and as `docs/json/log-would.schema.json` describes it.
struct WouldReport {
    private(set) var observed = ObservedDecisions()
    private var unread = 0
    /// Words that every command offered has to have, such as `-c FILE`.
    private let options: [String]
    /// For people; 0: all.
    private let groupsShown: Int

    init(options: [String], groupsShown: Int) {
        (self.options, self.groupsShown) = (options, groupsShown == 0 ? .max : groupsShown)
    }

    mutating func add(_ found: DecisionArchive.Found) {
        for kept in found.decisions { observed.add(kept.record) }
        unread += found.unreadable
    }

    var json: JSONValue {
        .object([
            .init("recipients", .number(observed.recipients)),
            .init("from", .optional(observed.first?.rfc3339(milliseconds: true))),
            .init("to", .optional(observed.last?.rfc3339(milliseconds: true))),
            .init("same", .number(observed.same)), .init("outsidePolicy", .number(observed.outsidePolicy)),
            .init("unread", .number(unread)), .init("groups", .array(observed.differences.map(json))),
        ])
    }

    private func json(_ difference: ObservedDecisions.Difference) -> JSONValue {
        let group = difference.group
        let would = JSONValue.object([
            .init("verdict", .string(group.would.rawValue)), .init("reason", .string(group.reason.rawValue)),
            .init("rule", difference.rule?.json ?? .null),
        ])
        return .object([
            .init("observer", .string(group.observer.rawValue)), .init("verdict", .string(group.said.rawValue)),
            .init("would", would), .init("network", .string("\(group.network)")),
            .init("server", .optional(group.server?.rawValue)), .init("clients", .number(difference.clients.count)),
            .init("recipients", .number(difference.recipients)),
            .init("first", .string(difference.first.rfc3339(milliseconds: true))),
            .init("last", .string(difference.last.rfc3339(milliseconds: true))),
            .init("example", .string(difference.example)),
            .init("command", .array(command(for: difference).map(JSONValue.string))),
        ])
    }

    /// Shows the newest of them, and what small change would permit it where that is what is missing.
    private func command(for difference: ObservedDecisions.Difference) -> [String] {
        ["gatepost", "why", difference.example] + (difference.group.would == .permit ? [] : ["--allow"]) + options
    }
}

// For people.
extension WouldReport {
    /// In the order of what somebody has to look at.
    private enum Section: CaseIterable {
        case tookIt, refusedItToo, ruleWouldRefuse, ruleWouldPermit

        init(_ group: ObservedDecisions.Group) {
            switch group.observer {
            case .listener: self = group.server == .took ? .tookIt : .refusedItToo
            case .rule: self = group.would == .permit ? .ruleWouldPermit : .ruleWouldRefuse
            }
        }

        var heading: String {
            switch self {
            case .tookIt: "would have been refused, and the server behind took it"
            case .refusedItToo: "would have been refused, and the server behind did not take it either"
            case .ruleWouldRefuse: "passed, and would have been refused if rules with `observe` counted"
            case .ruleWouldPermit: "refused, and would have passed if rules with `observe` counted"
            }
        }
    }

    var text: String {
        let sections = Dictionary(grouping: observed.differences) { Section($0.group) }
        let lines = Section.allCases.flatMap { section in
            sections[section].map { self.lines(of: section, $0) } ?? []
        }
        return (lines + remarks(nothingWasTaken: sections[.tookIt] == nil)).map(EscapedText.forTerminal)
            .joined(separator: "\n")
    }

    private func lines(of section: Section, _ differences: [ObservedDecisions.Difference]) -> [String] {
        let count = differences.reduce(0) { $0 + $1.recipients }
        var lines = ["\(section.heading): \(grouped(count)) of \(grouped(observed.recipients))"]
        // Nothing is to be done about it, so that a line a reason is enough.
        if section == .refusedItToo { return lines + byReason(differences) }
        for difference in differences.prefix(groupsShown) {
            lines.append(
                "    \(clients(difference)), \(Self.why(difference)): \(grouped(difference.recipients))   \(Self.time(difference))")
            lines.append("        " + CounterfactualText.shell(command(for: difference)))
        }
        if differences.count > groupsShown {
            lines.append("    and \(counted(differences.count - groupsShown, "group")) more; --limit 0 shows all")
        }
        return lines
    }

    private func byReason(_ differences: [ObservedDecisions.Difference]) -> [String] {
        let groups = Dictionary(grouping: differences, by: Self.why).map { why, some in
            (why: why, recipients: some.reduce(0) { $0 + $1.recipients }, networks: some.count, example: some[0])
        }
        return groups.sorted { ($1.recipients, $0.why) < ($0.recipients, $1.why) }.prefix(groupsShown).map { group in
            "    \(group.why): \(grouped(group.recipients)), from \(counted(group.networks, "network"))   "
                + CounterfactualText.shell(command(for: group.example))
        }
    }

    private func clients(_ difference: ObservedDecisions.Difference) -> String {
        guard difference.clients.count == 1, let client = difference.clients.first else {
            return "\(difference.group.network) (\(difference.clients.count) clients)"
        }
        return "\(client)"
    }

    /// `deny-rule "known bad" (gatepost.conf:31)`, `deferred, undecided`
    private static func why(_ difference: ObservedDecisions.Difference) -> String {
        let rule = difference.rule.map { " \"\($0.name)\" (\($0.at.lineReference))" } ?? ""
        return (difference.group.would == .defer ? "deferred, " : "") + difference.group.reason.rawValue + rule
    }

    private static func time(_ difference: ObservedDecisions.Difference) -> String {
        let (first, last) = (difference.first.localText, difference.last.localText)
        return first == last ? first : "\(first) to \(last)"
    }

    private func remarks(nothingWasTaken: Bool) -> [String] {
        guard observed.recipients > 0 || unread > 0 else {
            return ["no decision is kept in which `observe` had a part, and that fits"]
        }
        var lines = ["would have been the same: \(grouped(observed.same)) of \(grouped(observed.recipients))"]
        if observed.outsidePolicy > 0 {
            lines.append("\(grouped(observed.outsidePolicy)) refused for what no rule says, such as a server that was down; not counted")
        }
        if unread > 0 { lines.append("\(counted(unread, "record")) of a newer version or damaged, skipped") }
        if !nothingWasTaken {
            lines.append("write what is missing (each command shows how, and who else gains), then take `observe` out and `gatepost reload`")
        } else if observed.passedForListener > 0 {
            lines.append("nothing that the server behind took would have been refused; `observe` on listener or node can be taken out")
        }
        if observed.differences.contains(where: { $0.group.observer == .rule }) {
            lines.append("take `observe` out of a rule for it to count")
        }
        return lines
    }
}
