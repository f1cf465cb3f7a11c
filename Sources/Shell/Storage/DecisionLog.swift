import DecisionRecords
import Glibc
import MailTypes
import NIOConcurrencyHelpers

/// Keeps decisions in a file, from a thread of its own and many at once. Whatever becomes of the file, mail goes on:
/// records that cannot be kept wait, and when too many wait they are dropped and counted.
public final class DecisionLog: Sendable {
    struct Queue {
        var rows = DecisionRows()
        /// Taken by the writer, and not in the file yet.
        var inHand = 0
        var dropped = 0
        var droppedSinceNote = 0
        var written = 0
        var trouble: String?
        var retention: DecisionRetention
        var isClosed = false
    }

    enum Signal { static let none = 0, some = 1 }

    /// Records that wait at most.
    public static let capacity = 32_768

    let path: String
    let queue: NIOLockedValueBox<Queue>
    let signal = ConditionLock(value: Signal.none)
    private let ended = ConditionLock(value: false)
    /// How long the end of the program waits for the last records.
    private static let farewell = 5.0

    /// `report` is told, on the writer's thread, what an administrator has to know.
    public init(
        path: String, retention: DecisionRetention, clock: @escaping @Sendable () -> Instant,
        report: @escaping @Sendable (LogNote) -> Void
    ) {
        self.path = path
        queue = NIOLockedValueBox(Queue(retention: retention))
        let writer = DecisionWriter(self, clock: clock, report: report)
        let argument = Unmanaged.passRetained(writer)
        var id = pthread_t()
        pthread_create(&id, nil, { argument in
            guard let argument else { return nil }
            Unmanaged<DecisionWriter>.fromOpaque(argument).takeRetainedValue().run()
            return nil
        }, argument.toOpaque())
        pthread_detach(id)
    }

    /// Of any thread; it does not wait. `policy` tells one text of the configuration from another.
    public func append(_ record: DecisionRecord, policy: String) {
        let wakes = queue.withLockedValue { queue in
            guard !queue.isClosed, queue.rows.count + queue.inHand < Self.capacity else {
                queue.dropped += 1
                queue.droppedSinceNote += 1
                return false
            }
            // As bytes, and not the record: to keep it alive, so that the next message finds no memory that is still in the
            // cache, costs more than to write it.
            queue.rows.append(record, policy: policy)
            return queue.rows.count == 1
        }
        if wakes { wake() }
    }

    public func use(_ retention: DecisionRetention) {
        queue.withLockedValue { $0.retention = retention }
        wake()
    }

    public var status: DecisionLogStatus {
        queue.withLockedValue { queue in
            DecisionLogStatus(
                trouble: queue.trouble, written: queue.written, dropped: queue.dropped,
                waiting: queue.rows.count + queue.inHand)
        }
    }

    /// Writes what waits, at the end of the program.
    public func close() {
        queue.withLockedValue { $0.isClosed = true }
        wake()
        if ended.lock(whenValue: true, timeoutSeconds: Self.farewell) { ended.unlock() }
    }

    private func wake() {
        signal.lock()
        signal.unlock(withValue: Signal.some)
    }

    func writerHasEnded() {
        ended.lock()
        ended.unlock(withValue: true)
    }
}
