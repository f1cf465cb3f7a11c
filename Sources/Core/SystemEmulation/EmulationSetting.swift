import ConfigImport
import PolicyLanguage

/// A configuration with which a system can be shown: what its owner may have written, for the domain `ours.test`, the
/// host `old.ours.test` (192.0.2.1) and an office in 192.0.2.0/24.
public struct EmulationSetting: Hashable, Sendable {
    /// A word for `--setting`.
    public var name: String
    /// What it is, in a few words.
    public var what: String
    /// Whether strangers relay with it.
    public var isOpen: Bool
    public var files: [File]
    public var facts: ImportFacts

    public struct File: Hashable, Sendable {
        public var name: String
        public var text: String
        public init(_ name: String, _ text: String) { (self.name, self.text) = (name, text) }
    }

    public init(_ name: String, _ what: String, isOpen: Bool, facts: ImportFacts = ImportFacts(), _ files: File...) {
        (self.name, self.what, self.isOpen, self.facts, self.files) = (name, what, isOpen, facts, files)
    }

    /// What an importer reads.
    public var source: ImportSource {
        let files = files
        return ImportSource(paths: files.map(\.name), root: "") { path in
            let name = path.hasPrefix("/") ? String(path.dropFirst()) : path
            guard let file = files.first(where: { $0.name == path || $0.name == name }) else { return .failure(FileProblem("no such file")) }
            return .success(Array(file.text.utf8))
        }
    }
}

extension MailSystem {
    /// An open setting first, which is the one that is shown unless another is asked for; one that closes it follows
    /// where the system has one.
    public var settings: [EmulationSetting] {
        switch self {
        case .mercury: EmulationSetting.mercury
        default: []
        }
    }
}
