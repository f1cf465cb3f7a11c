import Glibc

/// Signals as a stream of events. They are blocked in every thread and taken by one that waits for them, so no code
/// runs in a signal handler.
enum Signals {
    /// Blocks them for this thread and all that it will start: before anything else is started.
    static func block() {
        var set = set()
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    private static func set() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in [SIGHUP, SIGTERM, SIGINT] { sigaddset(&set, number) }
        return set
    }

    /// `SIGHUP`, `SIGTERM`, `SIGINT` as they come.
    static func stream() -> AsyncStream<Int32> {
        AsyncStream { continuation in
            let box = Unmanaged.passRetained(Box(continuation))
            var id = pthread_t()
            pthread_create(&id, nil, { argument in
                guard let argument else { return nil }
                let box = Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
                var set = Signals.set()
                var number: Int32 = 0
                while sigwait(&set, &number) == 0 { box.continuation.yield(number) }
                return nil
            }, box.toOpaque())
            pthread_detach(id)
        }
    }

    private final class Box: Sendable {
        let continuation: AsyncStream<Int32>.Continuation
        init(_ continuation: AsyncStream<Int32>.Continuation) { self.continuation = continuation }
    }
}
