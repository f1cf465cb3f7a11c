extension Configuration {
    public struct Log: Sendable {
        public enum Destination: String, Sendable, CaseIterable { case journal, stderr }
        public enum Format: String, Sendable, CaseIterable { case text, json }
        public var destination: Destination = .stderr
        public var format: Format = .text
        /// Nil: decisions are not kept (`keep-decisions no`).
        public var keptDecisions: KeptDecisions? = KeptDecisions()
        public init() {}
    }

    /// For how long decisions are kept in the state directory: until they are older than `age`, or take more room than
    /// `size` bytes.
    public struct KeptDecisions: Hashable, Sendable {
        public var age: Duration
        public var size: UInt64
        /// The least `size`.
        public static let least: UInt64 = 1 << 20
        public init(age: Duration = .seconds(30 * 86_400), size: UInt64 = 1 << 30) { (self.age, self.size) = (age, size) }
    }
}
