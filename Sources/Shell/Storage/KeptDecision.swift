import DecisionRecords

/// A decision as it was read from the file.
public struct KeptDecision: Sendable {
    /// In the order of writing.
    public let key: Int64
    public let record: DecisionRecord
    /// Which text of the configuration decided.
    public let policy: String?
}
