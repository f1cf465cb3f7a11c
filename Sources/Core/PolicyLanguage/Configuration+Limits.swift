extension Configuration {
    /// `limits { }`; nil is not written, so only the built-in ones count.
    public struct Limits: Sendable {
        public var connections: Int?
        public var connectionsForEachClient: Int?
        /// Bytes.
        public var messageSize: Int?
        public var recipientsPerMessage: Int?
        public var badCommands: Int?
        public var refusedRelays: RefusedRelays?

        public init() {}

        public struct RefusedRelays: Hashable, Sendable {
            public var count: Int
            public var window: Duration
            public var ban: Duration

            public init(count: Int, window: Duration, ban: Duration) {
                (self.count, self.window, self.ban) = (count, window, ban)
            }
        }
    }
}
