import Diagnostics

/// Where a line of an imported policy comes from: a place in the original, a default of the system, or both.
public struct Origin: Hashable, Sendable {
    /// Nil for what no file says.
    public var at: SourceLocation?
    /// What it is, where the place alone does not tell: `default`, `FEATURE(relay_entire_domain)`.
    public var note: String?

    public init(_ at: SourceLocation, note: String? = nil) { (self.at, self.note) = (at, note) }
    /// A default of the system, or something that follows from the absence of a line.
    public init(note: String) { (at, self.note) = (nil, note) }
}

extension Origin: CustomStringConvertible {
    /// `mercury.ini:14`, `sendmail.mc:3, FEATURE(relay_entire_domain)`, `default: reroute`.
    public var description: String { [at?.lineReference, note].compactMap { $0 }.joined(separator: ", ") }
}
