import Diagnostics

/// What an importer has to say beside the policy: what it did not understand, and what is wrong with the original.
public struct ImportNotes: Hashable, Sendable {
    /// May change who can relay, and is not understood.
    public private(set) var opaque: [OpaquePart] = []
    public private(set) var findings: [AuditFinding] = []
    /// The findings again: a file can give rise to as many as it has lines.
    private var known: Set<AuditFinding> = []
    /// How many directives were translated into policy.
    public private(set) var modelled = 0
    /// How many directives cannot change who may relay: banners, log levels, queue times.
    public private(set) var irrelevant = 0
    /// Which of the system's readings was taken, where releases differ: `Mercury 4: the narrowest entry applies`.
    public var reading: String?

    public init() {}

    /// A directive that was translated.
    public mutating func model() { modelled += 1 }
    /// A directive that was left out on purpose.
    public mutating func ignore() { irrelevant += 1 }
    /// A directive, or another part, that may matter and is not understood.
    public mutating func obscure(_ text: String, at: Origin, why: String) {
        opaque.append(OpaquePart(text: text, at: at, why: why))
    }
    /// Something the owner should know; the same thing is said once.
    public mutating func find(_ finding: AuditFinding) { if known.insert(finding).inserted { findings.append(finding) } }
}

/// A part of the original that may change who can relay, and is not understood. An audit takes it for a hole.
public struct OpaquePart: Hashable, Sendable {
    /// As it is written there.
    public var text: String
    public var at: Origin
    public var why: String
    public init(text: String, at: Origin, why: String) { (self.text, self.at, self.why) = (text, at, why) }
}

/// Something in the original that its owner should know.
public struct AuditFinding: Hashable, Sendable {
    public enum Severity: String, Hashable, Sendable, CaseIterable, Comparable {
        /// For information.
        case note
        /// Unwise, fragile, or losing wanted mail.
        case warning
        /// A stranger can relay by it.
        case critical
        public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
        private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// How sure it is.
    public enum Confidence: String, Hashable, Sendable {
        /// Read from the source, run, or documented by its makers.
        case certain
        /// From good but incomplete accounts.
        case likely
        /// What the accounts suggest.
        case guess
    }

    /// Stable: `mercury-refuse-everybody`.
    public var id: String
    public var severity: Severity
    public var message: String
    /// The line that does it, or what no line says.
    public var at: Origin
    public var why: String
    /// What to write, in the original's own syntax.
    public var fix: String?
    public var confidence: Confidence
    /// A recipient hides another, which no grant of the policy shows: the finding stands whatever the analysis says.
    public var isOfHiddenDestination: Bool

    public init(
        _ id: String, _ severity: Severity, _ message: String, at: Origin, why: String, fix: String? = nil,
        confidence: Confidence = .certain, isOfHiddenDestination: Bool = false
    ) {
        (self.id, self.severity, self.message, self.at) = (id, severity, message, at)
        (self.why, self.fix, self.confidence) = (why, fix, confidence)
        self.isOfHiddenDestination = isOfHiddenDestination
    }
}
