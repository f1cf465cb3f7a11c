import Diagnostics
import MailTypes
import PolicyLanguage
import RelayPolicy

/// A configuration that `run` accepts, with what is kept of its file.
struct LoadedConfiguration: Sendable {
    let configuration: Configuration
    let file: String
    /// Tells one text of the file and its lists from another.
    let fingerprint: String
    /// The same whatever name the file was called by: what is kept with each decision.
    let policyHash: String
    let loadedAt: Instant
    let warnings: [Diagnostic]

    /// What `run` and `reload` refuse a file for: its errors, tests that fail, strangers who could relay, and words
    /// that this version cannot carry out.
    struct Refusal: Error {
        var problems: [Diagnostic]
        var sources: [String: String]
        var unreadable: String?

        /// For people, as `check` shows it.
        func text(_ style: TerminalStyle) -> String {
            if let unreadable { return unreadable }
            return problems.map { style.rendered($0, source: sources[$0.at.file]) }.joined(separator: "\n\n")
        }
    }

    init(_ file: ConfigurationFile, strangersMayRelay: Bool) throws(Refusal) {
        let bytes: [UInt8]
        switch file.bytes() {
        case .success(let read): bytes = read
        case .failure(let problem):
            throw Refusal(problems: [], sources: [:], unreadable: "cannot read \(file.name): \(problem.message)")
        }
        let result = file.read(bytes, purpose: .serving)
        var refusals = result.diagnostics.filter { problem in
            problem.severity == .error || problem.severity == .critical && !strangersMayRelay
        }
        if let configuration = result.configuration {
            refusals += configuration.failedTests()
            refusals += configuration.notCarriedOut.map(Self.refusal)
        }
        guard let configuration = result.configuration, refusals.isEmpty else {
            throw Refusal(problems: refusals, sources: result.sources)
        }
        self.configuration = configuration
        self.file = file.name
        fingerprint = Self.fingerprint(of: result.sources)
        policyHash = Self.policyHash(of: result.sources)
        loadedAt = .now
        warnings = result.diagnostics
    }

    private static func refusal(_ word: Configuration.NotYet) -> Diagnostic {
        Diagnostic(
            .error, "`\(word.word)` is read and checked, but this version cannot carry it out", at: word.at,
            why: "running without it would be something else than the file says",
            fix: "take it out to run; `gatepost try` and `gatepost check` understand it as it stands")
    }

    /// 64 bits of FNV-1a over names and texts: enough to see that a file has changed, no proof against an enemy.
    static func fingerprint(of sources: [String: String]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for (name, text) in sources.sorted(by: { $0.key < $1.key }) {
            for byte in Array(name.utf8) + [0] + Array(text.utf8) + [0] {
                hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
            }
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Of the texts alone.
    static func policyHash(of sources: [String: String]) -> String {
        fingerprint(of: Dictionary(uniqueKeysWithValues: sources.values.sorted().enumerated().map { ("\($0)", $1) }))
    }

    /// Whether the file or a list it names now reads differently.
    var fileDiffers: Bool {
        let file = ConfigurationFile(file)
        guard case .success(let bytes) = file.bytes() else { return true }
        return Self.fingerprint(of: file.read(bytes, purpose: .serving).sources) != fingerprint
    }
}
