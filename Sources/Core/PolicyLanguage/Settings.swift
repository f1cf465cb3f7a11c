import Diagnostics
import MailTypes
import RelayPolicy

/// What a gatepost.conf says: the policy, and how the program is to stand before its servers.
public struct Configuration: Sendable {
    public var policy = Policy()
    public var node = Node()
    public var upstreams: [Upstream] = []
    public var listeners: [Listener] = []
    public var limits = Limits()
    public var log = Log()
    public var tests: [PolicyTest] = []
    /// Words that `run` refuses because this version cannot carry them out yet (Meaning 17), with place.
    public var notCarriedOut: [NotYet] = []

    public struct Node: Sendable {
        public var hostname: String?
        /// Directory; nil when not written.
        public var state: String?
        public init() {}
    }

    public struct Upstream: Sendable {
        public var name: String
        public var servers: [Server]
        public var at: SourceLocation
        public struct Server: Hashable, Sendable {
            /// Address text or host name.
            public var host: String
            public var port: UInt16
            public var implicitTLS: Bool
            public var isBackup: Bool
            public init(host: String, port: UInt16, implicitTLS: Bool = false, isBackup: Bool = false) {
                (self.host, self.port, self.implicitTLS, self.isBackup) = (host, port, implicitTLS, isBackup)
            }
        }
        public init(name: String, servers: [Server], at: SourceLocation) {
            (self.name, self.servers, self.at) = (name, servers, at)
        }
    }

    public struct Listener: Sendable {
        public var name: String
        public var addresses: [Address]
        public var at: SourceLocation
        public struct Address: Hashable, Sendable {
            public var host: IPAddress
            public var port: UInt16
            public var implicitTLS: Bool
            public var at: SourceLocation
            public init(host: IPAddress, port: UInt16, implicitTLS: Bool = false, at: SourceLocation) {
                (self.host, self.port, self.implicitTLS, self.at) = (host, port, implicitTLS, at)
            }
        }
        public init(name: String, addresses: [Address], at: SourceLocation) {
            (self.name, self.addresses, self.at) = (name, addresses, at)
        }
    }

    /// `limits { }`; nil is not written, so only the built-in ones count.
    public struct Limits: Sendable {
        public var connections: Int?
        public var connectionsForEachClient: Int?
        /// Bytes.
        public var messageSize: Int?
        public var recipientsPerMessage: Int?
        public var badCommands: Int?
        public var refusedRelays: RefusedRelays?
        public struct RefusedRelays: Hashable, Sendable {
            public var count: Int
            public var window: Duration
            public var ban: Duration
            public init(count: Int, window: Duration, ban: Duration) {
                (self.count, self.window, self.ban) = (count, window, ban)
            }
        }
        public init() {}
    }

    public struct Log: Sendable {
        public enum Destination: String, Sendable { case journal, stderr }
        public enum Format: String, Sendable { case text, json }
        public var destination: Destination = .stderr
        public var format: Format = .text
        public init() {}
    }

    public struct NotYet: Hashable, Sendable {
        /// `starttls offered`
        public var word: String
        public var at: SourceLocation
        public init(word: String, at: SourceLocation) { (self.word, self.at) = (word, at) }
    }
    public init() {}
}

/// One line of `tests { }`.
public struct PolicyTest: Sendable {
    public enum Claim: Sendable {
        /// `permit|reject|defer from … sender … to … [by "RULE"] [as delivery]`
        case decision(Verdict, RelayRequest, by: String?, asDelivery: Bool)
        /// `only …` and `never …`: read, not proved yet; their text.
        case proof(String)
    }
    public var claim: Claim
    public var text: String
    public var at: SourceLocation
    public init(claim: Claim, text: String, at: SourceLocation) {
        (self.claim, self.text, self.at) = (claim, text, at)
    }
}

/// The outcome of reading a file: the configuration is nil when there is any error.
public struct ReadResult: Sendable {
    public var configuration: Configuration?
    /// In file order.
    public var diagnostics: [Diagnostic]
    /// Text of every file that was read, by the name that diagnostics give it.
    public var sources: [String: String]
    public init(configuration: Configuration?, diagnostics: [Diagnostic], sources: [String: String]) {
        (self.configuration, self.diagnostics, self.sources) = (configuration, diagnostics, sources)
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

/// Gives the bytes of a list file. The name is relative to the file that names it, or absolute; the reader joins.
public typealias FileReading = (_ path: String) -> Result<[UInt8], FileProblem>

extension Configuration {
    /// Reads a whole file. Every problem is said at once. `file` is its path as people know it.
    public static func read(
        _ bytes: [UInt8], file: String, purpose: ReadPurpose, now: Instant, files: FileReading
    ) -> ReadResult { fatalError("stub") }
}

/// The canonical layout of a file, comments and line ends kept; nil when it cannot be tokenised.
public func formatted(_ bytes: [UInt8], file: String) -> Result<[UInt8], FormatProblems> { fatalError("stub") }

public struct FormatProblems: Error, Sendable {
    public var diagnostics: [Diagnostic]
    public init(_ diagnostics: [Diagnostic]) { self.diagnostics = diagnostics }
}
