import Diagnostics
import Testing

@Suite("how a problem reads")
struct DiagnosticRenderingTests {
    private func render(
        _ source: String?, line: Int, column: Int, length: Int = 1, why: String? = nil, fix: String? = nil
    ) -> String {
        let place = SourceLocation(file: "f", line: line, column: column, length: length)
        return Diagnostic(.error, "m", at: place, why: why, fix: fix).rendered(source: source)
    }

    @Test("with the line, a caret for each character, the reason and the next step")
    func fullShape() {
        let source = String(repeating: "\n", count: 94) + "    from     ofice except 192.0.2.66\n"
        let problem = Diagnostic(
            .error, "unknown network `ofice`",
            at: SourceLocation(file: "gatepost.conf", line: 95, column: 14, length: 5),
            fix: "did you mean `office`? (line 19)")
        #expect(
            problem.rendered(source: source) == """
                gatepost.conf:95:14: error: unknown network `ofice`
                   |
                95 |     from     ofice except 192.0.2.66
                   |              ^^^^^
                   = fix: did you mean `office`? (line 19)
                """)
    }

    @Test("without a source it has no excerpt, and a stable id stands behind the severity")
    func withoutSource() {
        let problem = Diagnostic(
            .error, id: "GP-001", "\"anyone from the app\" lets strangers relay",
            at: SourceLocation(file: "gatepost.conf", line: 84, column: 5), why: "anyone can claim it",
            fix: "add from NETWORK")
        #expect(
            problem.rendered(source: nil) == """
                gatepost.conf:84:5: error GP-001: "anyone from the app" lets strangers relay
                   = why: anyone can claim it
                   = fix: add from NETWORK
                """)
    }

    @Test("the gutter is as wide as the line's number", arguments: [1, 9, 10, 100, 12345])
    func gutterWidth(line: Int) {
        let lines = render(String(repeating: "x\n", count: line), line: line, column: 1, fix: "y")
            .split(separator: "\n").map { String($0) }
        let gutter = String(repeating: " ", count: String(line).count)
        #expect(
            lines == ["f:\(line):1: error: m", "\(gutter) |", "\(line) | x", "\(gutter) | ^", "\(gutter) = fix: y"])
    }

    @Test(
        "the caret stands under its place",
        arguments: [
            (source: "\tto x", column: 5, length: 1, text: " to x", carets: "    ^"),
            (source: "漢字 x", column: 4, length: 1, text: "漢字 x", carets: "     ^"),
            (source: "a漢b", column: 2, length: 1, text: "a漢b", carets: " ^^"),
            (source: "e\u{301} x", column: 4, length: 1, text: "e\u{301} x", carets: "  ^"),
            (source: "a\u{1b}[31mb", column: 7, length: 1, text: "a\u{fffd}[31mb", carets: "      ^"),
            (source: "a\u{202e}b", column: 3, length: 1, text: "a\u{fffd}b", carets: "  ^"),
            (source: "abc\r", column: 4, length: 1, text: "abc", carets: "   ^"),
            (source: "abc", column: 2, length: 99, text: "abc", carets: " ^^"),
            (source: "", column: 1, length: 1, text: "", carets: "^"),
        ])
    func caret(source: String, column: Int, length: Int, text: String, carets: String) {
        let lines = render(source, line: 1, column: column, length: length).split(separator: "\n").map { String($0) }
        #expect(lines == ["f:1:\(column): error: m", "  |", text.isEmpty ? "1 |" : "1 | \(text)", "  | \(carets)"])
    }

    @Test("a long line is cut around its place", arguments: [1, 50, 200, 5000, 10_000])
    func longLine(column: Int) {
        var letters = Array(repeating: "x", count: 10_000)
        letters[column - 1] = "Y"
        let lines = render(letters.joined(), line: 1, column: column).split(separator: "\n").map { Array($0) }
        #expect(lines[2].count < 180)
        #expect(lines[3].lastIndex(of: "^").map { lines[2][$0] } == "Y")
    }

    @Test(
        "a place outside of the source does no harm", arguments: [(0, 0), (2, 1), (99, 1), (1, 99), (Int.max, Int.max)])
    func outside(line: Int, column: Int) {
        #expect(render("abc", line: line, column: column).hasPrefix("f:"))
    }
}
