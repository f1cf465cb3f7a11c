import ArgumentParser
import PolicyLanguage

/// What a shell completes from the configuration that the command line names.
enum ConfiguredNames {
    static let rules = completion { $0.rules }
    static let listeners = completion { $0.listeners }
    static let networks = completion { $0.networks }
    static let senders = completion { $0.senders }

    private static func completion(_ names: @Sendable @escaping (DefinedNames) -> [String]) -> CompletionKind {
        .custom { words, _, _ in names(defined(words)).map(literal) }
    }

    /// A file with errors has names too; one that cannot be read has none.
    private static func defined(_ words: [String]) -> DefinedNames {
        let file = ConfigurationFile(path(in: words))
        guard !file.isStandardInput, case .success(let bytes) = file.bytes() else { return DefinedNames() }
        return file.read(bytes, purpose: .policyOnly).names
    }

    /// What stands behind `-c`.
    private static func path(in words: [String]) -> String? {
        let flag = words.firstIndex { $0 == "-c" || $0 == "--config" }
        return flag.flatMap { words.dropFirst($0 + 1).first }
    }

    /// bash reads candidates as it reads a command, and would run what stands in them; zsh takes what is behind a colon
    /// for an explanation.
    private static func literal(_ name: String) -> String {
        let shell = CompletionShell.requesting
        return name.reduce(into: "") { text, character in
            let isSpecial =
                shell == .bash
                ? character.isASCII && !character.isLetter && !character.isNumber
                : shell == .zsh && (character == ":" || character == "\\")
            text += isSpecial ? "\\\(character)" : "\(character)"
        }
    }
}
