import Diagnostics
import Glibc
import MailTypes
import PolicyLanguage

/// The gatepost.conf that a command is about.
struct ConfigurationFile {
    static let systemPath = "/etc/gatepost/gatepost.conf"
    private static let localName = "gatepost.conf"

    /// As people know it: what they typed. `-` is standard input.
    let path: String

    /// Nil: the one in the current folder, if it is there, else the system's.
    init(_ path: String?) {
        self.path = path ?? (access(Self.localName, F_OK) == 0 ? Self.localName : Self.systemPath)
    }

    var isStandardInput: Bool { path == "-" }
    /// The name that diagnostics cite.
    var name: String { isStandardInput ? "<stdin>" : path }

    /// Where it really is, so that two names of one file are the same; nil for standard input, and where it is not.
    var realPath: String? {
        guard !isStandardInput, let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// A path that the file names: a relative one begins where the file is.
    func resolve(_ named: String) -> String {
        guard !isStandardInput, !named.hasPrefix("/"), let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return named
        }
        return path[...slash] + named
    }

    func bytes() -> Result<[UInt8], FileProblem> {
        isStandardInput ? FileAccess.readAll(of: STDIN_FILENO) : FileAccess.read(path)
    }

    func read(_ bytes: [UInt8], purpose: ReadPurpose) -> ReadResult {
        Configuration.read(bytes, file: name, purpose: purpose, now: .now, files: FileAccess.read)
    }

    /// For commands that only use the configuration: its errors go to standard error and end the command.
    func configuration(purpose: ReadPurpose) throws(Trouble) -> Configuration {
        try configurationAndText(purpose: purpose).configuration
    }

    /// The same with the bytes that were read.
    func configurationAndText(purpose: ReadPurpose) throws(Trouble) -> (configuration: Configuration, bytes: [UInt8]) {
        let bytes = try text()
        return (try configuration(of: bytes, purpose: purpose), bytes)
    }

    /// The same from bytes that were read already.
    func configuration(of bytes: [UInt8], purpose: ReadPurpose) throws(Trouble) -> Configuration {
        let result = read(bytes, purpose: purpose)
        guard let configuration = result.configuration else {
            let errors = result.diagnostics.filter { $0.severity >= .error }
            for error in errors {
                StandardError.print(error.rendered(source: result.sources[error.at.file]) + "\n")
            }
            throw Trouble("\(name) has \(counted(errors.count, "error")); `gatepost check` shows the warnings too")
        }
        return configuration
    }

    /// The bytes, or trouble.
    func text() throws(Trouble) -> [UInt8] {
        switch bytes() {
        case .success(let bytes): return bytes
        case .failure(let problem): throw Trouble("cannot read \(name): \(problem.message)")
        }
    }
}

/// `1 error`, `2 errors`.
func counted(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

/// `4,031`
func grouped(_ number: Int) -> String { AddressAmount.grouped(UInt128(number)) }
