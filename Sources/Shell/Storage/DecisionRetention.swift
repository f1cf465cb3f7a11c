/// How long decisions are kept: whichever of the two is reached first.
public struct DecisionRetention: Hashable, Sendable {
    public var age: Duration
    /// Bytes of the file that are in use.
    public var size: UInt64
    public init(age: Duration, size: UInt64) { (self.age, self.size) = (age, size) }
}
