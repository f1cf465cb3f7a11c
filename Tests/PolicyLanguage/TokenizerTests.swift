import TestSupport
import Testing

@testable import PolicyLanguage

@Suite("cutting a file into tokens")
struct TokenizerTests {
    private func tokens(_ bytes: [UInt8]) -> (SourceText, [Token]) {
        let source = SourceText(bytes, file: "f")
        var tokenizer = Tokenizer(source)
        var tokens: [Token] = []
        while let token = tokenizer.next() { tokens.append(token) }
        return (source, tokens)
    }

    private func words(_ text: String) -> [String] {
        let (source, tokens) = tokens(Array(text.utf8))
        return tokens.filter { $0.kind == .word || $0.kind == .quoted }.map { Word($0, in: source).text }
    }

    @Test(
        "words, quotes and comments",
        arguments: [
            ("a b\tc", ["a", "b", "c"]),
            ("a # b", ["a"]),
            ("# a", []),
            (#"a "b c" d"#, ["a", "b c", "d"]),
            (#""\"a\" \\ b""#, [#""a" \ b"#]),
            ("a{b}c", ["a", "b", "c"]),
            ("\u{feff}a", ["a"]),
            ("a\r\nb\r\n", ["a", "b"]),
            (#"x "" y"#, ["x", "", "y"]),
            ("[::]:25 *@*.example.com <> 1000,", ["[::]:25", "*@*.example.com", "<>", "1000,"]),
        ])
    func cut(text: String, expected: [String]) { #expect(words(text) == expected) }

    @Test("every token has the line, column and length that a plain count gives", arguments: 0..<200)
    func places(seed: Int) {
        var generator = SeededRandom(seed: UInt64(seed))
        let pieces = [
            "a", "b#", "\"", "\\", " ", "\t", "\n", "\r\n", "{", "}", "# c", "é", "漢", "\u{1}", "\r", "\u{a0}",
        ]
        var text = ""
        for _ in 0..<60 { text += generator.pick(pieces) }
        let (source, tokens) = tokens(Array(text.utf8))
        var end = 0
        for token in tokens {
            #expect(token.range.lowerBound >= end, "seed \(seed)")
            end = token.range.upperBound
            let before = String(decoding: source.bytes[..<token.range.lowerBound], as: UTF8.self).unicodeScalars
            let line = before.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(token.line == line.count, "seed \(seed)")
            #expect(token.column == (line.last?.count ?? 0) + 1, "seed \(seed)")
            guard token.kind != .lineEnd else { continue }
            #expect(
                token.length == String(decoding: source.bytes[token.range], as: UTF8.self).unicodeScalars.count,
                "seed \(seed)")
        }
    }
}
