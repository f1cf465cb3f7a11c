import DecisionRecords
import Glibc
import MailTypes
import NIOConcurrencyHelpers

/// The thread of a `DecisionLog`: takes what waits, writes it, deletes what is too old, and begins again after trouble.
final class DecisionWriter {
    /// Records that come within this time, in microseconds, are written together.
    private static let gathering: UInt32 = 200_000
    /// Records in one transaction.
    private static let batch = 1000
    /// Seconds between two attempts while the file cannot be written.
    private static let pause = 2.0
    /// Seconds between two looks for old records while nothing is to be written.
    private static let idle = 60.0

    private let log: DecisionLog
    private let clock: @Sendable () -> Instant
    private let report: @Sendable (LogNote) -> Void
    private var database: DecisionDatabase?
    /// Taken from the log; those before `next` are in the file.
    private var pending = DecisionRows()
    private var next = DecisionRows.Position()
    private var remaining = 0
    private var isInTrouble = false

    init(_ log: DecisionLog, clock: @escaping @Sendable () -> Instant, report: @escaping @Sendable (LogNote) -> Void) {
        (self.log, self.clock, self.report) = (log, clock, report)
    }

    func run() {
        write()
        while true {
            let longest = isInTrouble ? Self.pause : Self.idle
            if log.signal.lock(whenValue: DecisionLog.Signal.some, timeoutSeconds: longest) {
                log.signal.unlock(withValue: DecisionLog.Signal.none)
            }
            let isClosed = log.queue.withLockedValue { $0.isClosed }
            // In trouble a signal says only that more waits, and is no reason to try again at once.
            if !isClosed { usleep(isInTrouble ? UInt32(Self.pause * 1_000_000) : Self.gathering) }
            write()
            if isClosed { break }
        }
        database?.close()
        log.writerHasEnded()
    }

    private func write() {
        do throws(DecisionStoreProblem) {
            let database = try openDatabase()
            while takePending() {
                let batch = min(remaining, Self.batch)
                next = try database.insert(batch, of: pending, from: next)
                remaining -= batch
                log.queue.withLockedValue { queue in
                    queue.written += batch
                    queue.inHand -= batch
                }
                try trim(database, after: batch)
            }
            recovered()
            // What a shorter time leaves behind goes while nothing else is to be done.
            while try trim(database, after: 0), isIdle {}
        } catch {
            failed(error)
        }
    }

    /// False when nothing is to be written.
    private func takePending() -> Bool {
        guard remaining == 0 else { return true }
        pending.removeAll()
        log.queue.withLockedValue { queue in
            swap(&queue.rows, &pending)
            queue.inHand = pending.count
        }
        (next, remaining) = (DecisionRows.Position(), pending.count)
        return remaining > 0
    }

    private func openDatabase() throws(DecisionStoreProblem) -> DecisionDatabase {
        if let database, !database.wasReplaced { return database }
        database?.close()
        let opened = try DecisionDatabase(log.path)
        database = opened
        return opened
    }

    private var isIdle: Bool { log.queue.withLockedValue { $0.rows.isEmpty && !$0.isClosed } }

    @discardableResult
    private func trim(_ database: DecisionDatabase, after written: Int) throws(DecisionStoreProblem) -> Bool {
        let retention = log.queue.withLockedValue { $0.retention }
        var cutoff = clock()
        cutoff.seconds -= retention.age.components.seconds
        return try database.trim(olderThan: cutoff, size: retention.size, step: max(Self.batch, 2 * written))
    }

    private func failed(_ problem: DecisionStoreProblem) {
        database?.close()
        database = nil
        if problem.kind == .broken, let aside = DecisionDatabase.putAside(log.path, at: clock()) {
            report(LogNote(["decision-log": "begun-anew", "why": .string(problem.message), "kept": .string(aside)]))
            return write()
        }
        let isNew = log.queue.withLockedValue { queue in
            defer { queue.trouble = problem.message }
            return queue.trouble != problem.message
        }
        isInTrouble = true
        guard isNew else { return }
        report(
            LogNote([
                "decision-log": "failing", "file": .string(log.path), "why": .string(problem.message),
                "effect": "mail goes on, decisions wait to be kept",
            ]))
    }

    private func recovered() {
        let dropped = log.queue.withLockedValue { queue in
            defer { (queue.droppedSinceNote, queue.trouble) = (0, nil) }
            return queue.droppedSinceNote
        }
        if isInTrouble {
            report(LogNote(["decision-log": "working", "dropped": .number(dropped)]))
        } else if dropped > 0 {
            report(LogNote(["decision-log": "behind", "dropped": .number(dropped)]))
        }
        isInTrouble = false
    }
}
