import Diagnostics

/// Reads tokens as statements and blocks.
///
/// A block may stand on one line: `upstream branch { server mail.branch.example:25 }`. Statements in it are not
/// parted by line ends, so there an unquoted word that is a keyword of that block begins the next statement,
/// except after `each` (`for each login`).
struct StatementParser {
    /// Deeper nesting has no meaning in the language; beyond it a block is passed over without recursion.
    private static let deepest = 8

    private var tokens: [Token]
    private let source: SourceText
    private var index = 0
    private var tree = StatementTree()
    /// A top-level statement was met inside a block: every open block ends here.
    private var isBackAtTop = false
    /// A rule was met inside a rule: that one ends here.
    private var isBackAmongRules = false
    /// A one-line block was not closed on its line, and what follows is not its own: it ends there.
    private var isOverWithItsLine = false
    /// The first rule that was met at the top level: the `}` of its list comes once more then, and is no other problem.
    private var strayRule: Token?

    static func parse(_ source: SourceText) -> StatementTree {
        var tokenizer = Tokenizer(source)
        var tokens: [Token] = []
        while let token = tokenizer.next() { if token.kind != .comment { tokens.append(token) } }
        var parser = StatementParser(tokens: tokens, source: source)
        parser.tree.problems = source.problems + tokenizer.problems
        parser.parseFile()
        return parser.tree
    }

    private init(tokens: [Token], source: SourceText) { (self.tokens, self.source) = (tokens, source) }

    private mutating func parseFile() {
        while index < tokens.count {
            isBackAtTop = false
            tree.statements += statements(of: .top, onLine: nil, depth: 0)
            if index < tokens.count, tokens[index].kind == .closeBrace {
                if let strayRule {
                    let problem = Self.ruleOutside(text(strayRule))
                    report(strayRule, problem.message, fix: problem.fix)
                } else {
                    report(
                        tokens[index], "a `}` that closes nothing",
                        fix: "delete it, or look for the `{` that is missing above")
                }
                strayRule = nil
                index += 1
            }
        }
    }

    /// Statements up to `}` (not consumed) or the end. `line` is that of the opening brace of a one-line block.
    private mutating func statements(of kind: BlockKind, onLine line: Int?, depth: Int) -> [Statement] {
        var statements: [Statement] = []
        var line = line
        while index < tokens.count, !isBackAtTop {
            let token = tokens[index]
            switch token.kind {
            case .lineEnd:
                if line != nil {
                    report(
                        token, "a block that begins on its brace's line ends on that line",
                        fix: "write `}` here, or each statement on a line of its own")
                    if isBehindOneLineBlock(kind) {
                        isOverWithItsLine = true
                        return statements
                    }
                    line = nil
                }
                index += 1
            case .closeBrace:
                return statements
            case .openBrace:
                report(token, "a block without a word before it", fix: "say what it is, such as `relay {`")
                index += 1
                _ = block(of: .unknown, opening: token, depth: depth + 1)
            case .quoted, .word, .comment:
                if leavesBlock(token, kind) {
                    isBackAtTop = true
                    return statements
                }
                if kind == .rule, line == nil, beginsRule(token) {
                    isBackAmongRules = true
                    return statements
                }
                if kind == .top, beginsRule(token) { strayRule = strayRule ?? token }
                statements.append(statement(in: kind, onLine: line, depth: depth))
            }
        }
        return statements
    }

    private mutating func statement(in kind: BlockKind, onLine line: Int?, depth: Int) -> Statement {
        let first = tokens[index]
        tree.starts[first.range.lowerBound] = kind
        if first.kind == .quoted {
            report(
                first, "a statement begins with a word, not with quoted text",
                fix: "one of: \(kind.keywords.joined(separator: ", "))")
        }
        var statement = Statement(keyword: word(first))
        index += 1
        while index < tokens.count {
            let token = tokens[index]
            switch token.kind {
            case .comment:
                index += 1
            case .lineEnd:
                if line == nil { readBlockWithoutBrace(of: &statement, in: kind, depth: depth) }
                return statement
            case .closeBrace:
                if line == nil, depth > 0 {
                    report(token, "`}` behind a statement", fix: "write `}` on a line of its own")
                }
                return statement
            case .openBrace:
                index += 1
                statement.block = block(of: kind.block(of: statement.keyword.text), opening: token, depth: depth + 1)
                if line == nil, statement.block?.end != nil { expectLineEnd() }
                return statement
            case .word where line != nil && beginsStatement(token, in: kind, after: statement):
                return statement
            case .word, .quoted:
                statement.values.append(word(token))
                index += 1
            }
        }
        return statement
    }

    /// A block whose opening brace has been consumed.
    private mutating func block(of kind: BlockKind, opening brace: Token, depth: Int) -> Block {
        var block = Block(at: location(brace))
        guard depth <= Self.deepest else {
            report(brace, "blocks nested too deep", fix: nil)
            skipBlock()
            return block
        }
        let isOneLine = index < tokens.count && tokens[index].kind != .lineEnd
        block.statements = statements(of: kind, onLine: isOneLine ? brace.line : nil, depth: depth)
        if isOverWithItsLine {
            isOverWithItsLine = false
        } else if isBackAtTop || isBackAmongRules || index >= tokens.count {
            isBackAmongRules = false
            let next = index < tokens.count ? " before line \(tokens[index].line)" : ""
            report(brace, "this block is not closed\(next)", fix: "write `}` on a line of its own where it ends")
        } else {
            block.end = location(tokens[index])
            index += 1
        }
        return block
    }

    private mutating func skipBlock() {
        var open = 1
        while index < tokens.count, open > 0 {
            if tokens[index].kind == .openBrace { open += 1 }
            if tokens[index].kind == .closeBrace { open -= 1 }
            index += 1
        }
    }

    private mutating func expectLineEnd() {
        guard index < tokens.count, !isBackAtTop else { return }
        switch tokens[index].kind {
        case .word, .quoted, .openBrace:
            report(tokens[index], "a statement behind `}`", fix: "write it on a line of its own")
        case .lineEnd, .closeBrace, .comment:
            break
        }
    }

    private func beginsStatement(_ token: Token, in kind: BlockKind, after statement: Statement) -> Bool {
        guard !(statement.values.last?.says("each") ?? false) else { return false }
        return kind.keywords.contains(text(token))
    }

    /// Whether a statement of the block `inner` begins here, and none of the block around it.
    private func beginsBlock(_ token: Token, _ inner: BlockKind, within kind: BlockKind) -> Bool {
        token.kind == .word && inner.keywords.contains(text(token)) && !kind.keywords.contains(text(token))
    }

    private func beginsRule(_ token: Token) -> Bool { token.kind == .word && BlockKind.ruleVerbs.contains(text(token)) }

    /// At the end of the line of a one-line block: whether the next line belongs to what is around it.
    private func isBehindOneLineBlock(_ kind: BlockKind) -> Bool {
        guard let next = tokens[index...].first(where: { $0.kind != .lineEnd }) else { return true }
        let start = tokens[..<index].lastIndex { $0.kind == .lineEnd }.map { $0 + 1 } ?? 0
        switch next.kind {
        case .closeBrace: return next.column < tokens[start].column
        case .word: return !kind.keywords.contains(text(next))
        default: return false
        }
    }

    /// A word of the top level at the left margin, which this block does not know: the block's `}` was forgotten.
    private func leavesBlock(_ token: Token, _ kind: BlockKind) -> Bool {
        guard kind != .top, token.kind == .word, token.column == 1 else { return false }
        let text = text(token)
        return !kind.keywords.contains(text) && BlockKind.top.keywords.contains(text)
    }

    /// Reads what was meant as a block where its `{` is missing, or stands on the next line, so that one slip is one
    /// problem.
    private mutating func readBlockWithoutBrace(of statement: inout Statement, in kind: BlockKind, depth: Int) {
        let inner = kind.block(of: statement.keyword.text)
        guard inner != .unknown, let next = tokens[index...].firstIndex(where: { $0.kind != .lineEnd }) else { return }
        let isOnNextLine = tokens[next].kind == .openBrace
        guard isOnNextLine || beginsBlock(tokens[next], inner, within: kind) else { return }
        let last = tokens[index - 1]
        let isBraceInQuotes = last.kind == .quoted && source.bytes[last.range].last == UInt8(ascii: "{")
        // Quoted text without an end is said already.
        if !isBraceInQuotes {
            let header = ([statement.keyword] + statement.values).map(\.written).joined(separator: " ")
            report(
                isOnNextLine ? tokens[next] : last, isOnNextLine ? "`{` on a line of its own" : "`{` is missing behind this",
                fix: "write `\(header) {` on one line")
        }
        if isOnNextLine { index = next + 1 }
        statement.block = block(of: inner, opening: isOnNextLine ? tokens[next] : last, depth: depth + 1)
    }

    static func ruleOutside(_ verb: String) -> (message: String, fix: String) {
        ("`\(verb)` outside of `relay` and `refuse`",
         "write it in `relay { … }`; is there a `}` too many above, or a `{` missing?")
    }

    private mutating func report(_ token: Token, _ message: String, fix: String?) {
        tree.problems.append(Diagnostic(.error, message, at: location(token), fix: fix))
    }

    private func location(_ token: Token) -> SourceLocation {
        SourceLocation(file: source.file, line: token.line, column: token.column, length: max(token.length, 1))
    }

    private func text(_ token: Token) -> String { String(decoding: source.bytes[token.range], as: UTF8.self) }

    private func word(_ token: Token) -> Word {
        Word(token, in: source)
    }
}

extension Word {
    /// The meaning of a word or of quoted text (`\"` and `\\` are a quote and a backslash).
    init(_ token: Token, in source: SourceText) {
        let at = SourceLocation(
            file: source.file, line: token.line, column: token.column, length: max(token.length, 1))
        var bytes = source.bytes[token.range]
        guard token.kind == .quoted else {
            self.init(text: String(decoding: bytes, as: UTF8.self), isQuoted: false, at: at)
            return
        }
        bytes = bytes.dropFirst()
        var value: [UInt8] = []
        var isEscaped = false
        for byte in bytes {
            if isEscaped {
                if byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { value.append(UInt8(ascii: "\\")) }
                value.append(byte)
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                break
            } else {
                value.append(byte)
            }
        }
        self.init(text: String(decoding: value, as: UTF8.self), isQuoted: true, at: at)
    }
}
