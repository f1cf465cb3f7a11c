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
    /// The policy where the errors are all in what says nothing of it: upstreams, routes, limits, the log, tests, or
    /// what is missing. A policy of which a line could not be read is none to say anything about.
    public var policyBesideErrors: Policy?
    public init(
        configuration: Configuration?, diagnostics: [Diagnostic], sources: [String: String],
        notCarriedOut: [Configuration.NotYet] = [], policyBesideErrors: Policy? = nil
    ) {
        (self.configuration, self.diagnostics, self.sources) = (configuration, diagnostics, sources)
        (self.notCarriedOut, self.policyBesideErrors) = (notCarriedOut, policyBesideErrors)
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
