/// How keeping decisions goes, since the start.
public struct DecisionLogStatus: Hashable, Sendable {
    /// Why nothing can be written now; nil when all is well.
    public var trouble: String?
    public var written: Int
    /// For want of room in the queue.
    public var dropped: Int
    /// Not in the file yet.
    public var waiting: Int
}
