import MailTypes
import PolicyLanguage

extension RuleDraft {
    /// Two rules as one that fits where both fit.
    enum Combined: Hashable {
        case both(RuleDraft)
        /// No request fits both.
        case never
        /// The language, or this code, has no words for it.
        case cannotSay
    }

    /// As a rule of `refuse { }` that ends the list where the permit would fit; nil where anybody would.
    var passing: RuleDraft? {
        var rule = self
        rule.verb = .pass
        rule.lines.removeAll { $0.keyword == "proof" }
        return rule.lines.isEmpty ? nil : rule
    }

    /// As a rule of `refuse { }` that answers as one of `relay { }` does.
    var refusingAsRelay: RuleDraft {
        var rule = self
        if verb == .reject, !lines.contains(where: { $0.keyword == "reply" }) { rule.reply(550, "5.7.1", "Relaying denied") }
        return rule
    }
}

/// A rule that is combined with many others: what its lines hold is read once.
struct CombinableRule {
    let rule: RuleDraft
    private let lines: [CombinableLine]

    init(_ rule: RuleDraft) { (self.rule, lines) = (rule, rule.lines.map(CombinableLine.init)) }

    /// With the verb and the name of this one.
    func and(_ other: CombinableRule) -> RuleDraft.Combined {
        var both = rule
        /// Nil for lines that were made of two.
        var read = lines.map(Optional.some)
        for line in other.lines where line.line.keyword != "reply" {
            guard let position = both.lines.firstIndex(where: { $0.keyword == line.line.keyword }) else {
                both.lines.append(line.line)
                read.append(line)
                continue
            }
            switch (read[position] ?? CombinableLine(both.lines[position])).and(line) {
            case .both(let common): (both.lines[position], read[position]) = (common, nil)
            case .never: return .never
            case .cannotSay: return .cannotSay
            }
        }
        return .both(both)
    }
}

/// A line of a rule with what it holds, as far as lines of its kind can be combined.
private struct CombinableLine {
    enum Combined {
        case both(RuleDraft.Line)
        case never, cannotSay
    }

    private enum Content {
        case addresses(AddressSet)
        case paths(Patterns)
        case hosts(Patterns)
        case other
    }

    /// Patterns as they are written, and where each comes from.
    private struct Patterns {
        var patterns: [PathPattern]
        var origins: [Origin?]
        var meeting: MeetingPatterns
        var hasUser: Bool
        var hasBelow: Bool
    }

    let line: RuleDraft.Line
    private let content: Content

    /// Beyond this number of common patterns nothing is written.
    private static let mostCommon = 1_000_000

    init(_ line: RuleDraft.Line) {
        self.line = line
        content =
            switch line.keyword {
            case "from", "local-address": line.addresses.map(Content.addresses) ?? .other
            case "to", "sender": Self.patterns(line, PathPattern.init(combinable:)).map(Content.paths) ?? .other
            case "name": Self.patterns(line, PathPattern.init(host:)).map(Content.hosts) ?? .other
            default: .other
            }
    }

    func and(_ other: CombinableLine) -> Combined {
        if line == other.line { return .both(line) }
        switch (content, other.content) {
        case (.addresses(let own), .addresses(let others)):
            let common = own.intersection(others)
            return common.isEmpty ? .never : .both(with(common.ranges.map { RuleDraft.Value($0.description) }))
        case (.paths(let own), .paths(let others)):
            // No pattern is a user at the domains below one.
            if own.hasUser && others.hasBelow || own.hasBelow && others.hasUser { return .cannotSay }
            return common(own, others) { RuleText.word($0.description) }
        case (.hosts(let own), .hosts(let others)):
            if line.isOfNone != other.line.isOfNone { return .never }
            return common(own, others) { RuleText.word(HostPattern($0)?.description ?? $0.description) }
        default:
            return line.keyword == "name" && line.isOfNone != other.line.isOfNone ? .never : .cannotSay
        }
    }

    private func common(_ own: Patterns, _ others: Patterns, _ text: (PathPattern) -> String) -> Combined {
        var values: [RuleDraft.Value] = []
        var known: Set<PathPattern> = []
        for (pattern, origin) in zip(own.patterns, own.origins) {
            for position in others.meeting.positions(meeting: pattern) {
                guard let common = pattern.common(others.patterns[position]), known.insert(common).inserted else { continue }
                values.append(RuleDraft.Value(text(common), origin))
            }
            if values.count > Self.mostCommon { return .cannotSay }
        }
        return values.isEmpty ? .never : .both(with(values))
    }

    /// The line with these values.
    private func with(_ values: [RuleDraft.Value]) -> RuleDraft.Line {
        RuleDraft.Line(keyword: line.keyword, values: values)
    }

    /// Nil if one of them is none.
    private static func patterns(_ line: RuleDraft.Line, _ read: (String) -> PathPattern?) -> Patterns? {
        let patterns = line.values.compactMap { read($0.text) }
        guard patterns.count == line.values.count else { return nil }
        return Patterns(
            patterns: patterns, origins: line.values.map(\.origin), meeting: MeetingPatterns(patterns),
            hasUser: patterns.contains { if case .localPart = $0 { true } else { false } },
            hasBelow: patterns.contains { if case .below = $0 { true } else { false } })
    }
}

extension RuleDraft.Line {
    /// `name none`
    fileprivate var isOfNone: Bool { values.first?.text == "none" }

    /// What a line of addresses names, without its exceptions; nil where a word is none.
    var addresses: AddressSet? {
        func set(_ values: [RuleDraft.Value]) -> AddressSet? {
            let ranges = values.compactMap { try? AddressSet.parse($0.text) }
            return ranges.count == values.count ? AddressSet(ranges) : nil
        }
        guard let values = set(values), let exceptions = set(exceptions) else { return nil }
        return values.subtracting(exceptions)
    }
}

extension PathPattern {
    fileprivate init?(combinable text: String) {
        guard let pattern = try? PathPattern(parsing: text) else { return nil }
        // What it has in common with others is no pattern.
        if case .endsWith = pattern { return nil }
        self = pattern
    }

    fileprivate init?(host text: String) {
        let isBelow = text.hasPrefix("*.")
        guard let domain = Domain(isBelow ? String(text.dropFirst(2)) : text) else { return nil }
        self = isBelow ? .below(domain) : .domain(domain)
    }
}

extension HostPattern {
    /// Nil for patterns that are none of hosts.
    fileprivate init?(_ pattern: PathPattern) {
        switch pattern {
        case .domain(let domain): self.init(domain: domain, isBelow: false)
        case .below(let domain): self.init(domain: domain, isBelow: true)
        default: return nil
        }
    }
}
