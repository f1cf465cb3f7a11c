import Diagnostics
import RelayPolicy

/// The outcome of reading a file: the configuration is nil when there is any error.
public struct ReadResult: Sendable {
    public var configuration: Configuration?
    /// In file order.
    public var diagnostics: [Diagnostic]
    /// Text of every file that was read, by the name that diagnostics give it.
    public var sources: [String: String]
    /// Words that this version reads and cannot carry out (Meaning 17), in file order, also beside errors.
    public var notCarriedOut: [Configuration.NotYet]
    /// The policy where the errors are all in what says nothing of it (upstreams, routes, limits, the log, tests, what is
    /// missing) or are no errors of reading (GP-001, GP-002): permits without a proof are not in it. A policy of which a
    /// line could not be read is none to say anything about.
    public var policyBesideErrors: Policy?
    /// The lines of `tests` that could be read, for that policy.
    public var testsBesideErrors: [PolicyTest] = []
    /// What the file defines, also beside errors.
    public var names = DefinedNames()

    public init(
        configuration: Configuration?, diagnostics: [Diagnostic], sources: [String: String],
        notCarriedOut: [Configuration.NotYet] = []
    ) {
        (self.configuration, self.diagnostics, self.sources) = (configuration, diagnostics, sources)
        self.notCarriedOut = notCarriedOut
    }

    /// The reader's problems, a list's where it is named, with others put where they belong.
    public func diagnostics(with others: [Diagnostic]) -> [Diagnostic] {
        var merged = diagnostics
        for other in others {
            let place = merged.firstIndex {
                $0.at.file == other.at.file && ($0.at.line, $0.at.column) > (other.at.line, other.at.column)
            }
            merged.insert(other, at: place ?? merged.endIndex)
        }
        return merged
    }
}

/// The names that a file gives to things, in its order.
public struct DefinedNames: Hashable, Sendable {
    public var rules: [String] = []
    public var listeners: [String] = []
    public var networks: [String] = []
    public var senders: [String] = []
    public init() {}
}

/// How far a file must be complete.
public enum ReadPurpose: Sendable {
    /// `run`, `check`: needs upstreams, routes and listeners.
    case serving
    /// `try`, `check --policy-only` …: the policy alone.
    case policyOnly
}

/// A file that could not be read; the text is for people: `no such file`.
public struct FileProblem: Error, Hashable, Sendable {
    public let message: String
    public init(_ message: String) { self.message = message }
}

/// Gives the bytes of a list file. `path` is already joined with the folder of the file that names it.
public typealias FileReading = (_ path: String) -> Result<[UInt8], FileProblem>
