import ConfigImport
import Foundation
import JSONText
import MailTypes
import PolicyLanguage
import RelayPolicy
import Testing

/// One folder of `Corpus/configurations/SYSTEM/`: files of the original, and what is known of them.
///
///     facts.json     optional, as `--facts`
///     requests.tsv   verdict, client, sender, recipient, further facts (`name=host login=anna …` or `-`), reason
///     audit.tsv      first line the verdict (`open`, `closed`, `cannot-tell`), then finding id, severity, place
struct ConfigurationCase: CustomTestStringConvertible {
    let system: MailSystem
    let folder: URL

    var testDescription: String { "\(system.rawValue)/\(folder.lastPathComponent)" }

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Corpus/configurations")

    static let all: [ConfigurationCase] = MailSystem.allCases.flatMap { system in
        folders(in: root.appendingPathComponent(system.rawValue)).map { ConfigurationCase(system: system, folder: $0) }
    }

    private static func folders(in folder: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.sorted().map { folder.appendingPathComponent($0) }
    }

    private static let ours = ["facts.json", "requests.tsv", "audit.tsv"]

    /// The files of the original, by paths that begin in the case's folder; that folder is also `/`.
    var source: ImportSource {
        let base = folder.path
        let paths = (FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []).sorted().filter { path in
            var isFolder: ObjCBool = false
            _ = FileManager.default.fileExists(atPath: base + "/" + path, isDirectory: &isFolder)
            return !isFolder.boolValue && !Self.ours.contains(path)
        }
        return ImportSource(paths: paths, root: "") { path in
            let name = path.hasPrefix("/") ? String(path.dropFirst()) : path
            guard let data = FileManager.default.contents(atPath: base + "/" + name) else {
                return .failure(FileProblem("no such file"))
            }
            return .success(Array(data))
        }
    }

    /// The bytes of every file of the original, by its path.
    var files: [String: [UInt8]] {
        let base = folder.path
        return Dictionary(uniqueKeysWithValues: source.paths.map { path in
            (path, FileManager.default.contents(atPath: base + "/" + path).map(Array.init) ?? [])
        })
    }

    var facts: ImportFacts {
        get throws {
            let file = folder.appendingPathComponent("facts.json")
            guard let data = try? Data(contentsOf: file) else { return ImportFacts() }
            return try ImportFacts(json: JSONValue(parsing: Array(data)))
        }
    }

    struct Request {
        var line: Int
        var verdict: String
        var request: RelayRequestText
        var reason: String
    }

    var requests: [Request] {
        rows("requests.tsv").map { line, fields in
            precondition(fields.count == 6, "\(testDescription)/requests.tsv:\(line): \(fields.count) fields, not 6")
            return Request(
                line: line, verdict: fields[0],
                request: RelayRequestText(client: fields[1], sender: fields[2], recipient: fields[3], further: fields[4]),
                reason: fields[5])
        }
    }

    /// The verdict, and `id severity place` of every finding; nil without a file.
    var audit: (verdict: String, findings: [[String]])? {
        let rows = rows("audit.tsv")
        guard let first = rows.first else { return nil }
        return (first.fields[0], rows.dropFirst().map(\.fields))
    }

    private func rows(_ name: String) -> [(line: Int, fields: [String])] {
        guard let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8) else { return [] }
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { number, line in
            line.isEmpty || line.hasPrefix("#")
                ? nil : (number + 1, line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init))
        }
    }
}
