import MailTypes
import PolicyLanguage

/// What the importers may read: the files that were named, those in the folders that were named, and what these name.
public struct ImportSource {
    /// Every file that was given, in order; of a folder all files below it, by their path.
    public let paths: [String]
    /// The folder that stands for `/` in absolute names within the files; nil where only files were given.
    public let root: String?
    private let modified: [String: Instant]
    private let reading: FileReading

    /// `paths`, `modified` and `reading` use the same names, those that people see. `modified`: when each was last written,
    /// as far as that is known.
    public init(
        paths: [String], root: String? = nil, modified: [String: Instant] = [:], reading: @escaping FileReading
    ) {
        (self.paths, self.root, self.modified, self.reading) = (paths, root, modified, reading)
    }

    /// Files that are held in memory, in their order.
    public init(
        held files: [(path: String, bytes: [UInt8])], root: String? = nil, modified: [String: Instant] = [:]
    ) {
        let bytes = Dictionary(files.map { ($0.path, $0.bytes) }) { first, _ in first }
        self.init(paths: files.map(\.path), root: root, modified: modified) { path in
            let below = root == "" && path.hasPrefix("/") ? String(path.dropFirst()) : path
            return (bytes[path] ?? bytes[below]).map { .success($0) } ?? .failure(FileProblem("no such file"))
        }
    }

    /// When the file was last written; nil where nobody said it.
    public func modified(_ path: String) -> Instant? { modified[path] }

    /// Reads one file; the trouble says which.
    public func file(_ path: String) throws(ImportTrouble) -> ConfigFile {
        switch reading(path) {
        case .failure(let problem): throw ImportTrouble("cannot read \(path): \(problem.message)")
        case .success(let bytes):
            do {
                return try ConfigFile(bytes, path: path)
            } catch {
                throw ImportTrouble("\(path): \(error.message)")
            }
        }
    }

    /// The given files whose last component is one of `names`, in any case of letters.
    public func paths(named names: String...) -> [String] {
        paths.filter { path in
            let base = path.split(separator: "/").last.map { $0.lowercased() } ?? path
            return names.contains { $0.lowercased() == base }
        }
    }

    /// What `name`, written in the file `path`, is here: an absolute name begins at `root`, a relative one in the
    /// folder of that file.
    public func resolve(_ name: String, namedIn path: String) -> String {
        if name.hasPrefix("/") { return root.map { ($0 == "/" ? "" : $0) + name } ?? name }
        guard let slash = path.lastIndex(of: "/") else { return name }
        return path[...slash] + name
    }

    /// A file that another one names: where that says, else a given one of that name, since files are handed over
    /// without their folders. A file that is not there is `nil`, since servers start without theirs; what that means is
    /// for the importer to say.
    public func file(named name: String, in path: String) throws(ImportTrouble) -> ConfigFile? {
        let resolved = resolve(name, namedIn: path)
        if case .success = reading(resolved) { return try file(resolved) }
        guard let base = name.split(separator: "/").last, let given = paths(named: String(base)).first else { return nil }
        return try file(given)
    }
}

/// What keeps a configuration from being read at all; the text is for people.
public struct ImportTrouble: Error, Hashable, Sendable {
    public let message: String
    public init(_ message: String) { self.message = message }
}
