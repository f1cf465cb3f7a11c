import Glibc
import NIOConcurrencyHelpers

/// Writes log lines on a thread of its own, many in one write: a slow reader of the log never holds up mail. When it
/// is so slow that the queue is full, lines are dropped and counted.
final class LogWriter: Sendable {
    private struct Queue {
        var bytes: [UInt8] = []
        var dropped = 0
        var isClosed = false
    }

    private enum State { static let empty = 0, filled = 1 }

    /// Bytes that wait at most.
    private static let capacity = 8 << 20
    /// Lines that come within this time go out together.
    private static let gathering: UInt32 = 20_000

    private let descriptor: Int32
    /// The line that says how many were dropped.
    private let describeDrops: @Sendable (Int) -> String
    private let condition = ConditionLock(value: State.empty)
    private let queue = NIOLockedValueBox(Queue())

    init(descriptor: Int32, describeDrops: @escaping @Sendable (Int) -> String) {
        (self.descriptor, self.describeDrops) = (descriptor, describeDrops)
        OwnThread.run { self.writeUntilClosed() }
    }

    /// `line` has no line end.
    func append(_ line: some Collection<UInt8>) {
        let wasEmpty = queue.withLockedValue { queue in
            guard queue.bytes.count + line.count < Self.capacity else {
                queue.dropped += 1
                return false
            }
            defer {
                queue.bytes += line
                queue.bytes.append(UInt8(ascii: "\n"))
            }
            return queue.bytes.isEmpty
        }
        if wasEmpty { wake() }
    }

    func append(_ text: String) { append(text.utf8) }

    private func wake() {
        condition.lock()
        condition.unlock(withValue: State.filled)
    }

    private func writeUntilClosed() {
        while true {
            condition.lock(whenValue: State.filled)
            condition.unlock(withValue: State.empty)
            writeOut()
            if queue.withLockedValue({ $0.isClosed }) { return }
            usleep(Self.gathering)
            writeOut()
        }
    }

    private func writeOut() {
        let (bytes, dropped) = queue.withLockedValue { queue in
            let taken = (queue.bytes, queue.dropped)
            (queue.bytes, queue.dropped) = ([], 0)
            // About as much will come again, and need not be copied as it grows.
            queue.bytes.reserveCapacity(taken.0.count)
            return taken
        }
        if !bytes.isEmpty { _ = FileAccess.write(bytes, to: descriptor) }
        if dropped > 0 { _ = FileAccess.write(Array((describeDrops(dropped) + "\n").utf8), to: descriptor) }
    }

    /// Writes what waits, at the end of the program.
    func close() {
        queue.withLockedValue { $0.isClosed = true }
        writeOut()
    }
}
