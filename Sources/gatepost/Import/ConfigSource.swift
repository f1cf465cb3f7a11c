import ArgumentParser
import ConfigImport
import Glibc
import JSONText
import MailTypes
import PolicyLanguage

/// What `audit` and `import` read: `[SYSTEM] PATH…` and `--facts`.
struct ConfigSource {
    let system: MailSystem
    let source: ImportSource
    let facts: ImportFacts

    /// A folder with more files than this is no configuration.
    private static let mostFiles = 20_000
    private static let deepest = 12

    init(words: [String], facts path: String?) throws(Trouble) {
        facts = try Self.facts(path)
        let named = words.first.flatMap { MailSystem(named: $0) }
        // A file that is called like a system is meant only if nothing else is.
        let paths = named != nil && (words.count > 1 || access(words[0], F_OK) != 0) ? Array(words.dropFirst()) : words
        guard !paths.isEmpty else { throw Trouble("which files? gatepost guide \(words[0]) says where they are") }
        source = try Self.source(paths, firstIsSystem: named != nil)
        if let named, paths.count < words.count { system = named } else { system = try Self.recognised(source) }
    }

    func imported() throws(Trouble) -> ImportedConfiguration {
        do {
            return try ImportedConfiguration(system: system, source: source, facts: facts)
        } catch {
            throw Trouble(error.message)
        }
    }

    // MARK: Files

    private static func source(_ paths: [String], firstIsSystem: Bool) throws(Trouble) -> ImportSource {
        var files: [String] = []
        var modified: [String: Instant] = [:]
        var root: String?
        for path in paths {
            var status = stat()
            guard stat(path, &status) == 0 else {
                let hint = !firstIsSystem && path == paths[0] && !path.contains("/") && !path.contains(".") ? "; it is no system either: \(systems)" : ""
                throw Trouble("cannot read \(path): \(FileProblem(errno: errno).message)\(hint)")
            }
            if status.st_mode & S_IFMT == S_IFDIR {
                let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
                root = root ?? folder
                try list(folder, depth: 0, into: &files, &modified)
            } else {
                files.append(path)
                modified[path] = Instant(status.st_mtim)
            }
        }
        return ImportSource(paths: files, root: root, modified: modified, reading: FileAccess.read)
    }

    private static func list(
        _ folder: String, depth: Int, into files: inout [String], _ modified: inout [String: Instant]
    ) throws(Trouble) {
        guard depth < deepest, let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        for name in names.sorted() {
            let path = "\(folder)/\(name)"
            var status = stat()
            // A link to a folder may lead back up.
            guard lstat(path, &status) == 0 else { continue }
            let isLink = status.st_mode & S_IFMT == S_IFLNK
            guard stat(path, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFDIR where !isLink: try list(path, depth: depth + 1, into: &files, &modified)
            case S_IFREG:
                files.append(path)
                modified[path] = Instant(status.st_mtim)
            default: continue
            }
            guard files.count <= mostFiles else { throw Trouble("\(folder) holds more than \(mostFiles) files; name the configuration's own") }
        }
    }

    // MARK: System

    private static var systems: String { MailSystem.allCases.map(\.rawValue).joined(separator: ", ") }

    /// The one system that a file is recognised as.
    private static func recognised(_ source: ImportSource) throws(Trouble) -> MailSystem {
        var recognition = SystemRecognition()
        var problem: ImportTrouble?
        for path in source.paths {
            do throws(ImportTrouble) { recognition.add(try source.file(path)) } catch { problem = problem ?? error }
        }
        let found = recognition.systems
        if found.count == 1 { return found[0] }
        if found.isEmpty, let problem, source.paths.count == 1 { throw Trouble(problem.message) }
        throw Trouble(
            found.isEmpty
                ? "no system is recognised; name it in front of the path: \(systems)"
                : "this could be \(found.map(\.rawValue).joined(separator: " or ")); name it in front of the path")
    }

    private static func facts(_ path: String?) throws(Trouble) -> ImportFacts {
        guard let path else { return ImportFacts() }
        switch path == "-" ? FileAccess.readAll(of: STDIN_FILENO) : FileAccess.read(path) {
        case .failure(let problem): throw Trouble("cannot read \(path): \(problem.message)")
        case .success(let bytes):
            let value: JSONValue
            do { value = try JSONValue(parsing: bytes) } catch { throw Trouble("\(path): not JSON: \(error)") }
            do { return try ImportFacts(json: value) } catch { throw Trouble("\(path): \(error.message)") }
        }
    }
}

extension Instant {
    fileprivate init(_ time: timespec) { self.init(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec)) }
}
