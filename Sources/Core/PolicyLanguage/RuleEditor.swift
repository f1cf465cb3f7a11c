import Diagnostics

/// Changes rules in the text of a file. Everything else stays, byte for byte; of a rule that is changed, comments and
/// what it says otherwise.
public struct RuleEditor: Sendable {
    private let source: SourceText
    private let tokens: [Token]
    private var replacements: [(range: Range<Int>, text: String)] = []
    /// By rule.
    private var rules: [String: (range: Range<Int>, statement: Statement)] = [:]
    private var tests: [Range<Int>] = []

    public init(_ bytes: [UInt8], file: String) {
        source = SourceText(bytes, file: file)
        var tokenizer = Tokenizer(source)
        var tokens: [Token] = []
        while let token = tokenizer.next() { tokens.append(token) }
        self.tokens = tokens
        for statement in StatementParser.parse(source).statements {
            if statement.keyword.says("tests"), let range = range(of: statement) { tests.append(range) }
            guard statement.keyword.says("relay") else { continue }
            for rule in statement.block?.statements ?? [] {
                if let name = rule.values.first?.text, let range = range(of: rule) { rules[name] = (range, rule) }
            }
        }
    }

    /// The file after the edits; without `tests` if asked, since those cite rules that an edit may delete.
    public func edited(_ edits: [RuleEdit], withoutTests: Bool = false) -> [UInt8] {
        var editing = self
        for edit in edits { editing.replacements += replacements(for: edit) }
        if withoutTests { editing.replacements += tests.map { ($0, "") } }
        return editing.replaced(source.bytes.indices)
    }

    /// The rule as the edit leaves it, in canonical layout without indent; nil if it is deleted.
    public func text(of edit: RuleEdit) -> [String]? {
        guard edit.change != .delete, let rule = rules[edit.rule] else { return nil }
        var editing = self
        editing.replacements = replacements(for: edit)
        let block = Array("relay {\n".utf8) + editing.replaced(rule.range) + Array("\n}\n".utf8)
        guard case .success(let text) = formatted(block, file: source.file) else { return nil }
        let lines = String(decoding: text, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        // The block around it, and nothing behind the last line end.
        return lines.dropFirst().dropLast(2).map { String($0.dropFirst(4)) }
    }

    // MARK: Edits

    private func replacements(for edit: RuleEdit) -> [(range: Range<Int>, text: String)] {
        guard let rule = rules[edit.rule] else { return [] }
        guard case .conditions(let conditions) = edit.change else { return [(wholeLines(rule.range), "")] }
        var replacements: [(range: Range<Int>, text: String)] = []
        var added: [String] = []
        let statements = rule.statement.block?.statements ?? []
        for line in conditions.lines {
            if let own = statements.first(where: { $0.keyword.says(line.keyword) }), let first = own.values.first,
                let last = own.values.last, let start = token(at: first.at), let end = token(at: last.at)
            {
                replacements.append((tokens[start].range.lowerBound..<tokens[end].range.upperBound, line.values))
            } else {
                added.append("\(line.keyword) \(line.values)")
            }
        }
        guard !added.isEmpty else { return replacements }
        // Behind the last condition; limits, dates and reasons come after them.
        let afterConditions: Set<String> = ["limit", "until", "proof", "observe", "owner", "because", "reply"]
        let anchor = statements.last { !afterConditions.contains($0.keyword.text) }
        guard let before = token(at: anchor.map { ($0.values.last ?? $0.keyword).at } ?? rule.statement.block?.at)
        else {
            return replacements
        }
        var next = before + 1
        if next < tokens.count, tokens[next].kind == .comment { next += 1 }
        if next < tokens.count, tokens[next].kind == .lineEnd {
            let end = tokens[next].range
            let lineEnd = String(decoding: source.bytes[end], as: UTF8.self)
            replacements.append((end.lowerBound..<end.lowerBound, added.map { "\(lineEnd)        \($0)" }.joined()))
        } else {
            let end = tokens[before].range.upperBound
            replacements.append((end..<end, added.map { " \($0)" }.joined()))
        }
        return replacements
    }

    private func replaced(_ range: Range<Int>) -> [UInt8] {
        var bytes: [UInt8] = []
        var next = range.lowerBound
        // Of two at one place the one that replaces nothing was added second, and stands behind.
        for replacement in replacements.sorted(by: { $0.range.lowerBound < $1.range.lowerBound })
        where range.contains(replacement.range.lowerBound) {
            bytes += source.bytes[next..<max(next, replacement.range.lowerBound)] + Array(replacement.text.utf8)
            next = max(next, replacement.range.upperBound)
        }
        return bytes + source.bytes[next..<max(next, range.upperBound)]
    }

    // MARK: Places

    private func token(at place: SourceLocation?) -> Int? {
        guard let place else { return nil }
        var (low, high) = (0, tokens.count)
        while low < high {
            let middle = (low + high) / 2
            if (tokens[middle].line, tokens[middle].column) < (place.line, place.column) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low < tokens.count && tokens[low].line == place.line && tokens[low].column == place.column ? low : nil
    }

    /// From the keyword to the brace that closes the block.
    private func range(of statement: Statement) -> Range<Int>? {
        guard let block = statement.block, let start = token(at: statement.at), let brace = token(at: block.at) else {
            return nil
        }
        var depth = 0
        for token in tokens[brace...] {
            if token.kind == .openBrace { depth += 1 }
            if token.kind == .closeBrace { depth -= 1 }
            if depth == 0 { return tokens[start].range.lowerBound..<token.range.upperBound }
        }
        return nil
    }

    /// The same with the indent before it and the line end behind it, where nothing else stands on its lines.
    private func wholeLines(_ range: Range<Int>) -> Range<Int> {
        let blank: Set<UInt8> = [0x20, 0x09]
        let bytes = source.bytes
        let start = bytes[..<range.lowerBound].lastIndex { !blank.contains($0) }.map { $0 + 1 } ?? 0
        var end = bytes[range.upperBound...].firstIndex { !blank.contains($0) } ?? bytes.count
        guard start == 0 || bytes[start - 1] == 0x0a else { return range }
        if end < bytes.count, bytes[end] == 0x0d { end += 1 }
        guard end == bytes.count || bytes[end] == 0x0a else { return range }
        return start..<min(end + 1, bytes.count)
    }
}
