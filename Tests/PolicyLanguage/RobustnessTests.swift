import Foundation
import MailTypes
import PolicyLanguage
import PolicyReview
import TestSupport
import Testing

@Suite("whatever the bytes are")
struct RobustnessTests {
    private static let complete =
        (try? [UInt8](Data(contentsOf: CorpusPolicies.folder.appending(path: "complete/gatepost.conf")))) ?? []

    /// Reads, lays out and renders; a trap would end the whole run.
    private func exercise(_ bytes: [UInt8], list: [UInt8] = [], reviews: Bool = false) {
        let result = Configuration.read(bytes, file: "f", purpose: .serving, now: CorpusPolicies.now) { _ in
            .success(list)
        }
        for diagnostic in result.diagnostics {
            _ = diagnostic.rendered(source: result.sources[diagnostic.at.file])
            #expect(diagnostic.at.line >= 1 && diagnostic.at.column >= 1 && diagnostic.at.length >= 1)
        }
        #expect((result.configuration == nil) == result.diagnostics.contains { $0.severity == .error })
        if reviews { _ = result.configuration.map { PolicyReview($0, at: CorpusPolicies.now) } }
        if case .success(let text) = formatted(bytes, file: "f") {
            #expect(try! formatted(text, file: "f").get() == text)
        }
        _ = Configuration.Node(leniently: bytes)
    }

    @Test("random bytes are met with words", arguments: 0..<100)
    func randomBytes(seed: Int) {
        var generator = SeededRandom(seed: UInt64(seed))
        let bytes = (0..<Int.random(in: 0...400, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
        exercise(bytes, list: bytes)
        exercise(Array("version 1\n".utf8) + bytes, list: bytes)
    }

    @Test("the complete file with bytes changed, lost or added", arguments: 0..<150)
    func mutations(seed: Int) {
        var generator = SeededRandom(seed: UInt64(seed))
        var bytes = Self.complete
        for _ in 0..<Int.random(in: 1...12, using: &generator) {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...40, using: &generator)))
            case 2:
                bytes.insert(
                    contentsOf: Array(generator.pick(["{", "}", "\"", "#", "\n", " except ", " file:x ", "\\"]).utf8),
                    at: index)
            default:
                let other = Int.random(in: 0..<bytes.count, using: &generator)
                bytes.swapAt(index, other)
            }
        }
        exercise(bytes, list: Array("192.0.2.1\n".utf8), reviews: true)
    }

    @Test("the complete file cut off anywhere")
    func truncations() {
        for length in stride(from: 0, to: Self.complete.count, by: 41) { exercise(Array(Self.complete.prefix(length))) }
    }

    @Test("words of the language in any order", arguments: 0..<150)
    func wordSalad(seed: Int) {
        var generator = SeededRandom(seed: UInt64(seed))
        let words = String(decoding: Self.complete, as: UTF8.self).split(whereSeparator: \.isWhitespace).map {
            String($0)
        }
        var text = "version 1\n"
        for _ in 0..<300 {
            text += generator.pick(words) + generator.pick([" ", " ", " ", "\n", " { ", " } ", "\n}\n", " {\n"])
        }
        exercise(Array(text.utf8), list: Array("192.0.2.1\n".utf8))
    }

    @Test("blocks a hundred thousand deep", arguments: ["{", "a {", "a {\n", "relay { permit \"x\" {", "}"])
    func deepNesting(piece: String) { exercise(Array(String(repeating: piece, count: 100_000).utf8)) }

    @Test("names that lead to names, a thousand long")
    func longChain() {
        var text = "version 1\n"
        for index in 0..<1000 { text += "networks n\(index) n\(index + 1)\nsenders s\(index) s\(index + 1)\n" }
        text += "networks n1000 192.0.2.1\nsenders s1000 a@example.com\n"
        exercise(Array(text.utf8))
    }

    @Test("numbers, durations, sizes and ports of any length")
    func longNumbers() {
        let digits = String(repeating: "9", count: 500)
        exercise(
            Array(
                """
                version \(digits)
                limits { connections \(digits)   message-size \(digits)GB   failed-logins 1 per \(digits)d for each client, then refuse \(digits)h }
                listen a { address 1.2.3.4:\(digits) }
                relay { permit "a" { from 1.2.3.4/\(digits)   until \(digits)-01-01   limit \(digits)GB bytes per day for each client } }
                """.utf8))
    }
}
