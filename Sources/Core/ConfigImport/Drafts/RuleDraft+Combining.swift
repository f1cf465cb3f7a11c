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

    /// With the verb and the name of this one.
    func and(_ other: RuleDraft) -> Combined {
        var both = self
        for line in other.lines where line.keyword != "reply" {
            guard let position = both.lines.firstIndex(where: { $0.keyword == line.keyword }) else {
                both.lines.append(line)
                continue
            }
            switch both.lines[position].and(line) {
            case .both(let common): both.lines[position] = common
            case .never: return .never
            case .cannotSay: return .cannotSay
            }
        }
        return .both(both)
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

extension RuleDraft.Line {
    fileprivate enum Combined {
        case both(RuleDraft.Line)
        case never, cannotSay
    }

    /// Beyond this number of pairs nothing is compared.
    private static let mostPairs = 1_000_000

    fileprivate func and(_ other: RuleDraft.Line) -> Combined {
        if self == other { return .both(self) }
        switch keyword {
        case "from", "local-address": return addresses(other)
        case "to", "sender": return paths(other)
        case "name":
            let isNone = (values.first?.text == "none", other.values.first?.text == "none")
            if isNone.0 != isNone.1 { return .never }
            return pairs(other, HostPattern.init(text:), { $0.common($1) }, \.text)
        default: return .cannotSay
        }
    }

    private func addresses(_ other: RuleDraft.Line) -> Combined {
        guard let own = addressSet, let others = other.addressSet else { return .cannotSay }
        let common = own.intersection(others)
        guard !common.isEmpty else { return .never }
        var line = self
        line.values = common.ranges.map { RuleDraft.Value($0.description) }
        line.exceptions = []
        return .both(line)
    }

    private var addressSet: AddressSet? {
        func set(_ values: [RuleDraft.Value]) -> AddressSet? {
            let ranges = values.compactMap { try? AddressSet.parse($0.text) }
            return ranges.count == values.count ? AddressSet(ranges) : nil
        }
        guard let values = set(values), let exceptions = set(exceptions) else { return nil }
        return values.subtracting(exceptions)
    }

    private func paths(_ other: RuleDraft.Line) -> Combined {
        func has(_ line: RuleDraft.Line, _ isSuch: (PathPattern) -> Bool) -> Bool {
            line.values.contains { PathPattern(text: $0.text).map(isSuch) ?? true }
        }
        let isUser = { (pattern: PathPattern) in if case .localPart = pattern { true } else { false } }
        let isBelow = { (pattern: PathPattern) in if case .below = pattern { true } else { false } }
        // No pattern is a user at the domains below one.
        if has(self, isUser) && has(other, isBelow) || has(self, isBelow) && has(other, isUser) { return .cannotSay }
        return pairs(other, PathPattern.init(text:), { $0.common($1) }, \.description)
    }

    private func pairs<Pattern: Hashable>(
        _ other: RuleDraft.Line, _ read: (String) -> Pattern?, _ common: (Pattern, Pattern) -> Pattern?,
        _ text: (Pattern) -> String
    ) -> Combined {
        let own = values.compactMap { value in read(value.text).map { ($0, value.origin) } }
        let others = other.values.compactMap { read($0.text) }
        guard own.count == values.count, others.count == other.values.count, own.count * others.count <= Self.mostPairs
        else { return .cannotSay }
        var line = self
        var known: Set<Pattern> = []
        line.values = own.flatMap { pattern, origin in
            others.compactMap { common(pattern, $0) }.filter { known.insert($0).inserted }
                .map { RuleDraft.Value(RuleText.word(text($0)), origin) }
        }
        return line.values.isEmpty ? .never : .both(line)
    }
}

extension PathPattern {
    fileprivate init?(text: String) {
        guard let pattern = try? PathPattern(parsing: text) else { return nil }
        // What it has in common with others is no pattern.
        if case .endsWith = pattern { return nil }
        self = pattern
    }

    /// What both fit; nil for nothing.
    func common(_ other: PathPattern) -> PathPattern? {
        if covers(other) { return other }
        if other.covers(self) { return self }
        switch (self, other) {
        case (.localPart(let user), .domain(let domain)), (.domain(let domain), .localPart(let user)):
            return .mailbox(localPart: user, domain: domain)
        default: return nil
        }
    }

    private func covers(_ narrow: PathPattern) -> Bool {
        switch (self, narrow) {
        case _ where self == narrow: true
        case (.domain(let domain), .mailbox(_, let other)): domain == other
        case (.below(let domain), .mailbox(_, let other)), (.below(let domain), .domain(let other)),
            (.below(let domain), .below(let other)):
            other.isBelow(domain)
        case (.localPart(let user), .mailbox(let other, _)): user == other
        default: false
        }
    }
}

extension HostPattern {
    fileprivate init?(text: String) {
        let isBelow = text.hasPrefix("*.")
        guard let domain = Domain(isBelow ? String(text.dropFirst(2)) : text) else { return nil }
        self.init(domain: domain, isBelow: isBelow)
    }

    fileprivate var text: String { isBelow ? "*.\(domain)" : "\(domain)" }

    /// What both fit; nil for nothing.
    func common(_ other: HostPattern) -> HostPattern? {
        if covers(other) { return other }
        return other.covers(self) ? self : nil
    }

    private func covers(_ narrow: HostPattern) -> Bool { self == narrow || isBelow && narrow.domain.isBelow(domain) }
}
