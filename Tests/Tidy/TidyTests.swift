import Testing

/// Properties of the code itself.
@Suite("the code")
struct TidyTests {
    @Test("the core has no Foundation, no clock, no I/O and no randomness")
    func corePurity() {
        let forbidden = [
            "import Foundation", "import Glibc", "import Dispatch", "import NIO", "Date()", "ContinuousClock",
            "SystemRandomNumberGenerator", ".random(", "print(",
        ]
        let files = SourceTree.swiftFiles(under: "Sources/Core")
        #expect(files.count > 50)
        for file in files {
            for line in file.lines where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                for word in forbidden where line.contains(word) { Issue.record("\(file.path): \(word) in `\(line)`") }
            }
        }
    }

    @Test("the shell decides nothing: only the core names verdicts of rules")
    func shellHasNoRules() {
        for file in SourceTree.swiftFiles(under: "Sources/Shell") {
            #expect(!file.text.contains("Decision(verdict: .permit"), "\(file.path) permits by itself")
        }
    }

    @Test("RFCs are cited in one form, `RFC 5321 §4.1.1.3`")
    func citations() throws {
        let wrong = try Regex("RFC[0-9]|RFC-[0-9]|RFC [0-9]+,? (section|Section|sec\\.)")
        for folder in ["Sources", "Tests"] {
            for file in SourceTree.swiftFiles(under: folder) where !file.path.hasPrefix("Tests/Tidy/") {
                for line in file.lines where line.contains(wrong) { Issue.record("\(file.path): `\(line)`") }
            }
        }
    }

    @Test("a file is read in one sitting")
    func fileLengths() {
        for file in SourceTree.swiftFiles(under: "Sources") {
            #expect(file.lines.count <= 400, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test("public types of the core say what they mean")
    func documentation() {
        var undocumented: [String] = []
        for file in SourceTree.swiftFiles(under: "Sources/Core") {
            let lines = file.lines
            for (index, line) in lines.enumerated() where line.hasPrefix("public struct") || line.hasPrefix("public enum") {
                let before = index > 0 ? lines[index - 1].drop { $0 == " " } : ""
                if !before.hasPrefix("///") && !before.hasPrefix("@") { undocumented.append("\(file.path): \(line)") }
            }
        }
        #expect(undocumented.isEmpty)
    }

    @Test("nothing traps on purpose where a peer's bytes can reach it")
    func noForce() {
        for file in SourceTree.swiftFiles(under: "Sources") {
            for line in file.lines where !line.drop(while: { $0 == " " }).hasPrefix("//") {
                #expect(!line.contains("try!") && !line.contains("as!") && !line.contains("fatalError("), "\(file.path): `\(line)`")
            }
        }
    }
}
