import MailTypes
import PolicyLanguage

extension PolicyDraft {
    /// The draft as a gatepost.conf. `heading` are lines of comment at its top, without `#`.
    public func text(heading: [String]) -> String {
        var writer = DraftWriter(draft: self)
        return writer.text(heading: heading)
    }
}

/// Writes a draft. Lists of more than a few values become named lists, so that lines stay short and each keeps its
/// origin. One that several rules have is written once, under a name of its own.
private struct DraftWriter {
    let draft: PolicyDraft
    private var lists: [String] = []
    private var listNames: Set<String> = []
    private var common: SharedLists

    init(draft: PolicyDraft) {
        self.draft = draft
        common = SharedLists(draft.refuse + draft.relay, longerThan: Self.valuesOnALine)
    }

    private static let valuesOnALine = 8

    mutating func text(heading: [String]) -> String {
        let refuse = block("refuse", draft.refuse)
        let relay = block("relay", draft.relay)
        var lines = heading.map { $0.isEmpty ? "#" : "# \(Self.comment($0))" }
        if !lines.isEmpty { lines.append("") }
        lines.append("version 1")
        if !lists.isEmpty { lines += [""] + lists }
        lines += local + refuse + relay
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: local

    private var local: [String] {
        guard !draft.domains.isEmpty || !draft.tricks.isEmpty else { return [] }
        var lines = ["", "local {"]
        var index = 0
        while index < draft.domains.count {
            let first = draft.domains[index]
            var words: [String] = []
            var origins: [Origin] = []
            while index < draft.domains.count, words.count < Self.valuesOnALine, Self.agree(draft.domains[index], first) {
                let line = draft.domains[index]
                words.append(line.pattern.isBelow ? "*.\(line.pattern.domain)" : "\(line.pattern.domain)")
                origins += line.origins
                index += 1
            }
            lines.append("    domains  \(words.joined(separator: " "))\(Self.suffix(of: first))\(Self.note(origins))")
        }
        for line in draft.tricks {
            let place = line.at.isEmpty ? "" : " at " + line.at.map { "\($0)" }.joined(separator: " ")
            let forms = line.forms.map(\.rawValue).joined(separator: " ")
            lines.append("    address-tricks  \(forms) \(line.treatment.rawValue)\(place)\(Self.note([line.origin]))")
        }
        return lines + ["}"]
    }

    private static func agree(_ a: PolicyDraft.DomainLine, _ b: PolicyDraft.DomainLine) -> Bool { suffix(of: a) == suffix(of: b) }

    private static func suffix(of line: PolicyDraft.DomainLine) -> String {
        let domain = line.pattern.domain
        let isQuestioned =
            PublicSuffixes.isMailboxProvider(domain) || line.pattern.isBelow && PublicSuffixes.contains(domain)
        return (line.via.map { " via \(RuleText.word($0))" } ?? "") + (isQuestioned ? " really-ours" : "")
    }

    // MARK: Rules

    private mutating func block(_ name: String, _ rules: [RuleDraft]) -> [String] {
        guard !rules.isEmpty || name == "relay" else { return [] }
        var lines = ["", "\(name) {"]
        for rule in rules {
            lines.append("    # \(Self.comment(rule.meaning))")
            lines.append("    \(rule.verb.rawValue) \(Self.quoted(rule.name)) {\(Self.note([rule.origin]))")
            let width = (rule.lines.map(\.keyword.count).max() ?? 0) + 2
            for line in rule.lines {
                let values = written(line, of: rule)
                let gap = String(repeating: " ", count: width - line.keyword.count)
                lines.append("        \(line.keyword)\(gap)\(values.words)\(Self.note(values.origins))")
            }
            lines.append("    }")
        }
        return lines + ["}"]
    }

    private mutating func written(_ line: RuleDraft.Line, of rule: RuleDraft) -> (words: String, origins: [Origin]) {
        var (words, origins) = written(line.values, line.keyword, of: rule)
        if !line.exceptions.isEmpty {
            let except = written(line.exceptions, line.keyword, of: rule)
            words += " except " + except.words
            origins += except.origins
        }
        return (words, origins.isEmpty ? [rule.origin] : origins)
    }

    private mutating func written(
        _ values: [RuleDraft.Value], _ keyword: String, of rule: RuleDraft
    ) -> (words: String, origins: [Origin]) {
        let kind: String? =
            switch keyword {
            case "from", "local-address": "networks"
            case "sender", "to": "senders"
            default: nil
            }
        guard let kind, values.count > Self.valuesOnALine else {
            return (values.map(\.text).joined(separator: " "), values.compactMap(\.origin))
        }
        let place = common.place(of: values, keyword)
        if let name = place.flatMap({ common[$0] }) { return (name, [rule.origin]) }
        var names: [String] = []
        var start = 0
        while start < values.count {
            let part = values[start..<min(start + Self.valuesOnALine, values.count)]
            let name = listName(rule.name)
            names.append(name)
            let origins = part.compactMap(\.origin)
            lists.append(
                "\(kind)  \(name)  \(part.map(\.text).joined(separator: " "))\(Self.note(origins.isEmpty ? [rule.origin] : origins))")
            start += Self.valuesOnALine
        }
        var words = names.joined(separator: " ")
        if let place {
            let name = listName(rule.name)
            lists.append("\(kind)  \(name)  \(words)\(Self.note([rule.origin]))")
            common[place] = name
            words = name
        }
        return (words, [rule.origin])
    }

    /// A word made of the rule's name that no list has yet.
    private mutating func listName(_ rule: String) -> String {
        var stem = ""
        for character in rule.lowercased().utf8.prefix(24) {
            let isPlain = (0x61...0x7a).contains(character) || (0x30...0x39).contains(character)
            if isPlain { stem.unicodeScalars.append(Unicode.Scalar(character)) } else if stem.last != "-", !stem.isEmpty { stem += "-" }
        }
        if stem.isEmpty || stem.first?.isNumber == true { stem = "list-" + stem }
        var number = listNumbers[stem, default: 0]
        var name: String
        repeat {
            number += 1
            name = "\(stem)\(stem.hasSuffix("-") ? "" : "-")\(number)"
        } while !listNames.insert(name).inserted
        listNumbers[stem] = number
        return name
    }

    private var listNumbers: [String: Int] = [:]

    // MARK: Words

    /// A comment that names where a line comes from; lines of one file that follow one another are a range.
    private static func note(_ origins: [Origin]) -> String {
        var notes: [String] = []
        var last: (file: String, first: Int, last: Int)?
        func close() {
            guard let run = last else { return }
            notes.append(run.first == run.last ? "\(run.file):\(run.first)" : "\(run.file):\(run.first)-\(run.last)")
            last = nil
        }
        for origin in origins {
            if let at = origin.at, origin.note == nil {
                if let run = last, run.file == at.file, at.line == run.last || at.line == run.last + 1 {
                    last?.last = at.line
                } else {
                    close()
                    last = (at.file, at.line, at.line)
                }
            } else {
                close()
                if notes.last != origin.description { notes.append(origin.description) }
            }
        }
        close()
        return notes.isEmpty ? "" : "  # " + comment(notes.joined(separator: ", "))
    }

    /// Text that ends no line and that no terminal obeys.
    private static func comment(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { return text }
        return escaped(text)
    }

    private static func escaped(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : $0 }))
    }

    private static func quoted(_ text: String) -> String { RuleText.quoted(comment(text)) ?? "\"rule\"" }
}
