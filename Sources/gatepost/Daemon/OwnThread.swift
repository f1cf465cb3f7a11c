import Glibc

/// Work that waits for the outside world, on a thread of its own: the event loops and the tasks of others go on.
enum OwnThread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// False where the system has no thread to give.
    @discardableResult
    static func run(_ body: @escaping @Sendable () -> Void) -> Bool {
        let work = Unmanaged.passRetained(Work(body))
        var id = pthread_t()
        let result = pthread_create(&id, nil, { argument in
            guard let argument else { return nil }
            Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
            return nil
        }, work.toOpaque())
        guard result == 0 else {
            work.release()
            return false
        }
        pthread_detach(id)
        return true
    }
}
