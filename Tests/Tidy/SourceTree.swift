import Foundation

/// The project's own files, as text.
struct SourceTree {
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    struct File {
        /// From the project's root.
        let path: String
        let text: String
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    static func swiftFiles(under folder: String) -> [File] {
        let start = root.appendingPathComponent(folder)
        let paths = FileManager.default.enumerator(atPath: start.path)?.compactMap { $0 as? String } ?? []
        return paths.filter { $0.hasSuffix(".swift") }.sorted().compactMap { path in
            let text = try? String(contentsOf: start.appendingPathComponent(path), encoding: .utf8)
            return text.map { File(path: "\(folder)/\(path)", text: $0) }
        }
    }
}
