extension Configuration {
    public struct Log: Sendable {
        public enum Destination: String, Sendable, CaseIterable { case journal, stderr }
        public enum Format: String, Sendable, CaseIterable { case text, json }
        public var destination: Destination = .stderr
        public var format: Format = .text
        public init() {}
    }
}
