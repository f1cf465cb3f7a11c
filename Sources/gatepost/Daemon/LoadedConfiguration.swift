import Diagnostics
import MailTransport
import MailTypes
import PolicyLanguage
import PolicyReview
import RelayAnalysis
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
    let opened: OpenedFiles
    private let sources: [String: String]

    /// What `run` and `reload` refuse a file for: its errors, tests that fail, strangers who could relay, and words
    /// that this version cannot carry out.
    struct Refusal: Error {
        var problems: [Diagnostic]
        var sources: [String: String]
        var unreadable: FileProblem?

        /// For people, as `check` shows it; `file` is the one that was to be read.
        func text(_ style: TerminalStyle, file: ConfigurationFile) -> String {
            if let unreadable { return "gatepost: cannot read \(file.name): \(unreadable.message)" }
            return problems.map { style.rendered($0, source: sources[$0.at.file]) }.joined(separator: "\n\n")
        }
    }

    /// What `run` was started with, and what holds at each reload.
    struct Demands: Sendable {
        var strangersMayRelay = false
        /// What `only` and `never` claim is proved too; one that was not decided has failed.
        var strictTests = false
        var effort = Effort.standard
    }

    init(_ file: ConfigurationFile, _ demands: Demands = Demands()) throws(Refusal) {
        let bytes: [UInt8]
        switch file.bytes() {
        case .success(let read): bytes = read
        case .failure(let problem):
            throw Refusal(problems: [], sources: [:], unreadable: problem)
        }
        let result = file.read(bytes, purpose: .serving)
        let review = result.review(proofs: demands.strictTests ? .required : .skipped, effort: demands.effort)
        let opened = result.configuration.map { OpenedFiles($0, of: file, at: .now) }
        let found = (review?.diagnostics ?? []) + (opened?.problems ?? [])
        let diagnostics = result.diagnostics(with: found)
        let refusals = result.diagnostics(
            with: found + (review?.failedTests ?? []) + result.notCarriedOut.map(Self.refusal)
        ).filter { problem in
            problem.severity == .error || problem.severity == .critical && !demands.strangersMayRelay
        }
        guard let configuration = result.configuration, let opened, refusals.isEmpty else {
            throw Refusal(problems: refusals, sources: result.sources)
        }
        (self.configuration, self.opened) = (configuration, opened)
        self.file = file.name
        fingerprint = Self.fingerprint(of: result.sources)
        policyHash = Self.policyHash(of: result.sources)
        loadedAt = .now
        sources = result.sources
        warnings = diagnostics
    }

    private static func refusal(_ word: Configuration.NotYet) -> Diagnostic {
        Diagnostic(
            .error, "`\(word.word)` is read and checked, but this version cannot carry it out", at: word.at,
            why: "running without it would be something else than the file says",
            fix: "take it out to run; `gatepost try` and `gatepost check` understand it as it stands")
    }

    /// The address that cannot be listened on, where it stands in the file.
    func refusal(for problem: ListeningProblem) -> Refusal {
        let listener = configuration.listeners.first { $0.name == problem.listener }
        let address = listener?.addresses.first { $0.host == problem.address.host && $0.port == problem.address.port }
        let place = address?.at ?? listener?.at ?? SourceLocation(file: file, line: 1, column: 1)
        let diagnostic = Diagnostic(
            .error, "cannot listen on \(problem.address) (\(problem.listener)): \(problem.message)", at: place,
            fix: "end what has the address (`ss -ltnp` shows it), or write another")
        return Refusal(problems: [diagnostic], sources: sources)
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

    /// Names of the files, of this one and the lists it names, that now read differently on disk.
    var changedOnDisk: [String] {
        let file = ConfigurationFile(file)
        guard case .success(let bytes) = file.bytes() else { return [file.name] }
        return changes(to: file.read(bytes, purpose: .serving).sources)
    }

    /// Names of the files whose text is another one than in `former`, or that only one of them reads.
    func changedFiles(since former: LoadedConfiguration) -> [String] { former.changes(to: sources) }

    private func changes(to texts: [String: String]) -> [String] {
        Set(sources.keys).union(texts.keys).filter { sources[$0] != texts[$0] }.sorted()
    }
}
