import Diagnostics

/// The canonical layout of a file, comments and line ends kept; problems when it cannot be cut into statements.
///
/// Lines stay lines: one is indented by four spaces for each open block, what stands behind its keyword begins in the
/// same column as in the lines around it, and two blank lines or more become one. So formatting twice is formatting
/// once, and the meaning stays.
public func formatted(_ bytes: [UInt8], file: String) -> Result<[UInt8], FormatProblems> {
    let source = SourceText(bytes, file: file)
    let tree = StatementParser.parse(source)
    guard tree.problems.isEmpty else { return .failure(FormatProblems(tree.problems)) }
    return .success(Formatter(source, starts: tree.starts).text)
}

/// Why a file cannot be laid out anew: it cannot be cut into statements.
public struct FormatProblems: Error, Sendable {
    public var diagnostics: [Diagnostic]
    public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}

private struct Formatter {
    private let source: SourceText
    private var lines: [FormattedLine] = []
    /// For a last line that has no end.
    private let usualEnd: ArraySlice<UInt8>

    init(_ source: SourceText, starts: [Int: BlockKind]) {
        self.source = source
        var tokenizer = Tokenizer(source)
        var line = FormattedLine(depth: 0)
        var depth = 0
        while let token = tokenizer.next() {
            let text = source.bytes[token.range]
            switch token.kind {
            case .lineEnd:
                line.end = text
                lines.append(line)
                line = FormattedLine(depth: depth)
                continue
            case .comment:
                line.comment = text
                continue
            case .openBrace:
                depth += 1
            case .closeBrace:
                depth -= 1
                if line.words.isEmpty { line.depth = depth }
            case .word, .quoted:
                break
            }
            line.append(text, beginning: starts[token.range.lowerBound])
        }
        if !line.isBlank { lines.append(line) }
        usualEnd = lines.first.map(\.end).flatMap { $0.isEmpty ? nil : $0 } ?? [0x0a]
    }

    /// The whole file again.
    var text: [UInt8] {
        let kept = linesWithoutNeedlessBlanks()
        var text: [UInt8] = []
        text.reserveCapacity(source.bytes.count + source.bytes.count / 4)
        var index = 0
        while index < kept.count {
            // Lines that stand together in one block line up; a blank line or a longer block parts them.
            let depth = kept[index].depth
            let together = kept[index...].prefix { $0.depth == depth && !$0.isBlank && !$0.opensLongBlock }
            let group = together.isEmpty ? kept[index...index] : together
            let columns = FormatColumns(of: group)
            for line in group {
                line.write(to: &text, columns)
                text += line.end.isEmpty ? usualEnd : line.end
            }
            index = group.endIndex
        }
        return text
    }

    /// Without blank lines at either end of the file or of a block, nor more than one elsewhere.
    private func linesWithoutNeedlessBlanks() -> [FormattedLine] {
        var kept: [FormattedLine] = []
        for line in lines {
            if line.isBlank, kept.last.map({ $0.isBlank || $0.opensLongBlock }) ?? true { continue }
            if line.closesLongBlock, kept.last?.isBlank == true { kept.removeLast() }
            kept.append(line)
        }
        if kept.last?.isBlank == true { kept.removeLast() }
        return kept
    }
}
