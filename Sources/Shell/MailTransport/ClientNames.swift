import RelayPolicy

/// Who looks up names of clients. It answers every question once, within a bounded time, at once or on any thread.
public protocol ClientNames: Sendable {
    func find(_ question: NameQuestion, then: @escaping @Sendable (NameAnswer) -> Void)
}
