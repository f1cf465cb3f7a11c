import Diagnostics
import Foundation
import MailTypes
import PolicyLanguage

/// The policies in `Corpus/policies`, read as the program would read them.
enum CorpusPolicies {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Corpus/policies")

    /// The day on which the corpus is read.
    static let now = Instant(seconds: 1_795_478_400)

    static func read(
        _ name: String, purpose: ReadPurpose = .serving, as file: String? = nil
    ) throws -> ReadResult {
        let path = folder.appending(path: name)
        let bytes = try [UInt8](Data(contentsOf: path))
        return Configuration.read(bytes, file: file ?? path.lastPathComponent, purpose: purpose, now: now) { list in
            read(list, beside: path)
        }
    }

    static func read(_ list: String, beside path: URL) -> Result<[UInt8], FileProblem> {
        let url = path.deletingLastPathComponent().appending(path: list)
        guard let data = try? Data(contentsOf: url) else { return .failure(FileProblem("no such file")) }
        return .success([UInt8](data))
    }

    /// The diagnostics as `check` prints them.
    static func rendered(_ result: ReadResult) -> String {
        result.diagnostics.map { $0.rendered(source: result.sources[$0.at.file]) }.joined(separator: "\n\n")
    }
}
